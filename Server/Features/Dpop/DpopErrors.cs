using AuthCore.Protocol;

namespace AuthCore.Features.Dpop;

/// <summary>RFC 9449 §12.2: its two errors. At a protected resource they are 401 (§7.1), which the core sees to.</summary>
internal static class DpopErrors
{
    /// <summary>RFC 9449 §5: no proof where one is demanded, or one that does not prove what it should.</summary>
    public static ProtocolError InvalidProof(string reason) => new("invalid_dpop_proof", "The DPoP proof is missing, or it is not valid for this request.", Reason: reason);

    /// <summary>RFC 9449 §8: the proof must be made anew, with the nonce that comes along.</summary>
    public static ProtocolError UseNonce(string reason) => new("use_dpop_nonce", "The DPoP proof must carry the nonce of the DPoP-Nonce header.", Reason: reason);
}
