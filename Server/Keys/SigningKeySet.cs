using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Keys;

/// <summary>The signing keys as read at one moment, opened; a key that was open before is taken over.</summary>
internal sealed class SigningKeySet
{
    /// <summary>What keys are encrypted for.</summary>
    public const string Purpose = "signing key";

    private readonly Dictionary<string, SigningKey> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SigningKey> _byKid = new(StringComparer.Ordinal);

    private SigningKeySet(IReadOnlyList<SigningKeyRow> rows, SigningKeySet? known, KeyEncryption? encryption)
    {
        foreach (var row in rows)
        {
            var key = known?._byKid.GetValueOrDefault(row.Kid) ?? Open(row, encryption!);
            _byKid[row.Kid] = key;
            if (row.RetiredAt is null)
            {
                _active.TryAdd(row.Alg, key);
            }
        }

        JwkSet = Write(_byKid.Values);
    }

    /// <summary>No key at all.</summary>
    public static SigningKeySet Empty { get; } = new([], null, null);

    /// <summary>RFC 7517 §5: the public keys as a JWK Set.</summary>
    public byte[] JwkSet { get; }

    /// <summary>Opens what is not open yet.</summary>
    /// <param name="rows">As stored.</param>
    /// <param name="known">What was open before.</param>
    /// <param name="encryption">The master key.</param>
    /// <exception cref="StartupException">The master key is not the one they were encrypted under.</exception>
    public static SigningKeySet Open(IReadOnlyList<SigningKeyRow> rows, SigningKeySet known, KeyEncryption encryption) => new(rows, known, encryption);

    /// <summary>The key that signs with the algorithm, or null.</summary>
    public SigningKey? Active(string alg) => _active.GetValueOrDefault(alg);

    /// <summary>The public key of this name, or null.</summary>
    public Jwk? Find(string? kid) => kid is not null && _byKid.TryGetValue(kid, out var key) ? key.PublicJwk : null;

    private static SigningKey Open(SigningKeyRow row, KeyEncryption encryption)
    {
        if (!encryption.TryDecrypt(row.PrivateKey, Purpose, out var pkcs8))
        {
            throw new StartupException(
                "The master key does not open the signing keys in this database: they were encrypted under another one. "
                + "Give the master key that this database was set up with (AUTHCORE__MASTERKEY or AUTHCORE__MASTERKEY_FILE).");
        }

        var key = SigningKey.FromPkcs8(SigningKeys.AlgorithmOf(row.Alg), pkcs8);
        CryptographicOperations.ZeroMemory(pkcs8);
        return key;
    }

    private static byte[] Write(IEnumerable<SigningKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                key.PublicJwk.WriteTo(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
