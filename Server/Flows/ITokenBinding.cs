using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>A way of binding tokens to a key of the client's (RFC 7800): a proof with each request (RFC 9449), or the certificate of the connection (RFC 8705).</summary>
internal interface ITokenBinding
{
    /// <summary>RFC 7800 §3.1: the member of <c>cnf</c> that names the key.</summary>
    string Member { get; }

    /// <summary>RFC 6749 §7.1: the <c>token_type</c> of bound tokens, which is the scheme that presents them.</summary>
    string Scheme { get; }

    /// <summary>RFC 9110 §11.6.1: the parameters of the challenge of a scheme of its own; null where bound tokens are presented as <c>Bearer</c>.</summary>
    string? Challenge => null;

    /// <summary>The parameter of an authorization request by which the code is bound to a thumbprint (RFC 9449 §10); null where there is none.</summary>
    string? RequestParameter => null;

    /// <summary>What to say to a token request of this client that proves no key in this way; null where it need not.</summary>
    ProtocolError? FindMissing(Client client);

    /// <summary>Reads and judges what the request brought as proof, in every way but one: whether it was taken before.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">Whose it is; null where that is not known.</param>
    /// <param name="accessToken">At a protected resource the token presented along, else null.</param>
    /// <returns>Null where the request brought nothing of this kind.</returns>
    Result<KeyProof>? Read(RequestFacts request, Client? client, string? accessToken);
}

/// <summary>A key that the sender of a request has. Good in itself; whether it is the right key is the reader's to judge.</summary>
/// <param name="binding">The key, as tokens are bound to it.</param>
internal abstract class KeyProof(TokenBinding binding)
{
    /// <summary>The key, as tokens are bound to it.</summary>
    public TokenBinding Binding => binding;

    /// <summary>Takes the proof, which counts once. To be called last, when nothing else speaks against the request.</summary>
    /// <returns>Why it does not count; null where it does.</returns>
    public virtual ValueTask<ProtocolError?> TakeAsync(CancellationToken ct) => default;
}
