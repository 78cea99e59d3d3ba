using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>A JWS whose signature is its key's; what its claims say is still to be judged.</summary>
public sealed record VerifiedJws(JsonElement Header, JsonElement Payload, Jwk Key)
{
    /// <summary>Names the key; the content may be personal.</summary>
    public override string ToString() => $"JWS by {Key.Kid}";
}

/// <summary>A verified JWS, or the reason why there is none; the reason is for the log, never for the sender.</summary>
public readonly record struct JwsResult
{
    /// <summary>The reason where there is no key to verify with.</summary>
    internal const string NoSuchKey = "no such key";

    private readonly VerifiedJws? verified;
    private readonly string? reason;

    private JwsResult(VerifiedJws? verified, string? reason)
    {
        this.verified = verified;
        this.reason = reason;
    }

    /// <summary>A result that verified.</summary>
    public static implicit operator JwsResult(VerifiedJws verified) => new(verified, null);

    /// <summary>A result that did not; the reason is fixed text, nothing of what was sent.</summary>
    public static JwsResult Refused(string reason) => new(null, reason);

    /// <summary>True with the JWS, or false with the reason.</summary>
    public bool Try([NotNullWhen(true)] out VerifiedJws? jws, [NotNullWhen(false)] out string? why)
    {
        jws = verified;
        why = verified is null ? reason ?? "nothing was verified" : null;
        return verified is not null;
    }
}
