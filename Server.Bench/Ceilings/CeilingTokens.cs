using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace AuthCore.Bench.Ceilings;

/// <summary>Signs tokens with the members and lengths of AuthCore's, into the answer's own buffer.</summary>
internal sealed class CeilingTokens(string issuer)
{
    private static readonly byte[] s_accessTokenHeader = Header("ES256", "at+jwt");
    private static readonly byte[] s_idTokenHeader = Header("RS256", "JWT");

    private readonly byte[] _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKey();
    private readonly byte[] _rsa = RSA.Create(2048).ExportPkcs8PrivateKey();

    // A key serves one thread at a time; each thread's own needs no lock.
    [ThreadStatic] private static ECDsa? t_ec;
    [ThreadStatic] private static RSA? t_rsa;
    [ThreadStatic] private static ArrayBufferWriter<byte>? t_payload;

    /// <summary>Writes the token, ES256, as bytes.</summary>
    public void WriteAccessToken(IBufferWriter<byte> to, string subject, string clientId, string scope, Guid? grantId)
    {
        if (t_ec is null)
        {
            t_ec = ECDsa.Create();
            t_ec.ImportPkcs8PrivateKey(_ec, out _);
        }

        var now = TimeProvider.System.GetUtcNow();
        var payload = Payload(json =>
        {
            json.WriteString("iss", issuer);
            json.WriteString("sub", subject);
            json.WriteString("aud", issuer);
            json.WriteString("client_id", clientId);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", now.ToUnixTimeSeconds() + 900);
            json.WriteString("jti", Guid.CreateVersion7(now).ToString("N") + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            json.WriteString("scope", scope);
            if (grantId is { } id)
            {
                json.WriteString("gid", id);
                WriteAuthentication(json, now);
            }
        });
        Sign(to, s_accessTokenHeader, payload, 64, static (data, signature) => t_ec!.SignData(data, signature, HashAlgorithmName.SHA256));
    }

    /// <summary>Writes the token, RS256, as bytes.</summary>
    public void WriteIdToken(IBufferWriter<byte> to, string subject, string clientId)
    {
        if (t_rsa is null)
        {
            t_rsa = RSA.Create();
            t_rsa.ImportPkcs8PrivateKey(_rsa, out _);
        }

        var now = TimeProvider.System.GetUtcNow();
        var payload = Payload(json =>
        {
            json.WriteString("iss", issuer);
            json.WriteString("sub", subject);
            json.WriteString("aud", clientId);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", now.ToUnixTimeSeconds() + 300);
            WriteAuthentication(json, now);
            json.WriteString("nonce", "a-nonce-of-the-bench");
            json.WriteString("at_hash", "0123456789abcdefghijkl");
        });
        Sign(to, s_idTokenHeader, payload, 256, static (data, signature) => t_rsa!.SignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static void WriteAuthentication(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteNumber("auth_time", now.ToUnixTimeSeconds());
        json.WriteString("acr", "urn:authcore:acr:1");
        json.WriteStartArray("amr");
        json.WriteStringValue("pwd");
        json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> Payload(Action<Utf8JsonWriter> write)
    {
        var buffer = t_payload ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void Sign(IBufferWriter<byte> to, byte[] header, ReadOnlySpan<byte> payload, int signatureBytes, Signer sign)
    {
        var span = to.GetSpan(header.Length + Base64Url.GetEncodedLength(payload.Length) + 1 + Base64Url.GetEncodedLength(signatureBytes));
        header.CopyTo(span);
        var length = header.Length + Base64Url.EncodeToUtf8(payload, span[header.Length..]);
        Span<byte> signature = stackalloc byte[256];
        sign(span[..length], signature[..signatureBytes]);
        span[length++] = (byte)'.';
        to.Advance(length + Base64Url.EncodeToUtf8(signature[..signatureBytes], span[length..]));
    }

    private static byte[] Header(string alg, string typ) =>
        [.. Base64Url.EncodeToUtf8(System.Text.Encoding.ASCII.GetBytes($$"""{"alg":"{{alg}}","kid":"{{new string('k', 43)}}","typ":"{{typ}}"}""")), (byte)'.'];

    private delegate void Signer(ReadOnlySpan<byte> data, Span<byte> signature);
}
