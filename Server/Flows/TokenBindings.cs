using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What a token request proved.</summary>
/// <param name="Binding">The key that its tokens are to be bound to; null for bearer tokens.</param>
internal sealed record ProvenKey(TokenBinding? Binding)
{
    /// <summary>Nothing was proven, and nothing had to be.</summary>
    public static ProvenKey None { get; } = new((TokenBinding?)null);
}

/// <summary>All ways of binding that this server has, as the endpoints ask for them.</summary>
internal sealed class TokenBindings(IEnumerable<ITokenBinding> bindings)
{
    private readonly ITokenBinding[] _bindings = [.. bindings];
    private readonly string[] _schemes = [.. bindings.Where(b => b.Challenge is not null).Select(b => b.Scheme)];

    /// <summary>The schemes beside <c>Bearer</c> that present bound tokens.</summary>
    public IReadOnlyList<string> Schemes => _schemes;

    /// <summary>The parameters of an authorization request that name a key.</summary>
    public IReadOnlyList<string> RequestParameters { get; } = [.. bindings.Select(b => b.RequestParameter).OfType<string>()];

    /// <summary>The way that a <c>cnf</c> is bound, or null.</summary>
    public ITokenBinding? Find(string member) => Array.Find(_bindings, b => b.Member == member);

    /// <summary>RFC 9110 §11.6.1: the parameters of the challenge of a scheme; null for <c>Bearer</c>.</summary>
    public string? ChallengeOf(string scheme) => Array.Find(_bindings, b => b.Challenge is not null && b.Scheme == scheme)?.Challenge;

    /// <summary>RFC 9449 §5: the key that a token request proves, taken; or why the request is refused.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">Whose it is, authenticated.</param>
    /// <param name="ct">Ends the wait.</param>
    public async ValueTask<Result<ProvenKey>> ProveAsync(RequestFacts request, Client client, CancellationToken ct)
    {
        // What an entry demands, this server may have been started without.
        if ((client.DpopBoundAccessTokens && Find(TokenBinding.ByProof) is null) || (client.TlsClientCertificateBoundAccessTokens && Find(TokenBinding.ByCertificate) is null))
        {
            return ProtocolError.InvalidRequest("The tokens of this client are bound to keys, which this server does not do.");
        }

        KeyProof? proof = null;
        foreach (var binding in _bindings)
        {
            if (binding.Read(request, client, accessToken: null) is not { } read)
            {
                if (binding.FindMissing(client) is { } missing)
                {
                    return missing;
                }

                continue;
            }

            if (!read.Try(out var found, out var error))
            {
                return error;
            }

            if (proof is not null)
            {
                return ProtocolError.InvalidRequest("The request proves two keys; a token is bound to one.");
            }

            proof = found;
        }

        return proof is null ? ProvenKey.None
            : await proof.TakeAsync(ct) is { } fault ? fault
            : new ProvenKey(proof.Binding);
    }

    /// <summary>RFC 9449 §10: a checked authorization request, whose code is bound to the key that a parameter names.</summary>
    public Result<AuthorizationRequest> BindCode(AuthorizationRequest request, Parameters parameters)
    {
        foreach (var binding in _bindings)
        {
            if (binding.RequestParameter is not { } name || parameters[name] is not { } thumbprint)
            {
                continue;
            }

            if (parameters.IsRepeated(name))
            {
                return ProtocolError.InvalidRequest("A parameter is repeated.");
            }

            if (!TokenBinding.IsThumbprint(thumbprint))
            {
                return ProtocolError.InvalidRequest($"The parameter '{name}' is not a SHA-256 thumbprint in base64url.");
            }

            request = request with { Confirmation = new TokenBinding(binding.Member, thumbprint).Confirmation };
        }

        return request;
    }

    /// <summary>RFC 9449 §10.1: a pushed request that proves a key is as one that names it by the parameter; where it does both, they must agree.</summary>
    /// <param name="request">What was pushed, checked, and bound by <see cref="BindCode"/>.</param>
    /// <param name="push">How it came.</param>
    /// <param name="client">Whose it is, authenticated.</param>
    /// <param name="ct">Ends the wait.</param>
    public async ValueTask<Result<AuthorizationRequest>> BindPushedAsync(AuthorizationRequest request, RequestFacts push, Client client, CancellationToken ct)
    {
        foreach (var binding in _bindings)
        {
            if (binding.RequestParameter is null || binding.Read(push, client, accessToken: null) is not { } read)
            {
                continue;
            }

            if (!read.Try(out var proof, out var error))
            {
                return error;
            }

            if (request.Confirmation is { } named && named != proof.Binding.Confirmation)
            {
                return ProtocolError.InvalidRequest("The request names another key than the one that it proves.");
            }

            if (await proof.TakeAsync(ct) is { } fault)
            {
                return fault;
            }

            request = request with { Confirmation = proof.Binding.Confirmation };
        }

        return request;
    }
}
