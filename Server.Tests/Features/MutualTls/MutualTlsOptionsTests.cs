using System.Security.Cryptography.X509Certificates;
using AuthCore.Features.MutualTls;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;
using Microsoft.Extensions.Configuration;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>What an operator may set, and what of it is advertised.</summary>
public sealed class MutualTlsOptionsTests : IDisposable
{
    private static readonly TestAuthority s_root = TestAuthority.Create();

    private readonly string _folder = Directory.CreateTempSubdirectory("authcore-mtls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static MutualTlsOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("AuthCore:" + setting.Key, (string?)setting.Value)));
        return MutualTlsOptions.Read(configuration);
    }

    private static string[] FaultsOf(params (string Key, string Value)[] settings) =>
        [.. Assert.Throws<StartupException>(() => Read(settings)).Message.Split('\n').Skip(1).Select(line => line.Trim().Split(' ')[0])];

    [Fact]
    public void Nothing_is_on_by_itself()
    {
        Assert.False(Read().IsOn);
        Assert.Null(Read().AliasOf("https://id.example"));
    }

    [Fact]
    public void A_listener_needs_its_certificate_and_key_and_gives_the_aliases_its_port()
    {
        using var leaf = s_root.Issue();
        var chain = Write("chain.pem", leaf.ExportCertificatePem() + "\n" + s_root.Certificate.ExportCertificatePem());
        var key = Write("key.pem", leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var options = Read(("MutualTls:Port", "8443"), ("MutualTls:Certificate", chain), ("MutualTls:Key", key));

        Assert.Equal(2, options.ServerCertificates.Count);
        Assert.True(options.ServerCertificates[0].HasPrivateKey);
        Assert.Equal("https://id.example:8443", options.AliasOf("https://id.example/tenant"));
        Assert.Equal("https://[::1]:8443", options.AliasOf("http://[::1]:8080"));
        Assert.Equal("https://id.example", (options with { Port = 443 }).AliasOf("https://id.example:444"));
        Assert.Null((options with { Port = 443 }).AliasOf("https://id.example"));

        Assert.Equal(["AUTHCORE__MUTUALTLS__CERTIFICATE", "AUTHCORE__MUTUALTLS__KEY"], FaultsOf(("MutualTls:Port", "8443")));
        Assert.Equal(["AUTHCORE__MUTUALTLS__CERTIFICATE", "AUTHCORE__MUTUALTLS__KEY"], FaultsOf(("MutualTls:Certificate", chain), ("MutualTls:Key", key)));
        Assert.Equal(["AUTHCORE__MUTUALTLS__CERTIFICATE"], FaultsOf(("MutualTls:Port", "8443"), ("MutualTls:Certificate", key), ("MutualTls:Key", key)));
        Assert.Equal(["AUTHCORE__MUTUALTLS__KEY"], FaultsOf(("MutualTls:Port", "8443"), ("MutualTls:Certificate", chain), ("MutualTls:Key", chain)));
        Assert.Equal(["AUTHCORE__MUTUALTLS__KEY"], FaultsOf(("MutualTls:Port", "8443"), ("MutualTls:Certificate", chain), ("MutualTls:Key", Path.Combine(_folder, "none.pem"))));
        var others = Write("other.pem", s_root.Issue().GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Equal(["AUTHCORE__MUTUALTLS__KEY"], FaultsOf(("MutualTls:Port", "8443"), ("MutualTls:Certificate", chain), ("MutualTls:Key", others)));
    }

    [Fact]
    public void A_header_is_believed_only_where_it_is_said_from_whom()
    {
        Assert.Equal("Client-Cert", Read(("MutualTls:Header", "Client-Cert"), ("KnownProxies:0", "10.0.0.5")).Header);
        Assert.Equal(["AUTHCORE__MUTUALTLS__HEADER"], FaultsOf(("MutualTls:Header", "Client-Cert")));
        Assert.Equal(["AUTHCORE__MUTUALTLS__HEADER"], FaultsOf(("MutualTls:Header", "Client Cert"), ("KnownProxies:0", "10.0.0.5")));
    }

    [Theory]
    [InlineData("http://mtls.example")]
    [InlineData("https://mtls.example/")]
    [InlineData("https://mtls.example/path")]
    [InlineData("https://MTLS.example")]
    [InlineData("https://mtls.example:443")]
    [InlineData("mtls.example")]
    public void An_alias_is_an_https_origin(string alias) => Assert.Equal(
        ["AUTHCORE__MUTUALTLS__ALIASORIGIN"], FaultsOf(("MutualTls:AliasOrigin", alias), ("MutualTls:Header", "Client-Cert"), ("KnownProxies:0", "10.0.0.5")));

    [Fact]
    public void All_faults_are_listed_at_once_and_what_could_never_work_is_one()
    {
        using var between = s_root.Issue(new Wanted { IsAuthority = true });
        var file = Write("between.pem", between.ExportCertificatePem());

        Assert.Equal(["AUTHCORE__MUTUALTLS__TRUSTEDCAS"], FaultsOf(("MutualTls:Header", "Client-Cert"), ("KnownProxies:0", "10.0.0.5"), ("MutualTls:TrustedCas:0", file)));
        Assert.Equal(
            ["AUTHCORE__MUTUALTLS__PORT", "AUTHCORE__MUTUALTLS__TRUSTEDCAS", "AUTHCORE__MUTUALTLS__ALIASORIGIN", "AUTHCORE__MUTUALTLS__PORT"],
            FaultsOf(("MutualTls:Port", "0"), ("MutualTls:TrustedCas:0", Path.Combine(_folder, "none.pem")), ("MutualTls:AliasOrigin", "x")));
    }

    [Fact]
    public void Without_trust_anchors_only_self_signed_certificates_are_offered_and_can_be_registered()
    {
        var core = new AuthCoreOptions { Issuer = "https://id.example", Database = "", MasterKey = [] };
        ServerCapabilities Extend(MutualTlsOptions options) => new MutualTlsMetadata(options, core).Extend(Sample.Capabilities);
        var self = Extend(new MutualTlsOptions { Header = "Client-Cert" });
        var pki = Extend(new MutualTlsOptions { Header = "Client-Cert", Anchors = [s_root.Certificate] });
        var client = Sample.Client with { TokenEndpointAuthMethod = "tls_client_auth", Secrets = [], TlsClientAuthSubjectDn = "CN=job" };
        string[] FaultsFor(ServerCapabilities capabilities) =>
            [.. new ClientMetadataRules(capabilities, client.Scope, client.Resources).Validate(client).Errors.Select(error => error.PropertyName).Order(StringComparer.Ordinal)];

        Assert.Equal(["self_signed_tls_client_auth"], self.TokenEndpointAuthMethods.Except(Sample.Capabilities.TokenEndpointAuthMethods));
        Assert.Equal(["tls_client_auth_subject_dn", "token_endpoint_auth_method"], FaultsFor(self));
        Assert.Empty(FaultsFor(pki));
    }
}
