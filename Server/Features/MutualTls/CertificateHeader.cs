using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuthCore.Features.MutualTls;

/// <summary>How a proxy writes a certificate into a header: RFC 9440 §2.1, or PEM with percent escapes, as nginx (<c>$ssl_client_escaped_cert</c>) does.</summary>
internal static class CertificateHeader
{
    private const string Label = "CERTIFICATE";

    /// <summary>Reads one certificate; null where the text is anything else, or more. Nothing is known of the certificate but that it is one.</summary>
    public static X509Certificate2? Read(string value)
    {
        var text = value.Trim(' ');
        return (text.StartsWith(':') ? ReadByteSequence(text) : ReadPem(text)) is { } der ? Load(der) : null;
    }

    /// <summary>The certificate of these bytes; null where they are no DER of one, or have anything after it.</summary>
    public static X509Certificate2? Load(ReadOnlySpan<byte> der)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawDataMemory.Span.SequenceEqual(der))
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (CryptographicException)
        {
            // no certificate: said by the null
        }

        return null;
    }

    // RFC 9651 §4.2.7: base64 between colons; and nothing else, for RFC 9440 §2.2 defines no parameters.
    private static byte[]? ReadByteSequence(string text)
    {
        if (text.Length < 2 || text[^1] != ':' || text.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var der = new byte[text.Length];
        return Convert.TryFromBase64String(text[1..^1], der, out var length) ? der[..length] : null;
    }

    private static byte[]? ReadPem(string text)
    {
        var pem = Uri.UnescapeDataString(text).Trim();
        if (!PemEncoding.TryFind(pem, out var found) || pem.AsSpan()[found.Label] is not Label || found.Location.Start.Value != 0 || found.Location.End.Value != pem.Length)
        {
            return null;
        }

        var der = new byte[found.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem.AsSpan()[found.Base64Data], der, out var length) && length == der.Length ? der : null;
    }
}
