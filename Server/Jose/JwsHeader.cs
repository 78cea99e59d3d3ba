using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>RFC 7515 §4: what of a protected header matters, once it was accepted under the rules of its use.</summary>
/// <param name="Algorithm">`alg`, one that the use accepts.</param>
/// <param name="Key">The key in `jwk`, for the uses where it is one.</param>
internal sealed record JwsHeader(SigningAlgorithm Algorithm, Jwk? Key)
{
    // RFC 7515 §4.1.2 to §4.1.11, RFC 7516 §4.1.3, RFC 7797 §3: keys and places named by the sender, and headers that change how the rest is read
    private static readonly string[] Refused = ["crit", "jku", "jwk", "x5u", "x5c", "zip", "b64"];

    /// <summary>Judges; false with a fixed reason for the log.</summary>
    public static bool TryAccept(JsonElement header, JwsRules rules, [NotNullWhen(true)] out JwsHeader? accepted, [NotNullWhen(false)] out string? reason)
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
        JsonElement header, JwsRules rules, SigningAlgorithm algorithm, [NotNullWhen(true)] out JwsHeader? accepted, [NotNullWhen(false)] out string? reason)
    {
        accepted = null;
        if (!rules.KeyInHeader)
        {
            accepted = new JwsHeader(algorithm, Key: null);
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

        accepted = new JwsHeader(algorithm, key);
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
}
