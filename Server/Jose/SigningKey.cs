using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>A private key ready to sign with one algorithm (RFC 7515 §5.1), by many threads at once.</summary>
public sealed class SigningKey : IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] pkcs8;
    private readonly KeyPool pool;
    private readonly ConcurrentDictionary<string, byte[]> headers = new(StringComparer.Ordinal);

    private SigningKey(SigningAlgorithm algorithm, byte[] pkcs8)
    {
        Algorithm = algorithm;
        this.pkcs8 = pkcs8;
        pool = new KeyPool(() => Import(algorithm, this.pkcs8));
        var first = Import(algorithm, pkcs8);
        PublicJwk = Jwk.FromPrivate(first, algorithm);
        pool.Return(first);
    }

    /// <summary>RFC 7515 §4.1.4: `kid`, which is the key's thumbprint (RFC 7638), so the same key has the same name everywhere.</summary>
    public string Kid => PublicJwk.Kid!;

    /// <summary>RFC 7515 §4.1.1: the one `alg` this key signs with.</summary>
    public SigningAlgorithm Algorithm { get; }

    /// <summary>RFC 7517: what the JWK Set publishes of it.</summary>
    public Jwk PublicJwk { get; }

    internal int SignatureBytes => PublicJwk.SignatureBytes;

    /// <summary>Makes a new key; RSA ones of 2048 bits (RFC 7518 §3.3).</summary>
    public static SigningKey Create(SigningAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        using AsymmetricAlgorithm key = algorithm.Curve is null ? RSA.Create(2048) : ECDsa.Create(CurveOf(algorithm));
        return new SigningKey(algorithm, key.ExportPkcs8PrivateKey());
    }

    /// <summary>RFC 5958: takes up a key as <see cref="ExportPkcs8"/> gave it.</summary>
    /// <exception cref="CryptographicException">The bytes are no such key, or not one for this algorithm.</exception>
    public static SigningKey FromPkcs8(SigningAlgorithm algorithm, ReadOnlySpan<byte> pkcs8)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return new SigningKey(algorithm, pkcs8.ToArray());
    }

    /// <summary>The private key in clear: only ever to be encrypted and stored.</summary>
    public byte[] ExportPkcs8() => [.. pkcs8];

    /// <summary>RFC 7518 §3.3 to §3.5: signs; ECDSA as R and S side by side.</summary>
    /// <returns>How many bytes of <paramref name="signature"/> were written.</returns>
    public int Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        hash = hash[..Algorithm.HashData(data, hash)];
        var rented = pool.Rent();
        try
        {
            return rented is ECDsa ec
                ? ec.SignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                : ((RSA)rented).SignHash(hash, signature, Algorithm.Hash, Algorithm.Padding!);
        }
        finally
        {
            pool.Return(rented);
        }
    }

    /// <summary>Wipes the key. Whoever disposes sees to it that nobody signs any more.</summary>
    public void Dispose()
    {
        pool.Close();
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    /// <summary>Names the key, and nothing of it.</summary>
    public override string ToString() => $"{Algorithm} {Kid}";

    /// <summary>The encoded protected header with its dot; made once for each `typ`, of which the code knows a handful.</summary>
    internal ReadOnlySpan<byte> EncodedHeader(string typ) => headers.GetOrAdd(typ, static (typ, key) => key.MakeHeader(typ), this);

    private byte[] MakeHeader(string typ)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", Algorithm.Name);
            writer.WriteString("kid", Kid);
            writer.WriteString("typ", typ);
            writer.WriteEndObject();
        }

        return [.. System.Buffers.Text.Base64Url.EncodeToUtf8(json.WrittenSpan), (byte)'.'];
    }

    private static AsymmetricAlgorithm Import(SigningAlgorithm algorithm, byte[] pkcs8)
    {
        AsymmetricAlgorithm key = algorithm.Curve is null ? RSA.Create() : ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read != pkcs8.Length || (key is ECDsa ec && ec.ExportParameters(false).Curve.Oid.Value != CurveOf(algorithm).Oid.Value))
            {
                throw new CryptographicException("This private key is not one for " + algorithm.Name + ".");
            }

            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static ECCurve CurveOf(SigningAlgorithm algorithm) =>
        algorithm.Curve == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;
}
