using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>RFC 7517 §4: the members of a JSON Web Key that matter here, as text, before anything is made of them.</summary>
internal sealed record JwkMembers
{
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public string? KeyType { get; init; }

    public string? Curve { get; init; }

    public string? X { get; init; }

    public string? Y { get; init; }

    public string? N { get; init; }

    public string? E { get; init; }

    public string? Kid { get; init; }

    public SigningAlgorithm? Algorithm { get; init; }

    public string? CertificateThumbprint { get; init; }

    public static JwkMembers Of(ECParameters key, SigningAlgorithm algorithm) => new()
    {
        KeyType = "EC",
        Curve = algorithm.Curve,
        X = CanonicalBase64Url.Encode(key.Q.X),
        Y = CanonicalBase64Url.Encode(key.Q.Y),
    };

    public static JwkMembers Of(RSAParameters key) => new()
    {
        KeyType = "RSA",
        N = CanonicalBase64Url.Encode(key.Modulus),
        E = CanonicalBase64Url.Encode(key.Exponent),
    };

    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out JwkMembers? members, [NotNullWhen(false)] out string? reason)
    {
        members = null;
        reason = Fault(json);
        if (reason is not null)
        {
            return false;
        }

        SigningAlgorithm? algorithm = null;
        if (json.TryGetProperty("alg", out _) && !SigningAlgorithm.TryFind(Text(json, "alg"), out algorithm))
        {
            reason = "alg is not one of the algorithms in use";
            return false;
        }

        string? certificate = null;
        if (json.TryGetProperty("x5c", out var chain) && (certificate = ThumbprintOfFirst(chain)) is null)
        {
            reason = "x5c is no list of certificates in base64";
            return false;
        }

        members = new JwkMembers
        {
            KeyType = Text(json, "kty"),
            Curve = Text(json, "crv"),
            X = Text(json, "x"),
            Y = Text(json, "y"),
            N = Text(json, "n"),
            E = Text(json, "e"),
            Kid = Text(json, "kid"),
            Algorithm = algorithm,
            CertificateThumbprint = certificate,
        };
        return true;
    }

    /// <summary>
    /// RFC 7517 §4.2 to §4.4, §5: a key for another use, or of a kind or algorithm unknown here, which a set may hold for others.
    /// What is private or symmetric never is: nobody publishes that rightly.
    /// </summary>
    public static bool IsForOthers(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Array.Exists(Private, name => json.TryGetProperty(name, out _)))
        {
            return false;
        }

        return (Text(json, "kty") is { } kty && kty is not ("EC" or "RSA"))
            || (Text(json, "kty") == "EC" && Text(json, "crv") is { } crv && crv is not ("P-256" or "P-384"))
            || (Text(json, "use") is { } use && use != "sig")
            || (Text(json, "alg") is { } alg && !SigningAlgorithm.TryFind(alg, out _))
            || (json.TryGetProperty("key_ops", out var operations) && operations.ValueKind == JsonValueKind.Array && !MayVerify(operations));
    }

    private static string? Fault(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return "not a JSON object";
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!names.Add(member.Name))
            {
                return "a member is repeated";   // RFC 7517 §4
            }
        }

        if (names.Overlaps(Private))
        {
            return "a private or symmetric key where a public one belongs";
        }

        if (names.Contains("use") && Text(json, "use") != "sig")
        {
            return "use is not sig";   // RFC 7517 §4.2
        }

        if (names.Contains("kid") && Text(json, "kid") is null)
        {
            return "kid is not a string";
        }

        return json.TryGetProperty("key_ops", out var operations) && !MayVerify(operations) ? "key_ops does not allow verify" : null;   // RFC 7517 §4.3
    }

    // RFC 7517 §4.7: base64, not base64url; the first is the certificate of the key.
    private static string? ThumbprintOfFirst(JsonElement chain)
    {
        if (chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0 || chain[0].ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = chain[0].GetString()!;
        var der = new byte[text.Length];
        return Convert.TryFromBase64String(text, der, out var length) && length > 0 ? CanonicalBase64Url.Encode(SHA256.HashData(der.AsSpan(0, length))) : null;
    }

    private static bool MayVerify(JsonElement operations) =>
        operations.ValueKind == JsonValueKind.Array
        && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.ValueEquals("verify"));

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
