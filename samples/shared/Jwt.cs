using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Samples;

/// <summary>A token that must not be believed, and why: for the log, not for the sender.</summary>
internal sealed class JwtException(string reason) : Exception(reason);

/// <summary>What a token must say to be meant for us.</summary>
/// <param name="Type"><c>at+jwt</c> for an access token (RFC 9068 §2.1), <c>JWT</c> for an ID token: so one is never taken for the other.</param>
/// <param name="Audience">Our own name: a token for somebody else is not ours to accept.</param>
internal sealed record Expected(string Type, string Audience);

/// <summary>Checks a signed JWT (RFC 7519) and gives its claims. Nothing in the token is believed before its signature is.</summary>
internal static class Jwt
{
    /// <summary>How much the clocks of two servers may differ.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromSeconds(10);

    public static async Task<JsonElement> VerifyAsync(string token, Issuer issuer, Expected expected, DateTimeOffset now, CancellationToken ct)
    {
        if (token.Split('.') is not [var header64, var payload64, var signature64])
        {
            throw new JwtException("it does not have three parts");
        }

        // 1. The header says which key and algorithm; it is only a hint, so everything in it is held against what we know.
        var header = Parse(header64);
        if (!string.Equals(Text(header, "typ"), expected.Type, StringComparison.OrdinalIgnoreCase))
        {
            throw new JwtException($"it is not of the type {expected.Type}");
        }

        if (header.TryGetProperty("crit", out _))
        {
            throw new JwtException("it demands an extension that is not known here");
        }

        // 2. The key is one that the issuer publishes: never one that the token brings along.
        var kid = Text(header, "kid") ?? throw new JwtException("it does not name its key");
        var key = await issuer.FindKeyAsync(kid, ct) ?? throw new JwtException("its key is not among the issuer's");
        if (!IsSigned(key, Text(header, "alg"), Encoding.ASCII.GetBytes($"{header64}.{payload64}"), Decode(signature64)))
        {
            throw new JwtException("its signature does not match");
        }

        // 3. It is genuine. Is it meant for us, and for now?
        var claims = Parse(payload64);
        if (Text(claims, "iss") != issuer.Identifier)
        {
            throw new JwtException("it is of another issuer");
        }

        if (!Audience(claims).Contains(expected.Audience, StringComparer.Ordinal))
        {
            throw new JwtException($"it is not meant for {expected.Audience}");
        }

        if (Time(claims, "exp") is not { } expires || expires + s_skew <= now)
        {
            throw new JwtException("it has expired");
        }

        if (Time(claims, "nbf") is { } notBefore && notBefore - s_skew > now)
        {
            throw new JwtException("it is not valid yet");
        }

        return claims;
    }

    /// <summary>A claim that is text, or null.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A claim that is a time in seconds since 1970 (RFC 7519 §2), or null.</summary>
    public static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary><c>aud</c>: one text, or an array of them (RFC 7519 §4.1.3).</summary>
    public static string[] Audience(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var audience) ? []
            : audience.ValueKind == JsonValueKind.String ? [audience.GetString()!]
            : audience.ValueKind == JsonValueKind.Array ? [.. audience.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)]
            : [];

    // The algorithm must be one of these two and fit the kind of key: "none", or a public key used as a password, have no way in.
    private static bool IsSigned(JsonElement key, string? algorithm, byte[] signed, byte[] signature)
    {
        switch (algorithm, Text(key, "kty"))
        {
            case ("ES256", "EC") when Text(key, "crv") == "P-256":
                using (var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = Part(key, "x"), Y = Part(key, "y") } }))
                {
                    return ec.VerifyData(signed, signature, HashAlgorithmName.SHA256);
                }

            case ("RS256", "RSA"):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Part(key, "n"), Exponent = Part(key, "e") }))
                {
                    return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            default:
                return false;
        }
    }

    private static byte[] Part(JsonElement key, string name) => Decode(Text(key, name) ?? "");

    private static JsonElement Parse(string base64)
    {
        try
        {
            var json = JsonElement.Parse(Decode(base64));
            return json.ValueKind == JsonValueKind.Object ? json : throw new JwtException("a part of it is not a JSON object");
        }
        catch (JsonException)
        {
            throw new JwtException("a part of it is not JSON");
        }
    }

    private static byte[] Decode(string base64)
    {
        try
        {
            return Base64Url.DecodeFromChars(base64);
        }
        catch (FormatException)
        {
            throw new JwtException("a part of it is not base64url");
        }
    }
}
