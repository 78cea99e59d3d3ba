using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>A server with a TLS listener of its own beside the one that browsers use, both on loopback, with the computer's clock.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("authcore-tls-").FullName;
    private readonly Wanted _good;

    /// <summary>The port that asks for certificates.</summary>
    public int Port { get; } = FreePort();

    /// <summary>The server.</summary>
    public AuthCoreApp App { get; }

    internal TestAuthority Root { get; }

    internal X509Certificate2 Own { get; }

    internal X509Certificate2 Other { get; }

    /// <summary>A service whose certificate is registered.</summary>
    public Client Service { get; }

    /// <summary>A service that the authority certifies.</summary>
    public Client Certified { get; } = MutualTlsServer.Certified;

    /// <summary>A web application whose key is registered.</summary>
    public Client Web { get; }

    public TlsServer()
    {
        var now = TimeProvider.System.GetUtcNow();
        _good = new Wanted { From = now.AddDays(-1), Until = now.AddDays(1) };
        Root = TestAuthority.Create("CN=Example Root", _good);
        (Own, Other) = (TestAuthority.SelfSign(_good), TestAuthority.SelfSign(_good));
        Service = MutualTlsServer.SelfSigned with { Jwks = TestAuthority.SetOf(withCertificate: true, Own) };
        Web = MutualTlsServer.Web with { Jwks = TestAuthority.SetOf(withCertificate: false, Own) };
        var port = FreePort();
        App = new AuthCoreApp { Issuer = $"http://localhost:{port}", Port = port, Time = null };
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var leaf = Root.Issue(_good with { Subject = "CN=localhost", Use = "1.3.6.1.5.5.7.3.1", Names = names => names.AddDnsName("localhost") });
        App.Settings["AuthCore:MutualTls:Port"] = $"{Port}";
        App.Settings["AuthCore:MutualTls:Certificate"] = await WriteAsync("certificate.pem", leaf.ExportCertificatePem());
        App.Settings["AuthCore:MutualTls:Key"] = await WriteAsync("key.pem", leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        App.Settings["AuthCore:MutualTls:TrustedCas:0"] = await WriteAsync("root.pem", Root.Certificate.ExportCertificatePem());
        await App.InitializeAsync();
        foreach (var client in new[] { Service, Certified, Web })
        {
            await App.SaveAsync(client);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal X509Certificate2 Issue(Func<Wanted, Wanted> change) => Root.Issue(change(_good));

    internal static X509Certificate2 SelfSign(Wanted wanted) => TestAuthority.SelfSign(wanted);

    internal Wanted Good => _good;

    /// <summary>POST /token over TLS, showing this certificate, or none.</summary>
    internal async Task<TokenAnswer> TokenAsync(Client client, X509Certificate2? certificate, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Root.Certificate);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);   // the client fetches nothing either
        }

        using var http = new HttpClient(handler);
        using var message = new HttpRequestMessage(HttpMethod.Post, $"https://localhost:{Port}/token") { Content = new FormUrlEncodedContent(MutualTlsServer.Credentials.With("client_id", client.ClientId)) };
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(message).ReadAsync();
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Certificates as they come in a handshake, and openid-client of npm, which shows them.</summary>
public sealed class TlsListenerTests(TlsServer server) : IClassFixture<TlsServer>
{
    [Fact]
    public async Task A_handshake_lets_every_certificate_in_and_the_rules_judge_it()
    {
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(server.Service, server.Own)).Verdict);
        var certified = server.Issue(good => good);
        var answer = await server.TokenAsync(server.Certified, certified);
        Assert.Equal((TokenAnswer.Ok, MutualTlsServer.Bound(certified)), (answer.Verdict, MutualTlsServer.ConfirmationOf(answer)));

        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Service, null)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Service, server.Other)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Certified, server.Issue(good => good with { Until = good.From.AddHours(1) }))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Certified, TlsServer.SelfSign(server.Good))).Verdict);
    }

    [Fact]
    public async Task Nothing_is_fetched_from_an_address_that_stands_in_a_certificate()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var uri = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        var stranger = TestAuthority.Create("CN=Other Root", server.Good).Issue(server.Good with { More = new X509AuthorityInformationAccessExtension([uri], [uri + "ca.crt"]) });

        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Certified, stranger)).Verdict);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task No_header_is_believed_where_none_is_configured() =>
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(server.Service, null, (MutualTlsServer.Header, MutualTlsServer.HeaderOf(server.Own)))).Verdict);

    [Fact]
    public async Task The_listener_that_browsers_use_is_still_there_and_knows_no_certificates()
    {
        using var browser = new TestBrowser(new HttpClient(new SocketsHttpHandler { UseProxy = false }), server.App.Issuer);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/.well-known/openid-configuration")).StatusCode);
        Assert.Equal(TokenAnswer.InvalidClient, (await browser.TokenAsync(server.Service, MutualTlsServer.Credentials).ReadAsync()).Verdict);
    }

    [Fact]
    public async Task Openid_client_gets_through_with_its_certificate_and_nobody_does_without()
    {
        NodeScript.Demand("openid-client");
        var results = await NodeScript.RunAsync("openid-client-mtls.mjs", Settings(), TestContext.Current.CancellationToken, "service", "refused", "web");

        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
        Assert.Equal(["service", "refused", "web"], results.Select(result => result.GetProperty("scenario").GetString()));
        Assert.Equal([4], results.Where(result => result.TryGetProperty("calls", out _)).Select(result => result.GetProperty("calls").GetInt32()));
    }

    // FAPI 2.0 Security Profile §5.3.2.1 items 4 to 6
    [Fact]
    public async Task A_client_of_the_security_profile_authenticates_by_certificate_and_binds_its_tokens_to_that_or_to_a_key()
    {
        var capabilities = server.App.Get<ServerCapabilities>();
        var profile = capabilities.FindProfile("fapi2");
        Assert.SkipWhen(profile is null, "this server has no profiles");
        Assert.SkipUnless(new[] { "require_pushed_authorization_requests", "dpop_bound_access_tokens" }.All(capabilities.ClientMetadata.Contains), "the profile builds on features that are not in this server");
        NodeScript.Demand("openid-client");
        string[] written = ["token_endpoint_auth_method", "tls_client_certificate_bound_access_tokens"];
        var entry = server.Web with { Profile = profile.Name };
        var bank = profile.Complete(entry with { ClientId = "bank" }, written.Contains);
        var bankWithProofs = profile.Complete(entry with { ClientId = "bank-with-proofs", TlsClientCertificateBoundAccessTokens = false }, written.Contains);
        Assert.Equal((false, true), (bank.DpopBoundAccessTokens, bankWithProofs.DpopBoundAccessTokens));
        foreach (var client in new[] { bank, bankWithProofs })
        {
            Assert.Empty(new ClientMetadataRules(capabilities, client.Scope, client.Resources).Validate(client).Errors);
            await server.App.SaveAsync(client);
        }

        var results = await NodeScript.RunAsync("openid-client-mtls.mjs", Settings(bank, bankWithProofs), TestContext.Current.CancellationToken, "bank", "bankWithProofs");

        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
        Assert.Equal(["bank", "bankWithProofs"], results.Select(result => result.GetProperty("scenario").GetString()));
    }

    private string Settings(Client? bank = null, Client? bankWithProofs = null)
    {
        var (cert, key) = (server.Own.ExportCertificatePem(), server.Own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return JsonSerializer.Serialize(new
        {
            issuer = server.App.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            ca = server.Root.Certificate.ExportCertificatePem(),
            stranger = new { cert = server.Other.ExportCertificatePem(), key = server.Other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() },
            service = new { id = server.Service.ClientId, scope = Seed.ReadFiles.Name, cert, key },
            web = Application(server.Web),
            bank = Application(bank),
            bankWithProofs = Application(bankWithProofs),
        });

        object? Application(Client? client) => client is null ? null : new { id = client.ClientId, redirectUri = client.RedirectUris[0], scope = "openid profile offline_access", cert, key };
    }
}
