using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>Where certificates of clients come from, and who vouches for them. Without a port and without a header the feature is off.</summary>
internal sealed record MutualTlsOptions
{
    private const string Section = "AuthCore:MutualTls:";
    private const string PortKey = Section + "Port";
    private const string CertificateKey = Section + "Certificate";
    private const string KeyKey = Section + "Key";
    private const string HeaderKey = Section + "Header";
    private const string AliasKey = Section + "AliasOrigin";
    private const string TrustedKey = Section + "TrustedCas";

    /// <summary>The port of a listener of our own that asks for certificates; null where there is none.</summary>
    public int? Port { get; init; }

    /// <summary>What that listener shows: its certificate with the private key, then those of its issuers.</summary>
    public X509Certificate2Collection ServerCertificates { get; init; } = [];

    /// <summary>The header in which the known proxies pass certificates on; null where none is believed.</summary>
    public string? Header { get; init; }

    /// <summary>RFC 8705 §5: the origin at which clients are asked for certificates, where it is configured.</summary>
    public string? AliasOrigin { get; init; }

    /// <summary>RFC 8705 §2.1: the trust anchors of clients' certificates; empty where only self-signed ones are taken.</summary>
    public X509Certificate2Collection Anchors { get; init; } = [];

    /// <summary>Certificates between an anchor and a client's; no client sends them, and nothing is fetched.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Whether certificates can come at all.</summary>
    public bool IsOn => Port is not null || Header is not null;

    /// <summary>RFC 8705 §5: the origin of the aliases, by default that of our own listener; null where clients come by the issuer's.</summary>
    public string? AliasOf(string issuer)
    {
        var origin = RedirectUri.OriginOf(issuer)!;
        var alias = AliasOrigin ?? (Port is { } port ? RedirectUri.OriginOf($"https://{HostOf(origin)}:{port}") : null);
        return alias == origin ? null : alias;
    }

    /// <summary>Reads the settings; to be called before the core's are loaded, which knows of no others than those claimed.</summary>
    /// <exception cref="StartupException">Lists every fault.</exception>
    public static MutualTlsOptions Read(IConfigurationManager configuration)
    {
        configuration.Claim([PortKey, CertificateKey, KeyKey, HeaderKey, AliasKey, TrustedKey, .. configuration.GetSection(TrustedKey).GetChildren().Select(child => child.Path)]);
        var settings = new Settings(configuration);
        var port = settings.Number(PortKey, 0, 1, 65535);
        var trusted = settings.List(TrustedKey).SelectMany(file => ReadFile(settings, TrustedKey, file)).ToArray();
        var options = new MutualTlsOptions
        {
            Port = port == 0 ? null : port,
            ServerCertificates = ReadServer(settings, isNeeded: port != 0),
            Header = ReadHeader(settings),
            AliasOrigin = ReadAlias(settings),
            Anchors = [.. trusted.Where(IsSelfIssued)],
            Intermediates = [.. trusted.Where(certificate => !IsSelfIssued(certificate))],
        };
        if (trusted.Length > 0 && options.Anchors.Count == 0)
        {
            settings.Fault(TrustedKey, "names no root: the certificate that the others lead to must be among them.");
        }

        if (!options.IsOn && (options.AliasOrigin is not null || trusted.Length > 0))
        {
            settings.Fault(PortKey, $"or {Settings.Variable(HeaderKey)} is missing: without one of them no certificate arrives.");
        }

        return settings.Faults.Count == 0
            ? options
            : throw new StartupException($"AuthCore cannot start with these settings:{string.Concat(settings.Faults.Select(fault => $"{Environment.NewLine}  {fault}"))}");
    }

    private static string? ReadHeader(Settings settings)
    {
        if (settings.Text(HeaderKey) is not { } header)
        {
            return null;
        }

        if (!header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            settings.Fault(HeaderKey, "must be the name of a header, such as Client-Cert.");
        }

        if (settings.List("AuthCore:KnownProxies").Length == 0)
        {
            settings.Fault(HeaderKey, "needs AUTHCORE__KNOWNPROXIES__0: the header is believed from nobody else.");
        }

        return header;
    }

    private static string? ReadAlias(Settings settings)
    {
        var alias = settings.Text(AliasKey);
        if (alias is not null && (!alias.StartsWith("https://", StringComparison.Ordinal) || IssuerRules.Fault(alias, isDevelopment: false) is not null || RedirectUri.OriginOf(alias) != alias))
        {
            settings.Fault(AliasKey, "must be an https origin in lower case, such as https://mtls.example.com.");
        }

        return alias;
    }

    private static X509Certificate2Collection ReadServer(Settings settings, bool isNeeded)
    {
        var (certificate, key) = (settings.Text(CertificateKey), settings.Text(KeyKey));
        foreach (var (name, value) in new[] { (CertificateKey, certificate), (KeyKey, key) })
        {
            if (value is null == isNeeded)
            {
                settings.Fault(name, isNeeded ? $"is missing: a PEM file for the listener of {Settings.Variable(PortKey)}." : $"is for the listener of {Settings.Variable(PortKey)}, which is not given.");
            }
        }

        if (!isNeeded || certificate is null || key is null || ReadFile(settings, CertificateKey, certificate) is not { Count: > 0 } chain)
        {
            return [];
        }

        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(certificate, key);
            return [OperatingSystem.IsWindows() ? Persisted(leaf) : leaf, .. chain.Skip(1)];
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            settings.Fault(KeyKey, $"names a file that cannot be read, or holds no private key in PEM for the certificate: {key}");
            return [];
        }
    }

    private static X509Certificate2Collection ReadFile(Settings settings, string key, string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            certificates.Clear();
        }

        if (certificates.Count == 0)
        {
            settings.Fault(key, $"names a file that cannot be read, or holds no certificate in PEM: {file}");
        }

        return certificates;
    }

    // Windows cannot use a key for TLS that is in memory alone.
    private static X509Certificate2 Persisted(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string HostOf(string origin)
    {
        var authority = origin[(origin.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return authority.LastIndexOf(':') is var colon && colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
    }
}
