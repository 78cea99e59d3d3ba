using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace AuthCore.Jose;

/// <summary>RFC 7515: JSON Web Signature in its compact serialization, the only one in use here.</summary>
public static class Jws
{
    /// <summary>RFC 7515 §5.1, §7.1: signs a payload; the header is `alg`, `kid` and `typ`.</summary>
    public static string Sign(SigningKey key, string typ, ReadOnlySpan<byte> payloadUtf8)
    {
        ArgumentNullException.ThrowIfNull(key);
        var header = key.EncodedHeader(typ);
        var signatureStart = header.Length + Base64Url.GetEncodedLength(payloadUtf8.Length) + 1;
        var length = signatureStart + Base64Url.GetEncodedLength(key.SignatureBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            header.CopyTo(buffer);
            Base64Url.EncodeToUtf8(payloadUtf8, buffer.AsSpan(header.Length));
            Span<byte> signature = stackalloc byte[1024];   // 8192 bits, the longest RSA key there is
            var written = key.Sign(buffer.AsSpan(0, signatureStart - 1), signature);
            buffer[signatureStart - 1] = (byte)'.';
            Base64Url.EncodeToUtf8(signature[..written], buffer.AsSpan(signatureStart));
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);   // a signed token is a bearer's secret
        }
    }

    /// <summary>RFC 7515 §5.2, RFC 8725 §3: verifies under the rules of one use, with the key found for `kid` and `alg`.</summary>
    public static JwsResult Verify(string? compact, JwsRules rules, Func<string?, SigningAlgorithm, Jwk?> findKey)
    {
        ArgumentNullException.ThrowIfNull(findKey);
        if (!UnverifiedJws.TryRead(compact, rules, out var jws, out var reason))
        {
            return JwsResult.Refused(reason);
        }

        return findKey(jws.Kid, jws.Algorithm) is { } key ? jws.Verify(key) : JwsResult.Refused(JwsResult.NoSuchKey);
    }
}
