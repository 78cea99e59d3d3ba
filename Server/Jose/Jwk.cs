using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>RFC 7517 §4: one public key for signatures: EC on P-256 or P-384, or RSA of 2048 to 8192 bits.</summary>
public sealed class Jwk
{
    private readonly KeyPool pool;

    private Jwk(string keyType, string? curve, string first, string second, KeyPool pool, int signatureBytes)
    {
        KeyType = keyType;
        Curve = curve;
        First = first;
        Second = second;
        SignatureBytes = signatureBytes;
        this.pool = pool;
    }

    /// <summary>RFC 7517 §4.1: `kty`, "EC" or "RSA".</summary>
    public string KeyType { get; }

    /// <summary>RFC 7518 §6.2.1.1: `crv`, for EC keys.</summary>
    public string? Curve { get; }

    /// <summary>RFC 7517 §4.5.</summary>
    public string? Kid { get; private init; }

    /// <summary>RFC 7517 §4.4: where present, the only algorithm this key is for.</summary>
    public SigningAlgorithm? Algorithm { get; private init; }

    /// <summary>RFC 7517 §4.7, §4.9: SHA-256 of the certificate that the key came with, in base64url; null where it came without one.</summary>
    public string? CertificateThumbprint { get; private init; }

    internal int SignatureBytes { get; }

    // x and y of a point, or n and e: canonical, so the thumbprint can be taken from them
    private string First { get; }

    private string Second { get; }

    /// <summary>RFC 7517 §4, RFC 7518 §6: reads a public signature key; whatever is private, weak, malformed or for another use is refused.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out Jwk? key, [NotNullWhen(false)] out string? reason)
    {
        key = null;
        if (!JwkMembers.TryRead(json, out var members, out reason))
        {
            return false;
        }

        key = members.KeyType switch
        {
            "EC" => FromEc(members, out reason),
            "RSA" => FromRsa(members, out reason),
            _ => null,
        };
        if (key is null)
        {
            reason ??= "kty is neither EC nor RSA";
            return false;
        }

        if (key.Algorithm is { } algorithm && !key.Fits(algorithm))
        {
            key = null;
            reason = "alg does not fit the key";
            return false;
        }

        return true;
    }

    /// <summary>RFC 7515 §10.7, RFC 8725 §3.1: a key is used with the algorithms of its own type and curve, and its own `alg` where it names one.</summary>
    public bool Fits(SigningAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return KeyType == algorithm.KeyType && Curve == algorithm.Curve && (Algorithm is null || Algorithm == algorithm);
    }

    /// <summary>RFC 7638 §3: SHA-256 over the required members in lexicographic order, as base64url.</summary>
    public string Thumbprint() =>
        KeyType == "EC" ? JwkThumbprint.OfEc(Curve!, First, Second) : JwkThumbprint.OfRsa(First, Second);

    /// <summary>RFC 7517 §4: writes the key as one JSON object.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("kty", KeyType);
        if (Curve is not null)
        {
            writer.WriteString("crv", Curve);
        }

        writer.WriteString(Curve is null ? "n" : "x", First);
        writer.WriteString(Curve is null ? "e" : "y", Second);
        writer.WriteString("use", "sig");
        if (Algorithm is not null)
        {
            writer.WriteString("alg", Algorithm.Name);
        }

        if (Kid is not null)
        {
            writer.WriteString("kid", Kid);
        }

        writer.WriteEndObject();
    }

    /// <summary>RFC 7515 §5.2 step 8, RFC 7518 §3: whether the signature over these bytes is this key's.</summary>
    public bool Verify(SigningAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // A shorter or longer signature is none (RFC 7518 §3.3, §3.4), whatever a platform makes of it.
        if (!Fits(algorithm) || signature.Length != SignatureBytes)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        hash = hash[..algorithm.HashData(data, hash)];
        var rented = pool.Rent();
        try
        {
            return rented is ECDsa ec
                ? ec.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
                : ((RSA)rented).VerifyHash(hash, signature, algorithm.Hash, algorithm.Padding!);
        }
        catch (CryptographicException)
        {
            return false;   // some platforms throw where the numbers are out of range
        }
        finally
        {
            pool.Return(rented);
        }
    }

    internal static Jwk FromPrivate(AsymmetricAlgorithm privateKey, SigningAlgorithm algorithm)
    {
        var members = privateKey is ECDsa ec ? JwkMembers.Of(ec.ExportParameters(false), algorithm) : JwkMembers.Of(((RSA)privateKey).ExportParameters(false));
        var key = algorithm.KeyType == "EC" ? FromEc(members, out var reason) : FromRsa(members, out reason);
        key = key ?? throw new CryptographicException($"This key cannot be published: {reason}.");
        return new Jwk(key.KeyType, key.Curve, key.First, key.Second, key.pool, key.SignatureBytes) { Algorithm = algorithm, Kid = key.Thumbprint() };
    }

    /// <summary>RFC 7518 §6.2.1: coordinates have the full length of the curve's field, and the point lies on the curve.</summary>
    private static Jwk? FromEc(JwkMembers members, out string? reason)
    {
        var (curve, length) = members.Curve switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            _ => (default, 0),
        };
        if (length == 0)
        {
            reason = "crv is neither P-256 nor P-384";
            return null;
        }

        if (CanonicalBase64Url.Decode(members.X) is not { } x || CanonicalBase64Url.Decode(members.Y) is not { } y || x.Length != length || y.Length != length)
        {
            reason = "x or y is not the coordinate of a point on this curve";
            return null;
        }

        var point = new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } };
        if (!PublicKeyPools.TryGet($"{members.Curve} {members.X} {members.Y}", () => ECDsa.Create(point), out var pool))
        {
            reason = "x and y are not a point on this curve";
            return null;
        }

        reason = null;
        return new Jwk("EC", members.Curve, members.X!, members.Y!, pool, 2 * length) { Kid = members.Kid, Algorithm = members.Algorithm, CertificateThumbprint = members.CertificateThumbprint };
    }

    /// <summary>RFC 7518 §3.3, §6.3.1: at least 2048 bits, numbers in the fewest bytes.</summary>
    private static Jwk? FromRsa(JwkMembers members, out string? reason)
    {
        if (CanonicalBase64Url.Decode(members.N) is not [not 0, ..] n || CanonicalBase64Url.Decode(members.E) is not [not 0, ..] e)
        {
            reason = "n or e is not a number in base64url without leading zeros";
            return null;
        }

        var bits = ((n.Length - 1) * 8) + (32 - int.LeadingZeroCount(n[0]));
        if (bits is < 2048 or > 8192 || (n[^1] & 1) == 0)
        {
            reason = "n has fewer than 2048 or more than 8192 bits, or is even";
            return null;
        }

        // An exponent of 1 verifies anything; a huge one is a way to make us work.
        if (e.Length > 4 || (e[^1] & 1) == 0 || e is [1])
        {
            reason = "e is not an odd number from 3 to 2^32";
            return null;
        }

        var numbers = new RSAParameters { Modulus = n, Exponent = e };
        if (!PublicKeyPools.TryGet($"RSA {members.N} {members.E}", () => RSA.Create(numbers), out var pool))
        {
            reason = "n and e are not an RSA key";
            return null;
        }

        reason = null;
        return new Jwk("RSA", null, members.N!, members.E!, pool, n.Length) { Kid = members.Kid, Algorithm = members.Algorithm, CertificateThumbprint = members.CertificateThumbprint };
    }
}
