using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>
/// RFC 7515 §5.2 steps 1 to 7: a compact JWS taken apart under the rules of its use. Only the header can be seen,
/// to find the key by; the payload shows itself when the signature is verified.
/// </summary>
public sealed class UnverifiedJws
{
    // RFC 7515 §4.1.2 to §4.1.11, RFC 7516 §4.1.3, RFC 7797 §3: keys and places named by the sender, and headers that change how the rest is read
    private static readonly string[] Refused = ["crit", "jku", "jwk", "x5u", "x5c", "zip", "b64"];

    private readonly byte[] signingInput;
    private readonly byte[] payload;
    private readonly byte[] signature;

    private UnverifiedJws(JsonElement header, AcceptedHeader accepted, byte[] signingInput, byte[] payload, byte[] signature)
    {
        Header = header;
        Algorithm = accepted.Algorithm;
        HeaderKey = accepted.Key;
        this.signingInput = signingInput;
        this.payload = payload;
        this.signature = signature;
    }

    /// <summary>RFC 7515 §4: the protected header, not yet verified.</summary>
    public JsonElement Header { get; }

    /// <summary>RFC 7515 §4.1.1: `alg`, one that the use accepts.</summary>
    public SigningAlgorithm Algorithm { get; }

    /// <summary>RFC 7515 §4.1.4: `kid`, where present.</summary>
    public string? Kid => Header.TryGetProperty("kid", out var kid) ? kid.GetString() : null;

    /// <summary>RFC 9449 §4.2: the key that the header brings, for the uses where it must (<see cref="JwsRules.KeyInHeader"/>); else null.</summary>
    public Jwk? HeaderKey { get; }

    /// <summary>A claim that is text, as the sender states it: to find out whose key to verify with. Nothing else may be decided on it.</summary>
    /// <returns>Null where it is absent or no text, or the payload is no object.</returns>
    public string? UnverifiedText(string claim) =>
        StrictJson.TryParseObject(payload, out var json, out _) && json.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>RFC 7515 §5.2: takes apart and judges the header; false with a fixed reason for the log.</summary>
    public static bool TryRead(string? compact, JwsRules rules, [NotNullWhen(true)] out UnverifiedJws? jws, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(rules);
        jws = null;
        if (string.IsNullOrEmpty(compact) || compact.Length > rules.MaxLength)
        {
            reason = "empty or too long";
            return false;
        }

        var first = compact.IndexOf('.', StringComparison.Ordinal);
        var second = compact.IndexOf('.', first + 1);
        if (first < 0 || second < 0 || compact.IndexOf('.', second + 1) >= 0)
        {
            reason = "not of three parts";   // five are an encrypted token (RFC 7516), which is never accepted
            return false;
        }

        var header = CanonicalBase64Url.Decode(compact.AsSpan(0, first));
        var claims = CanonicalBase64Url.Decode(compact.AsSpan(first + 1, second - first - 1));
        var proof = CanonicalBase64Url.Decode(compact.AsSpan(second + 1));
        if (header is null || claims is null || proof is null)
        {
            reason = "a part is not canonical base64url";
            return false;
        }

        if (!StrictJson.TryParseObject(header, out var json, out reason))
        {
            reason = "header: " + reason;
            return false;
        }

        if (!TryAccept(json, rules, out var accepted, out reason))
        {
            return false;
        }

        jws = new UnverifiedJws(json, accepted, Encoding.ASCII.GetBytes(compact, 0, second), claims, proof);
        return true;
    }

    /// <summary>RFC 7515 §5.2 step 8: verifies with this key, and only then reads the payload.</summary>
    public JwsResult Verify(Jwk key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.Fits(Algorithm))
        {
            return JwsResult.Refused("alg does not fit the key");
        }

        if (!key.Verify(Algorithm, signingInput, signature))
        {
            return JwsResult.Refused("signature does not verify");
        }

        return StrictJson.TryParseObject(payload, out var json, out var reason)
            ? new VerifiedJws(Header, json, key)
            : JwsResult.Refused("payload: " + reason);
    }

    /// <summary>Verifies with the first of these keys that does; several may have the same `kid` while a sender changes keys (RFC 7517 §4.5).</summary>
    public JwsResult Verify(IReadOnlyList<Jwk> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var result = JwsResult.Refused(JwsResult.NoSuchKey);
        foreach (var key in keys)
        {
            result = Verify(key);
            if (result.Try(out _, out _))
            {
                break;
            }
        }

        return result;
    }

    private static bool TryAccept(JsonElement header, JwsRules rules, [NotNullWhen(true)] out AcceptedHeader? accepted, [NotNullWhen(false)] out string? reason)
    {
        accepted = null;
        if (Array.Find(Refused, name => header.TryGetProperty(name, out _) && !(name == "jwk" && rules.KeyInHeader)) is { } refused)
        {
            reason = "header carries " + refused;
            return false;
        }

        if (!TryText(header, "alg", out var alg) || !SigningAlgorithm.TryFind(alg, out var algorithm) || !rules.Algorithms.Contains(algorithm))
        {
            reason = "alg is not one this use accepts";
            return false;
        }

        if (!TryText(header, "kid", out _))
        {
            reason = "kid is not a string";
            return false;
        }

        if (!TryText(header, "typ", out var typ) || !TypFits(typ, rules))
        {
            reason = "typ is not the one of this use";
            return false;
        }

        return TryTakeKey(header, rules, algorithm, out accepted, out reason);
    }

    private static bool TryTakeKey(
        JsonElement header, JwsRules rules, SigningAlgorithm algorithm, [NotNullWhen(true)] out AcceptedHeader? accepted, [NotNullWhen(false)] out string? reason)
    {
        accepted = null;
        if (!rules.KeyInHeader)
        {
            accepted = new AcceptedHeader(algorithm, Key: null);
            reason = null;
            return true;
        }

        if (!header.TryGetProperty("jwk", out var json))
        {
            reason = "header carries no jwk";
            return false;
        }

        if (!Jwk.TryParse(json, out var key, out reason))
        {
            reason = "jwk: " + reason;
            return false;
        }

        accepted = new AcceptedHeader(algorithm, key);
        return true;
    }

    // RFC 7515 §4.1.9: media types compare without regard to case, and `application/` may be left out
    private static bool TypFits(string? typ, JwsRules rules)
    {
        if (typ is null)
        {
            return rules.Typ is null || !rules.TypRequired;
        }

        const string Prefix = "application/";
        var subtype = typ.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? typ[Prefix.Length..] : typ;
        return rules.Typ is null
            || subtype.Equals(rules.Typ, StringComparison.OrdinalIgnoreCase)
            || rules.OtherTyps.Contains(subtype, StringComparer.OrdinalIgnoreCase);
    }

    private static bool TryText(JsonElement header, string name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }

    private sealed record AcceptedHeader(SigningAlgorithm Algorithm, Jwk? Key);
}
