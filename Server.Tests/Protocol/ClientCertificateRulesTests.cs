using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 8705 §2.1.2: how a client may name its certificate.</summary>
public sealed class ClientCertificateRulesTests
{
    private static readonly ServerCapabilities s_capabilities = Sample.Capabilities with
    {
        TokenEndpointAuthMethods = ["client_secret_basic", "tls_client_auth", "self_signed_tls_client_auth"],
        ClientMetadata = [.. ClientCertificateRules.Names],
    };

    private static readonly ClientMetadataRules s_rules = new(s_capabilities, [.. Sample.Scopes.Scopes.Select(s => s.Name)], Sample.Client.Resources);
    private static readonly Client s_client = Sample.Client with { TokenEndpointAuthMethod = "tls_client_auth", Secrets = [] };

    private static string[] FaultsOf(Client client) => [.. s_rules.Validate(client).Errors.Select(error => error.PropertyName).Order(StringComparer.Ordinal)];

    private static Client Named(string name, string value) => name switch
    {
        "tls_client_auth_subject_dn" => s_client with { TlsClientAuthSubjectDn = value },
        "tls_client_auth_san_dns" => s_client with { TlsClientAuthSanDns = value },
        "tls_client_auth_san_uri" => s_client with { TlsClientAuthSanUri = value },
        "tls_client_auth_san_ip" => s_client with { TlsClientAuthSanIp = value },
        _ => s_client with { TlsClientAuthSanEmail = value },
    };

    [Theory]
    [InlineData("tls_client_auth_subject_dn", "CN=job,O=Example,C=DE")]
    [InlineData("tls_client_auth_san_dns", "job.example.com")]
    [InlineData("tls_client_auth_san_uri", "spiffe://example.com/job")]
    [InlineData("tls_client_auth_san_uri", "urn:example:job")]
    [InlineData("tls_client_auth_san_ip", "192.0.2.7")]
    [InlineData("tls_client_auth_san_ip", "2001:db8::7")]
    [InlineData("tls_client_auth_san_email", "job@example.com")]
    public void One_good_name_is_enough(string name, string value) => Assert.Empty(FaultsOf(Named(name, value)));

    [Theory]
    [InlineData("tls_client_auth_subject_dn", "")]
    [InlineData("tls_client_auth_subject_dn", "job")]
    [InlineData("tls_client_auth_subject_dn", "/C=DE/CN=job")]
    [InlineData("tls_client_auth_san_dns", "")]
    [InlineData("tls_client_auth_san_dns", "*.example.com")]
    [InlineData("tls_client_auth_san_dns", "job..example.com")]
    [InlineData("tls_client_auth_san_dns", "https://job.example.com")]
    [InlineData("tls_client_auth_san_dns", "jöb.example.com")]
    [InlineData("tls_client_auth_san_uri", "")]
    [InlineData("tls_client_auth_san_uri", "job")]
    [InlineData("tls_client_auth_san_uri", ":job")]
    [InlineData("tls_client_auth_san_uri", "https://job.example.com/a b")]
    [InlineData("tls_client_auth_san_ip", "")]
    [InlineData("tls_client_auth_san_ip", "1")]
    [InlineData("tls_client_auth_san_ip", "192.0.2.07")]
    [InlineData("tls_client_auth_san_ip", "192.0.2.0/24")]
    [InlineData("tls_client_auth_san_ip", "2001:db8:0::7")]
    [InlineData("tls_client_auth_san_ip", "fe80::1%1")]
    [InlineData("tls_client_auth_san_email", "")]
    [InlineData("tls_client_auth_san_email", "job")]
    [InlineData("tls_client_auth_san_email", "@example.com")]
    [InlineData("tls_client_auth_san_email", "job@")]
    public void A_name_that_no_certificate_can_have_is_refused(string name, string value) => Assert.Equal([name], FaultsOf(Named(name, value)));

    [Fact]
    public void Without_a_name_or_with_two_it_is_refused_and_all_faults_are_listed_at_once()
    {
        Assert.Equal(["tls_client_auth_subject_dn"], FaultsOf(s_client));
        Assert.Equal(["tls_client_auth_san_dns"], FaultsOf(s_client with { TlsClientAuthSubjectDn = "CN=job", TlsClientAuthSanDns = "job.example.com" }));
        Assert.Equal(
            ["client_name", "tls_client_auth_san_ip", "tls_client_auth_san_ip", "tls_client_auth_subject_dn"],
            FaultsOf(s_client with { TlsClientAuthSubjectDn = "job", TlsClientAuthSanIp = "1", ClientName = "" }));
    }

    [Fact]
    public void For_another_method_a_name_would_be_a_promise_that_nobody_keeps()
    {
        Assert.Equal(["tls_client_auth_subject_dn"], FaultsOf(Sample.Client with { TlsClientAuthSubjectDn = "CN=job" }));
        Assert.Equal(["client_secret"], FaultsOf(s_client with { TlsClientAuthSubjectDn = "CN=job", Secrets = Sample.Client.Secrets }));
    }

    [Fact]
    public void Where_the_server_asks_for_no_certificates_nothing_of_them_can_be_registered() => Assert.Equal(
        ["tls_client_auth_san_dns", "token_endpoint_auth_method"],
        new ClientMetadataRules(Sample.Capabilities, Sample.Client.Scope, Sample.Client.Resources).Validate(s_client with { TlsClientAuthSanDns = "job.example.com" })
            .Errors.Select(error => error.PropertyName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("HTTPS://Job.Example.com/A?B#C", "https://job.example.com/A?B#C")]
    [InlineData("https://User@Job.example.com:8443", "https://User@job.example.com:8443")]
    [InlineData("URN:Example:Job", "urn:Example:Job")]
    [InlineData("file:///A", "file:///A")]
    public void Of_a_uri_only_scheme_and_host_have_no_case(string uri, string spelling) => Assert.Equal(spelling, AlternativeName.Uri(uri));

    [Fact]
    public void Of_an_address_only_the_host_has_no_case() => Assert.Equal("Job@example.com", AlternativeName.Email("Job@Example.COM"));

    [Fact]
    public void Octets_are_an_address_only_in_the_two_lengths_there_are()
    {
        Assert.Equal("192.0.2.7", AlternativeName.Ip([192, 0, 2, 7]));
        Assert.Null(AlternativeName.Ip([192, 0, 2, 0, 255, 255, 255, 0]));
    }
}
