using AuthCore.Protocol;

namespace AuthCore.Features.Dpop;

/// <summary>What a proof must be made for.</summary>
/// <param name="Method">RFC 9449 §4.2: <c>htm</c>.</param>
/// <param name="Uri">RFC 9449 §4.2: <c>htu</c>.</param>
/// <param name="AccessToken">At a protected resource the token that it goes with, else null.</param>
/// <param name="NonceRequired">RFC 9449 §8: whether it must carry a nonce of ours.</param>
internal sealed record ProofDemand(string Method, string Uri, string? AccessToken, bool NonceRequired)
{
    /// <summary>The client that it must come from; null where that is not known.</summary>
    public Client? Client { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{Method} {Uri}";
}

/// <summary>RFC 9449 §4.2: a proof that is good for its request. Whether it was taken before is still to be seen.</summary>
/// <param name="Thumbprint">RFC 7638: of the key that made it.</param>
/// <param name="Id">RFC 9449 §4.2: <c>jti</c>.</param>
/// <param name="MadeAt">When: by our nonce where it carries one, else by its own word.</param>
/// <param name="GoodUntil">When it becomes too old.</param>
/// <param name="HasNonce">Whether it carries a nonce of ours.</param>
internal sealed record DpopProof(string Thumbprint, string Id, DateTimeOffset MadeAt, DateTimeOffset GoodUntil, bool HasNonce);

/// <summary>What is to be said of a proof.</summary>
internal abstract record ProofVerdict
{
    private ProofVerdict()
    {
    }

    /// <summary>It proves its key for this request.</summary>
    public sealed record Good(DpopProof Proof) : ProofVerdict;

    /// <summary>It proves nothing.</summary>
    /// <param name="Reason">Fixed text for the log.</param>
    /// <param name="IsOfTime">Whether only its time is at fault, so that a nonce would help a client whose clock is wrong.</param>
    public sealed record Bad(string Reason, bool IsOfTime = false) : ProofVerdict;

    /// <summary>RFC 9449 §8: it is good but for a nonce that it must carry.</summary>
    /// <param name="Reason">Fixed text for the log.</param>
    public sealed record NeedsNonce(string Reason) : ProofVerdict;
}
