using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>A certificate to be made: a good one of a client, but for what a test changes.</summary>
internal sealed record Wanted
{
    public static readonly DateTimeOffset Now = new FakeTime().GetUtcNow();

    public string Subject { get; init; } = "CN=job,O=Example,C=DE";

    public DateTimeOffset From { get; init; } = Now.AddDays(-30);

    public DateTimeOffset Until { get; init; } = Now.AddDays(30);

    /// <summary>Null: it does not say what it is for.</summary>
    public string? Use { get; init; } = "1.3.6.1.5.5.7.3.2";

    public X509KeyUsageFlags? Usage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public bool IsAuthority { get; init; }

    public Action<SubjectAlternativeNameBuilder>? Names { get; init; }

    public X509Extension? More { get; init; }

    public CertificateRequest Request(ECDsa key) => Extend(new CertificateRequest(Subject, key, HashAlgorithmName.SHA256));

    public CertificateRequest Request(RSA key) => Extend(new CertificateRequest(Subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private CertificateRequest Extend(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(IsAuthority, false, 0, critical: true));
        if ((IsAuthority ? X509KeyUsageFlags.KeyCertSign : Usage) is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        }

        if (Use is not null && !IsAuthority)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(Use)], critical: false));
        }

        if (Names is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            Names(names);
            request.CertificateExtensions.Add(names.Build());
        }

        if (More is not null)
        {
            request.CertificateExtensions.Add(More);
        }

        return request;
    }
}

/// <summary>Who certifies clients. The certificates have their private keys.</summary>
internal sealed class TestAuthority(X509Certificate2 certificate)
{
    private static int s_serial;

    public X509Certificate2 Certificate => certificate;

    /// <summary>A root.</summary>
    public static TestAuthority Create(string subject = "CN=Example Root", Wanted? wanted = null) => new(SelfSign((wanted ?? new()) with { Subject = subject, IsAuthority = true }));

    /// <summary>A certificate that nobody vouches for.</summary>
    public static X509Certificate2 SelfSign(Wanted? wanted = null, ECDsa? key = null)
    {
        wanted ??= new Wanted();
        return wanted.Request(key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256)).CreateSelfSigned(wanted.From, wanted.Until);
    }

    /// <summary>A certificate of this authority's.</summary>
    public X509Certificate2 Issue(Wanted? wanted = null)
    {
        wanted ??= new Wanted();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = wanted.Request(key).Create(certificate, wanted.From, wanted.Until, BitConverter.GetBytes(Interlocked.Increment(ref s_serial)));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>One for an RSA key, without the private half.</summary>
    public X509Certificate2 IssueTo(RSA key)
    {
        var wanted = new Wanted();
        return wanted.Request(key).Create(certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(certificate.GetECDsaPrivateKey()!), wanted.From, wanted.Until, BitConverter.GetBytes(Interlocked.Increment(ref s_serial)));
    }

    /// <summary>RFC 8705 §3.1, computed here a second time.</summary>
    public static string ThumbprintOf(X509Certificate2 certificate) => CanonicalBase64Url.Encode(SHA256.HashData(certificate.RawData));

    /// <summary>RFC 7517 §5: a JWK Set of the keys of certificates, with <c>x5c</c> where it is wanted.</summary>
    public static string SetOf(bool withCertificate, params X509Certificate2[] certificates) =>
        new JsonObject { ["keys"] = new JsonArray([.. certificates.Select(one => JwkOf(one, withCertificate))]) }.ToJsonString();

    private static JsonObject JwkOf(X509Certificate2 certificate, bool withCertificate)
    {
        using var key = certificate.GetECDsaPublicKey()!;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = CanonicalBase64Url.Encode(point.X), ["y"] = CanonicalBase64Url.Encode(point.Y) };
        if (withCertificate)
        {
            jwk["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData));
        }

        return jwk;
    }
}
