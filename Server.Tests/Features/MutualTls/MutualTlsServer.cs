using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Flows;
using AuthCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>A server behind a proxy that asks for certificates at an origin of its own, and passes them on in a header.</summary>
public sealed class MutualTlsServer : IAsyncLifetime
{
    /// <summary>Where clients are asked for certificates.</summary>
    public const string Alias = "https://mtls.issuer.test";

    /// <summary>The proxy's address.</summary>
    public const string Proxy = "10.0.0.5";

    /// <summary>RFC 9440.</summary>
    public const string Header = "Client-Cert";

    private readonly string _file = Path.GetTempFileName();

    internal static TestAuthority Root { get; } = TestAuthority.Create();

    internal static X509Certificate2 Certificate { get; } = Root.Issue();

    internal static X509Certificate2 OwnCertificate { get; } = TestAuthority.SelfSign();

    internal static X509Certificate2 OtherCertificate { get; } = TestAuthority.SelfSign(new Wanted { Subject = "CN=other" });

    /// <summary>A service that an authority certifies.</summary>
    public static Client Certified { get; } = Seed.Machine with
    {
        ClientId = "certified",
        TokenEndpointAuthMethod = "tls_client_auth",
        Secrets = [],
        TlsClientAuthSubjectDn = "CN=job,O=Example,C=DE",
        TlsClientCertificateBoundAccessTokens = true,
    };

    /// <summary>A service that certifies itself.</summary>
    public static Client SelfSigned { get; } = Seed.Machine with
    {
        ClientId = "self-signed",
        TokenEndpointAuthMethod = "self_signed_tls_client_auth",
        Secrets = [],
        Jwks = TestAuthority.SetOf(withCertificate: true, OwnCertificate),
        TlsClientCertificateBoundAccessTokens = true,
    };

    /// <summary>A web application that certifies itself.</summary>
    public static Client Web { get; } = Seed.FirstParty with
    {
        ClientId = "web-self-signed",
        TokenEndpointAuthMethod = "self_signed_tls_client_auth",
        Secrets = [],
        Jwks = TestAuthority.SetOf(withCertificate: false, OwnCertificate, OtherCertificate),
        TlsClientCertificateBoundAccessTokens = true,
    };

    /// <summary>A public client whose tokens are bound.</summary>
    public static Client Public { get; } = Seed.Spa with { ClientId = "public-bound", RequireConsent = false, TlsClientCertificateBoundAccessTokens = true };

    internal FakeKeySetSource Source { get; } = new();

    /// <summary>The server.</summary>
    public AuthCoreApp App { get; }

    public MutualTlsServer()
        : this(new AuthCoreApp().Issuer)
    {
    }

    internal MutualTlsServer(string issuer)
    {
        App = new AuthCoreApp { Issuer = issuer, ServicesChange = Change };
        App.Settings["AuthCore:KnownProxies:0"] = Proxy;
        App.Settings["AuthCore:KnownProxies:1"] = "10.1.0.0/16";
        App.Settings["AuthCore:MutualTls:Header"] = Header;
        App.Settings["AuthCore:MutualTls:AliasOrigin"] = Alias;
        App.Settings["AuthCore:MutualTls:TrustedCas:0"] = _file;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, Root.Certificate.ExportCertificatePem());
        await App.InitializeAsync();
        if (App.Seeded)
        {
            foreach (var client in new[] { Certified, SelfSigned, Web, Public })
            {
                await App.SaveAsync(client);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        File.Delete(_file);
    }

    internal static string HeaderOf(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";

    /// <summary>A request as the proxy sends it on, by default to the alias.</summary>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, X509Certificate2? certificate, IEnumerable<KeyValuePair<string, string>>? form = null, string origin = Alias, string peer = Proxy, params (string Name, string Value)[] headers)
    {
        using var browser = App.CreateBrowser();
        return await browser.SendAsync(
            method, origin + path, form, [("Test-Peer", peer), .. certificate is null ? [] : new[] { (Header, HeaderOf(certificate)) }, .. headers]);
    }

    internal Task<TokenAnswer> TokenAsync(
        Client client, X509Certificate2? certificate, Dictionary<string, string>? fields = null, string origin = Alias, string peer = Proxy, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "/token", certificate, (fields ?? Credentials).With("client_id", client.ClientId), origin, peer, headers).ReadAsync();

    internal Task<HttpResponseMessage> UserInfoAsync(string accessToken, X509Certificate2? certificate, string origin = Alias, string peer = Proxy) =>
        SendAsync(HttpMethod.Get, "/userinfo", certificate, null, origin, peer, ("Authorization", "Bearer " + accessToken));

    /// <summary>The whole way to tokens.</summary>
    internal async Task<TokenAnswer> BeginAsync(Client client, X509Certificate2? certificate)
    {
        using var browser = App.CreateBrowser();
        return await TokenAsync(client, certificate, TestBrowser.Redeem(client, await browser.GetCodeAsync(client)));
    }

    internal async Task<JsonObject> DiscoverAsync()
    {
        using var browser = App.CreateBrowser();
        return JsonNode.Parse(await (await browser.GetAsync("/.well-known/openid-configuration")).Content.ReadAsStringAsync())!.AsObject();
    }

    internal static Dictionary<string, string> Credentials => new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };

    internal static string? ConfirmationOf(TokenAnswer answer) =>
        TestBrowser.ClaimsOf(answer.AccessToken).TryGetProperty("cnf", out var confirmation) ? confirmation.GetRawText() : null;

    internal static string Bound(X509Certificate2 certificate) => $$"""{"x5t#S256":"{{TestAuthority.ThumbprintOf(certificate)}}"}""";

    private void Change(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IKeySetSource>(Source));
        services.AddSingleton<IStartupFilter, Peers>();
    }

    // Requests in memory come from nowhere: here they say from where.
    private sealed class Peers : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext http, RequestDelegate rest) =>
            {
                http.Connection.RemoteIpAddress = IPAddress.TryParse(http.Request.Headers["Test-Peer"], out var peer) ? peer : null;
                return rest(http);
            });
            next(app);
        };
    }
}
