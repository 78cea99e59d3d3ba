using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>
/// The one door for a JWT from outside: client assertion, request object, DPoP proof, hint. It was signed by the key it had to be signed by, is of the
/// right type, has the claims that its use demands, each of its own type, and is neither too old nor from the future. What the claims say is the use's matter.
/// </summary>
public sealed record IncomingJwt
{
    private IncomingJwt(VerifiedJws jws) => (Payload, Header, Key) = (jws.Payload, jws.Header, jws.Key);

    /// <summary>All claims.</summary>
    public JsonElement Payload { get; }

    /// <summary>RFC 7515 §4: the header.</summary>
    public JsonElement Header { get; }

    /// <summary>The key that verified it.</summary>
    public Jwk Key { get; }

    /// <summary>RFC 7519 §4.1.1: `iss`; null where absent.</summary>
    public string? Issuer { get; private init; }

    /// <summary>RFC 7519 §4.1.2: `sub`; null where absent.</summary>
    public string? Subject { get; private init; }

    /// <summary>RFC 7519 §4.1.7: `jti`; null where absent.</summary>
    public string? Id { get; private init; }

    /// <summary>RFC 7519 §4.1.3: `aud`; empty where absent.</summary>
    public IReadOnlyList<string> Audience { get; private init; } = [];

    /// <summary>Whether `aud` is one text rather than a list.</summary>
    public bool HasSingleAudience { get; private init; }

    /// <summary>RFC 7519 §4.1.4: `exp`; null where absent.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>RFC 7519 §4.1.5: `nbf`; null where absent.</summary>
    public DateTimeOffset? NotBefore { get; private init; }

    /// <summary>RFC 7519 §4.1.6: `iat`; null where absent.</summary>
    public DateTimeOffset? IssuedAt { get; private init; }

    /// <summary>Reads, verifies and judges. False with a fixed reason for the log.</summary>
    /// <param name="compact">As it came.</param>
    /// <param name="rules">Of the use.</param>
    /// <param name="keys">Of whoever must have signed it; not looked at where the key is in the header.</param>
    /// <param name="now">The time.</param>
    /// <param name="jwt">The token.</param>
    /// <param name="reason">Why there is none.</param>
    public static bool TryRead(
        string? compact, JwtRules rules, JwkSet keys, DateTimeOffset now, [NotNullWhen(true)] out IncomingJwt? jwt, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(keys);
        jwt = null;
        return UnverifiedJws.TryRead(compact, rules.Jws, out var jws, out reason)
            && jws.Verify(jws.HeaderKey is { } key ? [key] : keys.Find(jws.Kid, jws.Algorithm)).Try(out var verified, out reason)
            && TryJudge(verified, rules, now, out jwt, out reason);
    }

    /// <summary>Judges the claims of a JWS whose key was found elsewhere. False with a fixed reason for the log.</summary>
    public static bool TryJudge(
        VerifiedJws jws, JwtRules rules, DateTimeOffset now, [NotNullWhen(true)] out IncomingJwt? jwt, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(jws);
        ArgumentNullException.ThrowIfNull(rules);
        jwt = null;
        foreach (var claim in rules.Required)
        {
            if (!jws.Payload.TryGetProperty(claim, out _))
            {
                reason = claim + " is missing";
                return false;
            }
        }

        if (!TryTake(jws, out var taken, out reason))
        {
            return false;
        }

        reason = rules.IgnoresTime ? null : FindFaultOfTime(taken, rules, now);
        jwt = reason is null ? taken : null;
        return reason is null;
    }

    /// <summary>RFC 10070: whether `aud` is this text, alone and not in a list.</summary>
    public bool IsOnlyFor(string audience) => HasSingleAudience && Audience[0] == audience;

    /// <summary>Names the key; the content may be personal.</summary>
    public override string ToString() => $"JWT by {Key.Kid}";

    private static bool TryTake(VerifiedJws jws, [NotNullWhen(true)] out IncomingJwt? taken, [NotNullWhen(false)] out string? reason)
    {
        taken = null;
        var claims = jws.Payload;
        if (!TryText(claims, "iss", out var issuer) || !TryText(claims, "sub", out var subject) || !TryText(claims, "jti", out var id))
        {
            reason = "iss, sub or jti is empty or no text";
            return false;
        }

        if (!TryAudience(claims, out var audience, out var isSingle))
        {
            reason = "aud is neither a text nor a list of texts";
            return false;
        }

        if (!NumericDate.TryRead(claims, "exp", out var expiresAt) || !NumericDate.TryRead(claims, "nbf", out var notBefore) || !NumericDate.TryRead(claims, "iat", out var issuedAt))
        {
            reason = "exp, nbf or iat is no time";
            return false;
        }

        reason = null;
        taken = new IncomingJwt(jws)
        {
            Issuer = issuer,
            Subject = subject,
            Id = id,
            Audience = audience,
            HasSingleAudience = isSingle,
            ExpiresAt = expiresAt,
            NotBefore = notBefore,
            IssuedAt = issuedAt,
        };
        return true;
    }

    private static string? FindFaultOfTime(IncomingJwt jwt, JwtRules rules, DateTimeOffset now) =>
        now - jwt.ExpiresAt >= rules.Behind ? "expired"
        : jwt.ExpiresAt - now > rules.ExpiresWithin ? "exp is too far ahead"
        : jwt.NotBefore - now > rules.Ahead ? "nbf is ahead"
        : jwt.IssuedAt - now > rules.Ahead ? "iat is ahead"
        : now - jwt.IssuedAt > rules.IssuedWithin ? "iat is too long ago"
        : null;

    private static bool TryText(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !string.IsNullOrEmpty(text);
    }

    private static bool TryAudience(JsonElement claims, out IReadOnlyList<string> audience, out bool isSingle)
    {
        audience = [];
        isSingle = false;
        if (!claims.TryGetProperty("aud", out var value))
        {
            return true;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            audience = [value.GetString()!];
            isSingle = true;
            return true;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            return false;
        }

        audience = [.. value.EnumerateArray().Select(item => item.GetString()!)];
        return true;
    }
}
