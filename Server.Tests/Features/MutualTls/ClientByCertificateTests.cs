using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>RFC 8705 §2: clients that prove who they are by a certificate, and everything that does not.</summary>
public sealed class ClientByCertificateTests(MutualTlsServer server) : IClassFixture<MutualTlsServer>
{
    private static readonly DateTimeOffset s_now = Wanted.Now;
    private static readonly string s_alias = MutualTlsServer.Alias;

    private static readonly Dictionary<string, Func<MutualTlsServer, Task<TokenAnswer>>> s_refused = new(StringComparer.Ordinal)
    {
        ["no certificate"] = s => s.TokenAsync(MutualTlsServer.Certified, null),
        ["no certificate, self-signed"] = s => s.TokenAsync(MutualTlsServer.SelfSigned, null),
        ["an authority that is not trusted"] = s => s.TokenAsync(MutualTlsServer.Certified, TestAuthority.Create("CN=Other Root").Issue()),
        ["an authority of the same name"] = s => s.TokenAsync(MutualTlsServer.Certified, TestAuthority.Create().Issue()),
        ["certified by nobody"] = s => s.TokenAsync(MutualTlsServer.Certified, TestAuthority.SelfSign()),
        ["expired"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.Issue(new Wanted { Until = s_now.AddSeconds(-1) })),
        ["not yet valid"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.Issue(new Wanted { From = s_now.AddHours(1) })),
        ["for servers"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.Issue(new Wanted { Use = "1.3.6.1.5.5.7.3.1" })),
        ["certified, for a key that is too short"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.IssueTo(RSA.Create(1024))),
        ["with a time that is none"] = s => s.TokenAsync(MutualTlsServer.SelfSigned, WithoutEnd()),
        ["with a purpose that cannot be read"] = s =>
            s.TokenAsync(MutualTlsServer.Certified, TestAuthority.SelfSign(new Wanted { Use = null, More = new X509Extension("2.5.29.37", [0x30, 5, 6, 1], critical: false) })),
        ["with policies that cannot be read"] = s => s.TokenAsync(MutualTlsServer.Certified, TestAuthority.SelfSign(new Wanted { More = new X509Extension("2.5.29.32", [0x30, 5, 6, 1], critical: false) })),
        ["another subject"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.Issue(new Wanted { Subject = "CN=job2,O=Example,C=DE" })),
        ["more than the subject"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Root.Issue(new Wanted { Subject = "CN=job,OU=x,O=Example,C=DE" })),
        ["another self-signed certificate"] = s => s.TokenAsync(MutualTlsServer.SelfSigned, MutualTlsServer.OtherCertificate),
        ["a trusted certificate that is not registered"] = s => s.TokenAsync(MutualTlsServer.SelfSigned, MutualTlsServer.Certificate),
        ["another certificate of the key, where the certificate is registered"] = s =>
            s.TokenAsync(MutualTlsServer.SelfSigned, TestAuthority.SelfSign(new Wanted { Subject = "CN=renewed" }, MutualTlsServer.OwnCertificate.GetECDsaPrivateKey())),
        ["an expired certificate of a registered key"] = s =>
            s.TokenAsync(MutualTlsServer.Web, TestAuthority.SelfSign(new Wanted { Until = s_now.AddSeconds(-1) }, MutualTlsServer.OwnCertificate.GetECDsaPrivateKey()), TestBrowser.Refresh("none")),
        ["one of a key that is registered by nobody"] = s => s.TokenAsync(MutualTlsServer.Web, TestAuthority.SelfSign(), TestBrowser.Refresh("none")),
        ["from somebody who is no proxy"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, peer: "10.0.0.6"),
        ["from nowhere"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, peer: ""),
        ["where nobody is asked for certificates"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, origin: s.App.Issuer),
        ["from a stranger who names a proxy as his"] = s =>
            s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, null, s_alias, "192.0.2.1", ("X-Forwarded-For", MutualTlsServer.Proxy)),
        ["in another header"] = s => s.TokenAsync(
            MutualTlsServer.Certified, null, null, s_alias, MutualTlsServer.Proxy, ("X-Client-Cert", MutualTlsServer.HeaderOf(MutualTlsServer.Certificate))),
        ["an empty header"] = s => s.TokenAsync(MutualTlsServer.Certified, null, null, s_alias, MutualTlsServer.Proxy, (MutualTlsServer.Header, "")),
        ["a secret beside it, in the header"] = s => s.TokenAsync(
            MutualTlsServer.Certified, MutualTlsServer.Certificate, null, s_alias, MutualTlsServer.Proxy, ("Authorization", TestBrowser.Basic("certified", AuthCoreApp.Secret))),
        ["a secret beside it, in the body"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, MutualTlsServer.Credentials.With("client_secret", AuthCoreApp.Secret)),
        ["an assertion beside it"] = s => s.TokenAsync(
            MutualTlsServer.Certified, MutualTlsServer.Certificate, MutualTlsServer.Credentials.With("client_assertion", "a.b.c").With("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
        ["another client's certificate"] = s => s.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.OwnCertificate),
        ["a certificate for a client with a secret"] = s => s.TokenAsync(Seed.Machine, MutualTlsServer.Certificate),
        ["a certificate for nobody"] = s => s.TokenAsync(Seed.Machine with { ClientId = "nobody" }, MutualTlsServer.Certificate),
        ["no client_id"] = s => s.SendAsync(HttpMethod.Post, "/token", MutualTlsServer.Certificate, MutualTlsServer.Credentials).ReadAsync(),
    };

    private static readonly Dictionary<string, (string, string)[]> s_garbage = new(StringComparer.Ordinal)
    {
        ["a word"] = [(MutualTlsServer.Header, "garbage")],
        ["no certificate"] = [(MutualTlsServer.Header, ":AQID:")],
        ["two headers"] = [(MutualTlsServer.Header, MutualTlsServer.HeaderOf(MutualTlsServer.Certificate)), (MutualTlsServer.Header, MutualTlsServer.HeaderOf(MutualTlsServer.OtherCertificate))],
        ["twice the same"] = [(MutualTlsServer.Header, MutualTlsServer.HeaderOf(MutualTlsServer.Certificate)), (MutualTlsServer.Header, MutualTlsServer.HeaderOf(MutualTlsServer.Certificate))],
        ["one and nothing"] = [(MutualTlsServer.Header, MutualTlsServer.HeaderOf(MutualTlsServer.Certificate)), (MutualTlsServer.Header, "")],
        ["a list"] = [(MutualTlsServer.Header, $"{MutualTlsServer.HeaderOf(MutualTlsServer.Certificate)}, {MutualTlsServer.HeaderOf(MutualTlsServer.OtherCertificate)}")],
    };

    /// <summary>What proves nothing.</summary>
    public static TheoryData<string> Refused => [.. s_refused.Keys];

    /// <summary>What no proxy sends that works.</summary>
    public static TheoryData<string> Garbage => [.. s_garbage.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_proves_nothing_is_refused(string what) => Assert.Equal(TokenAnswer.InvalidClient, (await s_refused[what](server)).Verdict);

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task A_header_that_is_no_certificate_stops_the_request_whoever_the_client_is(string what)
    {
        Assert.Equal(TokenAnswer.InvalidRequest, (await server.TokenAsync(MutualTlsServer.Certified, null, null, s_alias, MutualTlsServer.Proxy, s_garbage[what])).Verdict);
        Assert.Equal(
            TokenAnswer.InvalidRequest,
            (await server.TokenAsync(Seed.Machine, null, null, s_alias, MutualTlsServer.Proxy, [.. s_garbage[what], ("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret))])).Verdict);
    }

    [Fact]
    public async Task A_certified_client_gets_in_by_either_form_of_the_header_and_from_each_proxy()
    {
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, peer: "10.1.2.3")).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, peer: "::ffff:10.0.0.5")).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, origin: "https://MTLS.issuer.test:443")).Verdict);
        Assert.Equal(
            TokenAnswer.Ok,
            (await server.TokenAsync(MutualTlsServer.Certified, null, null, s_alias, MutualTlsServer.Proxy, (MutualTlsServer.Header, Uri.EscapeDataString(MutualTlsServer.Certificate.ExportCertificatePem())))).Verdict);
    }

    [Fact]
    public async Task A_client_is_known_by_an_alternative_name_too()
    {
        var client = MutualTlsServer.Certified with { ClientId = "by-uri", TlsClientAuthSubjectDn = null, TlsClientAuthSanUri = "spiffe://example.com/job" };
        await server.App.SaveAsync(client);
        using var certificate = MutualTlsServer.Root.Issue(new Wanted { Subject = "CN=whatever", Names = names => names.AddUri(new Uri("spiffe://example.com/job")) });

        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(client, certificate)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(client, MutualTlsServer.Certificate)).Verdict);
    }

    [Fact]
    public async Task A_certificate_that_is_registered_gets_in_and_a_key_that_is_with_any_of_its_certificates()
    {
        using var renewed = TestAuthority.SelfSign(new Wanted { Subject = "CN=renewed" }, MutualTlsServer.OwnCertificate.GetECDsaPrivateKey());

        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.SelfSigned, MutualTlsServer.OwnCertificate)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await server.TokenAsync(MutualTlsServer.Web, renewed, TestBrowser.Refresh("none"))).Verdict);   // it is known
    }

    [Fact]
    public async Task Certificates_at_an_address_change_without_the_server_and_when_they_cannot_be_had_nobody_is_blamed()
    {
        const string Uri = "https://job.example/jwks";
        using var next = TestAuthority.SelfSign();
        var client = MutualTlsServer.SelfSigned with { ClientId = "at-an-address", Jwks = null, JwksUri = Uri };
        await server.App.SaveAsync(client);

        Assert.Equal(TokenAnswer.Unavailable, (await server.TokenAsync(client, MutualTlsServer.OwnCertificate)).Verdict);
        server.Source.Serve(Uri, TestAuthority.SetOf(withCertificate: true, MutualTlsServer.OwnCertificate));
        server.App.Time!.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(client, MutualTlsServer.OwnCertificate)).Verdict);
        server.Source.Serve(Uri, TestAuthority.SetOf(withCertificate: true, next));
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(client, next)).Verdict);
        server.App.Time!.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(client, next)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(client, MutualTlsServer.OwnCertificate)).Verdict);
    }

    [Fact]
    public async Task A_client_that_is_switched_off_stays_off()
    {
        var client = MutualTlsServer.Certified with { ClientId = "off", DisabledAt = DateTimeOffset.UnixEpoch };
        await server.App.SaveAsync(client);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.TokenAsync(client, MutualTlsServer.Certificate)).Verdict);
    }

    [Fact]
    public async Task A_client_with_a_secret_is_not_affected_by_a_certificate()
    {
        var basic = ("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret));
        using var stale = TestAuthority.SelfSign(new Wanted { Until = s_now.AddDays(-1) });

        var with = await server.TokenAsync(Seed.Machine, stale, null, s_alias, MutualTlsServer.Proxy, basic);
        Assert.Equal(TokenAnswer.Ok, with.Verdict);
        Assert.Null(MutualTlsServer.ConfirmationOf(with));
        var tokens = await server.BeginAsync(Seed.Spa, MutualTlsServer.OwnCertificate);
        Assert.Null(MutualTlsServer.ConfirmationOf(tokens));
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(Seed.Spa, null, TestBrowser.Refresh(tokens.RefreshToken))).Verdict);
    }

    [Fact]
    [Proves("mtls_endpoint_aliases")]
    [Proves("token_endpoint_auth_methods_supported", "self_signed_tls_client_auth", "tls_client_auth")]
    [Proves("introspection_endpoint_auth_methods_supported", "self_signed_tls_client_auth", "tls_client_auth")]
    [Proves("revocation_endpoint_auth_methods_supported", "self_signed_tls_client_auth", "tls_client_auth")]
    public async Task Every_endpoint_that_authenticates_clients_takes_certificates_at_its_alias_and_demands_them()
    {
        var metadata = await server.DiscoverAsync();
        var endpoints = metadata["mtls_endpoint_aliases"]!.AsObject().Select(alias => alias.Key).Where(name => name is "introspection_endpoint" or "revocation_endpoint" or "pushed_authorization_request_endpoint");
        foreach (var endpoint in endpoints)
        {
            var path = metadata["mtls_endpoint_aliases"]![endpoint]!.GetValue<string>()[s_alias.Length..];
            var form = TestBrowser.Request(MutualTlsServer.Web).With("token", "none");
            Assert.True((await server.SendAsync(HttpMethod.Post, path, MutualTlsServer.OwnCertificate, form)).IsSuccessStatusCode, endpoint);
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(HttpMethod.Post, path, null, form)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(HttpMethod.Post, path, TestAuthority.SelfSign(), form)).StatusCode);
        }
    }

    [Fact]
    [Proves("tls_client_certificate_bound_access_tokens", "true")]
    public async Task Discovery_names_the_methods_and_an_alias_for_each_endpoint_that_clients_call()
    {
        var metadata = await server.DiscoverAsync();
        var methods = metadata.Where(member => member.Key.EndsWith("_endpoint_auth_methods_supported", StringComparison.Ordinal)).ToArray();

        Assert.All(methods, list => Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal) { "tls_client_auth", "self_signed_tls_client_auth" }, list.Value!.AsArray().Select(method => method!.GetValue<string>()).ToHashSet(StringComparer.Ordinal)));
        Assert.True(metadata["tls_client_certificate_bound_access_tokens"]!.GetValue<bool>());
        var aliases = metadata["mtls_endpoint_aliases"]!.AsObject();
        Assert.Contains("token_endpoint", aliases.Select(alias => alias.Key));
        Assert.Contains("userinfo_endpoint", aliases.Select(alias => alias.Key));
        Assert.All(aliases, alias => Assert.Equal(metadata[alias.Key]!.GetValue<string>().Replace(server.App.Issuer, s_alias, StringComparison.Ordinal), alias.Value!.GetValue<string>()));
        Assert.Empty(Proofs.MissingOf(JsonElement.Parse(metadata.ToJsonString())));
        Assert.DoesNotContain(aliases, alias => alias.Key is "authorization_endpoint" or "end_session_endpoint" or "jwks_uri");   // a browser goes there, or everybody
    }

    // RFC 9449 §4.3: htu is the URI that was called
    [Fact]
    public async Task A_proof_names_the_address_that_it_was_sent_to()
    {
        Assert.SkipUnless((await server.DiscoverAsync()).ContainsKey("dpop_signing_alg_values_supported"), "this server takes no proofs");
        var client = MutualTlsServer.Certified with { ClientId = "proving", TlsClientCertificateBoundAccessTokens = false };
        await server.App.SaveAsync(client);

        var answer = await server.TokenAsync(client, MutualTlsServer.Certificate, null, s_alias, MutualTlsServer.Proxy, Proof(s_alias));
        Assert.Equal((TokenAnswer.Ok, "DPoP"), (answer.Verdict, answer.Body.GetProperty("token_type").GetString()));
        Assert.Equal("invalid_dpop_proof", (await server.TokenAsync(client, MutualTlsServer.Certificate, null, s_alias, MutualTlsServer.Proxy, Proof(server.App.Issuer))).Verdict.Error);
        var basic = ("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret));
        Assert.Equal("invalid_dpop_proof", (await server.TokenAsync(Seed.Machine, null, null, server.App.Issuer, MutualTlsServer.Proxy, basic, Proof(s_alias))).Verdict.Error);
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(Seed.Machine, null, null, server.App.Issuer, MutualTlsServer.Proxy, basic, Proof(server.App.Issuer))).Verdict);

        // a client whose tokens are bound to its certificate proves one key, not two
        Assert.Equal(TokenAnswer.InvalidRequest, (await server.TokenAsync(MutualTlsServer.Certified, MutualTlsServer.Certificate, null, s_alias, MutualTlsServer.Proxy, Proof(s_alias))).Verdict);
    }

    private (string, string) Proof(string origin)
    {
        using var key = SigningKey.Create(SigningAlgorithm.ES256);
        var claims = new System.Text.Json.Nodes.JsonObject { ["jti"] = key.Kid, ["htm"] = "POST", ["htu"] = origin + "/token", ["iat"] = server.App.Time!.GetUtcNow().ToUnixTimeSeconds() };
        return ("DPoP", TestJwt.Sign(key, claims, ("kid", null), ("typ", "dpop+jwt"), ("jwk", TestJwt.JsonOf(key.PublicJwk))));
    }

    private static X509Certificate2 WithoutEnd()
    {
        using var good = TestAuthority.SelfSign();
        var der = good.RawData;
        var end = Encoding.ASCII.GetBytes(good.NotAfter.ToUniversalTime().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture) + "Z");
        "999999999999Z"u8.CopyTo(der.AsSpan(der.AsSpan().IndexOf(end)));
        return X509CertificateLoader.LoadCertificate(der);
    }
}
