using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Bench.Keys;

/// <summary>A client's ES256 key, and what it signs.</summary>
internal sealed class BenchKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public BenchKey()
    {
        Public = _key.ExportParameters(includePrivateParameters: false);
        var point = Public.Q;
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }

    /// <summary>RFC 7517: the public half, its members in the order that RFC 7638 hashes them in.</summary>
    public string Jwk { get; }

    /// <summary>The same as numbers.</summary>
    public ECParameters Public { get; }

    /// <summary>RFC 7638.</summary>
    public string Thumbprint => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));

    /// <summary>RFC 7515 §7.1: a JWT in the compact form. One thread at a time.</summary>
    /// <param name="header">JSON.</param>
    /// <param name="payload">JSON.</param>
    public string Sign(string header, string payload)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Whether this key made the signature: the bare work of a verification.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _key.VerifyData(data, signature, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
