using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace AuthCore.Jose;

/// <summary>
/// RFC 7518 §3.1: the algorithms that are signed with and accepted; there are no others.
/// `none` and HMAC are not among them (RFC 8725 §3.1, §3.2).
/// </summary>
public sealed class SigningAlgorithm
{
    private SigningAlgorithm(string name, HashAlgorithmName hash, RSASignaturePadding? padding, string? curve, int coordinateBytes)
    {
        Name = name;
        Hash = hash;
        Padding = padding;
        Curve = curve;
        CoordinateBytes = coordinateBytes;
    }

    /// <summary>RFC 7518 §3.3: RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public static SigningAlgorithm RS256 { get; } = new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, null, 0);

    /// <summary>RFC 7518 §3.5: RSASSA-PSS with SHA-256, MGF1 with SHA-256, salt as long as the hash.</summary>
    public static SigningAlgorithm PS256 { get; } = new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss, null, 0);

    /// <summary>RFC 7518 §3.4: ECDSA on P-256 with SHA-256.</summary>
    public static SigningAlgorithm ES256 { get; } = new("ES256", HashAlgorithmName.SHA256, null, "P-256", 32);

    /// <summary>RFC 7518 §3.4: ECDSA on P-384 with SHA-384.</summary>
    public static SigningAlgorithm ES384 { get; } = new("ES384", HashAlgorithmName.SHA384, null, "P-384", 48);

    /// <summary>All of them, in the order discovery lists them.</summary>
    public static IReadOnlyList<SigningAlgorithm> All { get; } = [ES256, RS256, PS256, ES384];

    /// <summary>The value of `alg`.</summary>
    public string Name { get; }

    internal HashAlgorithmName Hash { get; }

    internal RSASignaturePadding? Padding { get; }

    internal string? Curve { get; }

    internal int CoordinateBytes { get; }

    /// <summary>RFC 7518 §6.1: the `kty` of a key for this algorithm.</summary>
    public string KeyType => Curve is null ? "RSA" : "EC";

    /// <summary>Finds by the exact, case-sensitive name (RFC 7515 §4.1.1).</summary>
    public static bool TryFind(string? name, [NotNullWhen(true)] out SigningAlgorithm? algorithm)
    {
        algorithm = name switch
        {
            "ES256" => ES256,
            "RS256" => RS256,
            "PS256" => PS256,
            "ES384" => ES384,
            _ => null,
        };
        return algorithm is not null;
    }

    /// <summary>The value of `alg`.</summary>
    public override string ToString() => Name;

    internal int HashData(ReadOnlySpan<byte> data, Span<byte> hash) =>
        Hash == HashAlgorithmName.SHA384 ? SHA384.HashData(data, hash) : SHA256.HashData(data, hash);
}
