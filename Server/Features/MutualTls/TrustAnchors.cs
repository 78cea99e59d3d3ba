using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuthCore.Features.MutualTls;

/// <summary>
/// RFC 5280 §6: whether a path leads from a certificate to one of the configured trust anchors. Nothing is fetched: neither missing certificates nor lists of
/// revoked ones. What was found good once is remembered for as long as every certificate of its path is valid.
/// </summary>
internal sealed class TrustAnchors(MutualTlsOptions options)
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, (DateTimeOffset From, DateTimeOffset Until)> _good = new(StringComparer.Ordinal);

    /// <summary>How many certificates are remembered.</summary>
    public int Remembered => _good.Count;

    /// <summary>Why nobody trusted vouches for the certificate at this time; null where somebody does.</summary>
    public string? FindFault(X509Certificate2 certificate, DateTimeOffset now)
    {
        var name = CertificateBinding.ThumbprintOf(certificate.RawDataMemory.Span);
        if (_good.TryGetValue(name, out var valid) && valid.From <= now && now <= valid.Until)
        {
            return null;
        }

        using var chain = new X509Chain { ChainPolicy = Policy(now) };
        var isGood = chain.Build(certificate);
        var path = chain.ChainElements.Select(element => element.Certificate).ToArray();
        try
        {
            // The platform's own word on time is not taken: it does not judge that of an anchor everywhere.
            if (!isGood || path.Select(link => CertificateRules.FindFaultOfTime(link, now)).Any(fault => fault is not null))
            {
                return "no path to a trust anchor";
            }

            if (_good.Count >= MaxEntries)
            {
                _good.Clear();
            }

            _good[name] = (path.Max(link => new DateTimeOffset(link.NotBefore)), path.Min(link => new DateTimeOffset(link.NotAfter)));
            return null;
        }
        finally
        {
            foreach (var link in path)
            {
                link.Dispose();
            }
        }
    }

    private X509ChainPolicy Policy(DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(options.Anchors);
        policy.ExtraStore.AddRange(options.Intermediates);
        policy.ApplicationPolicy.Add(new Oid(CertificateRules.ClientAuthentication));
        return policy;
    }
}
