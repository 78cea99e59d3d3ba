using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Keys;

/// <summary>The server's signing keys: made once, kept under the master key, ready in memory.</summary>
internal sealed class SigningKeys(SigningKeyStore store, KeyEncryption encryption, TimeProvider clock)
{
    private const string Purpose = "signing key";

    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>RFC 7517 §5: the public keys as a JWK Set.</summary>
    public byte[] JwkSet => _snapshot.JwkSet;

    /// <summary>Loads the keys, and makes those of the algorithms that have none. Servers that start together end with the same.</summary>
    /// <exception cref="StartupException">The master key is not the one they were encrypted under.</exception>
    public async Task LoadAsync(IEnumerable<string> algorithms, CancellationToken ct)
    {
        var rows = await store.ListAsync(ct);
        var missing = algorithms.Where(alg => !rows.Any(row => row.Alg == alg && row.RetiredAt is null)).ToArray();
        foreach (var alg in missing)
        {
            await store.AddAsync(Make(alg), ct);
        }

        _snapshot = Open(missing.Length == 0 ? rows : await store.ListAsync(ct));
    }

    /// <summary>The key that signs now.</summary>
    public SigningKey Active(string alg) => _snapshot.Active.TryGetValue(alg, out var key) ? key : throw new InvalidOperationException($"There is no {alg} key.");

    /// <summary>One of our public keys, or null.</summary>
    public Jwk? Find(string? kid) => kid is not null && _snapshot.ByKid.TryGetValue(kid, out var key) ? key.PublicJwk : null;

    private SigningKeyRow Make(string alg)
    {
        _ = SigningAlgorithm.TryFind(alg, out var algorithm) ? true : throw new InvalidOperationException($"{alg} is not an algorithm of ours.");
        using var key = SigningKey.Create(algorithm!);
        var pkcs8 = key.ExportPkcs8();
        var row = new SigningKeyRow { Kid = key.Kid, Alg = alg, PrivateKey = encryption.Encrypt(pkcs8, Purpose), CreatedAt = clock.GetUtcNow() };
        CryptographicOperations.ZeroMemory(pkcs8);
        return row;
    }

    private Snapshot Open(IReadOnlyList<SigningKeyRow> rows)
    {
        var active = new Dictionary<string, SigningKey>(StringComparer.Ordinal);
        var byKid = new Dictionary<string, SigningKey>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!encryption.TryDecrypt(row.PrivateKey, Purpose, out var pkcs8))
            {
                throw new StartupException(
                    "The master key does not open the signing keys in this database: they were encrypted under another one. "
                    + "Give the master key that this database was set up with (AUTHCORE__MASTERKEY or AUTHCORE__MASTERKEY_FILE).");
            }

            _ = SigningAlgorithm.TryFind(row.Alg, out var algorithm) ? true : throw new InvalidOperationException($"{row.Alg} is not an algorithm of ours.");
            var key = SigningKey.FromPkcs8(algorithm!, pkcs8);
            CryptographicOperations.ZeroMemory(pkcs8);
            byKid[row.Kid] = key;
            if (row.RetiredAt is null)
            {
                active.TryAdd(row.Alg, key);
            }
        }

        return new Snapshot(active, byKid, WriteJwkSet(byKid.Values));
    }

    private static byte[] WriteJwkSet(IEnumerable<SigningKey> keys)
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

    private sealed record Snapshot(Dictionary<string, SigningKey> Active, Dictionary<string, SigningKey> ByKid, byte[] JwkSet)
    {
        public static Snapshot Empty { get; } = new([], [], []);
    }
}
