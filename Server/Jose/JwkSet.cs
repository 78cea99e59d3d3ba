using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>RFC 7517 §5: somebody else's JWK Set, of which the public keys for signatures are taken.</summary>
public sealed class JwkSet
{
    /// <summary>How many bytes a set may have.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>How many keys a set may have.</summary>
    public const int MaxKeys = 20;

    private JwkSet(IReadOnlyList<Jwk> keys, IReadOnlyList<string> faults)
    {
        Keys = keys;
        Faults = faults;
    }

    /// <summary>A set of which no key is known.</summary>
    public static JwkSet Empty { get; } = new([], []);

    /// <summary>The keys that signatures of ours can be verified with, in the order of the set.</summary>
    public IReadOnlyList<Jwk> Keys { get; }

    /// <summary>
    /// What is wrong with the others or with the whole, in fixed words: at registration each is a fault; of a set that was fetched, the sound keys
    /// are used all the same (RFC 7517 §5). A key for another use or of a kind unknown here is no fault.
    /// </summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Reads a set; never throws. One that is no JWK Set has no keys and one fault.</summary>
    public static JwkSet Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            return Faulty($"has more than {MaxBytes} bytes");
        }

        if (!StrictJson.TryParseObject(utf8, out var json, out var reason))
        {
            return Faulty("is no JWK Set: " + reason);
        }

        if (!json.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            return Faulty("is no JWK Set: it has no array 'keys'");
        }

        if (entries.GetArrayLength() > MaxKeys)
        {
            return Faulty($"has more than {MaxKeys} keys");
        }

        var keys = new List<Jwk>();
        var faults = new List<string>();
        var number = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            number++;
            if (JwkMembers.IsForOthers(entry))
            {
                continue;
            }

            if (Jwk.TryParse(entry, out var key, out reason))
            {
                keys.Add(key);
            }
            else
            {
                faults.Add($"has a key that cannot be used, number {number}: {reason}");
            }
        }

        return new JwkSet(keys, faults);
    }

    /// <summary>RFC 7515 §4.1.4, §6: the keys that may have signed under this `kid` and `alg`; those of that very name first.</summary>
    /// <param name="kid">From the header; null where it has none, and then every key of the right kind comes into question.</param>
    /// <param name="algorithm">From the header; only keys that are for it are given.</param>
    /// <returns>Several where names are not unique, none where no key fits.</returns>
    public IReadOnlyList<Jwk> Find(string? kid, SigningAlgorithm algorithm) =>
        [.. Keys.Where(key => key.Fits(algorithm) && (kid is null || key.Kid is null || key.Kid == kid)).OrderBy(key => key.Kid != kid)];

    private static JwkSet Faulty(string fault) => new([], [fault]);
}
