using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>What a certificate must say by itself; who vouches for it is another question. Pure.</summary>
internal static class CertificateRules
{
    /// <summary>RFC 5280 §4.2.1.12: the purpose of authenticating a client to a TLS server.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Why a certificate is refused that cannot be read to its end.</summary>
    public const string Malformed = "malformed";

    private const string AlternativeNames = "2.5.29.17";

    /// <summary>What the rules find; or that the certificate is malformed: the platform reads many parts of it only when it is asked for them, and throws then.</summary>
    public static string? Judge(Func<string?> rules)
    {
        try
        {
            return rules();
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentOutOfRangeException)   // the second: a time that no clock can show
        {
            return Malformed;
        }
    }

    /// <summary>RFC 5280 §4.1.2.5: why the certificate is not valid at this time; null where it is. The moments of both ends are within.</summary>
    public static string? FindFaultOfTime(X509Certificate2 certificate, DateTimeOffset now) =>
        now < new DateTimeOffset(certificate.NotBefore) ? "not yet valid"
        : now > new DateTimeOffset(certificate.NotAfter) ? "expired"
        : null;

    /// <summary>RFC 5280 §4.2.1.3, §4.2.1.12: why it is not for authenticating clients; null where it is, or does not say what it is for.</summary>
    public static string? FindFaultOfUse(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            switch (extension)
            {
                case X509EnhancedKeyUsageExtension { EnhancedKeyUsages: var uses } when !uses.Cast<Oid>().Any(use => use.Value == ClientAuthentication):
                    return "not for client authentication";
                case X509KeyUsageExtension { KeyUsages: var usages } when !usages.HasFlag(X509KeyUsageFlags.DigitalSignature):
                    return "not for signatures";
            }
        }

        return null;
    }

    /// <summary>FAPI 2.0 Security Profile §5.4.1 items 2, 3: why its key proves little; null where it is RSA of 2048 bits or more, EC of 224 or more, or of another kind.</summary>
    public static string? FindFaultOfKey(X509Certificate2 certificate)
    {
        try
        {
            using var rsa = certificate.GetRSAPublicKey();
            using var ec = certificate.GetECDsaPublicKey();
            return rsa is { KeySize: < 2048 } || ec is { KeySize: < 224 } ? "its key is too short" : null;
        }
        catch (CryptographicException)
        {
            return "its key is malformed";
        }
    }

    /// <summary>RFC 8705 §2.1: why it does not name this client, by the one way that the client registered; null where it does.</summary>
    public static string? FindFaultOfName(X509Certificate2 certificate, Client client)
    {
        if (client.TlsClientAuthSubjectDn is { } registered)
        {
            return DistinguishedName.Parse(registered) is { } name && name.Equals(DistinguishedName.Read(certificate.SubjectName.RawData)) ? null : "another subject";
        }

        var (kind, expected) =
            client.TlsClientAuthSanDns is { } dns ? (2, AlternativeName.Dns(dns))
            : client.TlsClientAuthSanUri is { } uri ? (6, AlternativeName.Uri(uri))
            : client.TlsClientAuthSanIp is { } ip ? (7, AlternativeName.Ip(ip))
            : client.TlsClientAuthSanEmail is { } email ? (1, AlternativeName.Email(email))
            : (0, null);
        return expected is not null && NamesOf(certificate, kind).Contains(expected) ? null : "another alternative name";
    }

    // RFC 5280 §4.2.1.6. An extension that is malformed, or is there twice (§4.2), names nobody.
    private static List<string> NamesOf(X509Certificate2 certificate, int kind)
    {
        var names = new List<string>();
        if (certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames).ToArray() is not [var only])
        {
            return names;
        }

        try
        {
            var reader = new AsnReader(only.RawData, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            while (sequence.HasData)
            {
                var tag = sequence.PeekTag();
                if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue != kind)
                {
                    sequence.ReadEncodedValue();
                }
                else if ((kind == 7 ? AlternativeName.Ip(sequence.ReadOctetString(tag)) : OneSpelling(kind, sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag))) is { } name)
                {
                    names.Add(name);
                }
            }

            return names;
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private static string? OneSpelling(int kind, string name) => kind switch
    {
        1 => AlternativeName.Email(name),
        2 => AlternativeName.Dns(name),
        _ => AlternativeName.Uri(name),
    };
}
