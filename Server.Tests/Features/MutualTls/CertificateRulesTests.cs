using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuthCore.Features.MutualTls;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>What a certificate says by itself: its time, its purpose, and whom it names.</summary>
public sealed class CertificateRulesTests
{
    private static readonly DateTimeOffset s_now = Wanted.Now;

    private static readonly X509Certificate2 s_full = TestAuthority.SelfSign(new Wanted
    {
        Names = names =>
        {
            names.AddDnsName("other.example.com");
            names.AddDnsName("Job.example.com");
            names.AddDnsName("*.example.org");
            names.AddUri(new Uri("spiffe://example.com/Job"));
            names.AddIpAddress(System.Net.IPAddress.Parse("192.0.2.7"));
            names.AddIpAddress(System.Net.IPAddress.Parse("2001:db8::7"));
            names.AddEmailAddress("Job@example.com");
            names.AddUserPrincipalName("job.example.net");
        },
    });

    private static string? NameFault(Client client, X509Certificate2? certificate = null) => CertificateRules.FindFaultOfName(certificate ?? s_full, client);

    [Fact]
    public void It_is_valid_from_its_first_moment_to_its_last()
    {
        using var certificate = TestAuthority.SelfSign(new Wanted { From = s_now, Until = s_now.AddSeconds(10) });

        Assert.Equal("not yet valid", CertificateRules.FindFaultOfTime(certificate, s_now.AddSeconds(-1)));
        Assert.Null(CertificateRules.FindFaultOfTime(certificate, s_now));
        Assert.Null(CertificateRules.FindFaultOfTime(certificate, s_now.AddSeconds(10)));
        Assert.Equal("expired", CertificateRules.FindFaultOfTime(certificate, s_now.AddSeconds(11)));
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.2", X509KeyUsageFlags.DigitalSignature, null)]
    [InlineData(null, X509KeyUsageFlags.DigitalSignature, null)]   // RFC 5280 §4.2.1.12: for everything
    [InlineData(null, null, null)]
    [InlineData("1.3.6.1.5.5.7.3.1", X509KeyUsageFlags.DigitalSignature, "not for client authentication")]
    [InlineData("2.5.29.37.0", X509KeyUsageFlags.DigitalSignature, "not for client authentication")]
    [InlineData("1.3.6.1.5.5.7.3.2", X509KeyUsageFlags.KeyEncipherment, "not for signatures")]
    public void It_is_for_authenticating_clients(string? use, X509KeyUsageFlags? usage, string? fault)
    {
        using var certificate = TestAuthority.SelfSign(new Wanted { Use = use, Usage = usage });
        Assert.Equal(fault, CertificateRules.FindFaultOfUse(certificate));
    }

    [Theory]
    [InlineData(1024, "its key is too short")]
    [InlineData(2048, null)]
    public void An_rsa_key_under_2048_bits_proves_nothing(int bits, string? fault)
    {
        using var rsa = RSA.Create(bits);
        using var certificate = new CertificateRequest("CN=job", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(s_now, s_now.AddDays(1));

        Assert.Equal(fault, CertificateRules.FindFaultOfKey(certificate));
        Assert.Null(CertificateRules.FindFaultOfKey(s_full));
    }

    [Fact]
    public void It_names_the_client_in_the_way_that_is_registered()
    {
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSubjectDn = "CN=job, O=example, C=DE" }));
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSanDns = "job.EXAMPLE.com" }));
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSanUri = "SPIFFE://Example.com/Job" }));
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSanIp = "192.0.2.7" }));
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSanIp = "2001:DB8::7" }));
        Assert.Null(NameFault(Seed.Machine with { TlsClientAuthSanEmail = "Job@EXAMPLE.com" }));
    }

    [Fact]
    public void Another_name_is_another_client()
    {
        Client[] others =
        [
            Seed.Machine,   // names nothing
            Seed.Machine with { TlsClientAuthSubjectDn = "CN=job,O=Example" },
            Seed.Machine with { TlsClientAuthSubjectDn = "C=DE,O=Example,CN=job" },
            Seed.Machine with { TlsClientAuthSubjectDn = "no name" },
            Seed.Machine with { TlsClientAuthSubjectDn = "CN=jobs,O=Example,C=DE", TlsClientAuthSanDns = "job.example.com" },
            Seed.Machine with { TlsClientAuthSanDns = "example.com" },
            Seed.Machine with { TlsClientAuthSanDns = "job.example.com.evil.example" },
            Seed.Machine with { TlsClientAuthSanDns = "job.example.org" },      // a wildcard is for servers
            Seed.Machine with { TlsClientAuthSanDns = "*.example.org" },
            Seed.Machine with { TlsClientAuthSanDns = "job.example.net" },      // of another kind
            Seed.Machine with { TlsClientAuthSanDns = "192.0.2.7" },
            Seed.Machine with { TlsClientAuthSanUri = "spiffe://example.com/job" },
            Seed.Machine with { TlsClientAuthSanUri = "spiffe://example.com/Job/" },
            Seed.Machine with { TlsClientAuthSanIp = "192.0.2.8" },
            Seed.Machine with { TlsClientAuthSanIp = "::ffff:192.0.2.7" },
            Seed.Machine with { TlsClientAuthSanEmail = "job@example.com" },
            Seed.Machine with { TlsClientAuthSanEmail = "Job@mail.example.com" },
        ];

        Assert.All(others, client => Assert.NotNull(NameFault(client)));
    }

    [Fact]
    public void The_common_name_is_no_host_name()
    {
        using var certificate = TestAuthority.SelfSign(new Wanted { Subject = "CN=job.example.com" });
        Assert.NotNull(NameFault(Seed.Machine with { TlsClientAuthSanDns = "job.example.com" }, certificate));
    }

    [Fact]
    public void Malformed_names_name_nobody()
    {
        var client = Seed.Machine with { TlsClientAuthSanDns = "job.example.com" };
        var good = new SubjectAlternativeNameBuilder();
        good.AddDnsName("job.example.com");
        using var once = TestAuthority.SelfSign(new Wanted { More = good.Build() });
        Assert.Null(NameFault(client, once));

        foreach (var raw in new[] { "", "30", "3003820161ff", "30128210", "301182" + "0f" + "6a6f622e6578616d706c652e636fff" })
        {
            using var malformed = TestAuthority.SelfSign(new Wanted { More = new X509Extension("2.5.29.17", Convert.FromHexString(raw), critical: false) });
            Assert.NotNull(NameFault(client, malformed));
        }
    }
}
