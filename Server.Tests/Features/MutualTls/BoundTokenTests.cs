using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>RFC 8705 §3, §4: tokens that are of no use without the certificate.</summary>
public sealed class BoundTokenTests(MutualTlsServer server) : IClassFixture<MutualTlsServer>
{
    private static readonly X509Certificate2 s_own = MutualTlsServer.OwnCertificate;
    private static readonly X509Certificate2 s_other = MutualTlsServer.OtherCertificate;

    [Fact]
    public async Task A_token_names_the_certificate_it_is_bound_to_and_stays_a_bearer_token()
    {
        var answer = await server.TokenAsync(MutualTlsServer.SelfSigned, s_own);

        Assert.Equal(MutualTlsServer.Bound(s_own), MutualTlsServer.ConfirmationOf(answer));
        Assert.Equal("Bearer", answer.Body.GetProperty("token_type").GetString());
    }

    [Fact]
    public async Task Introspection_tells_the_certificate()
    {
        var metadata = await server.DiscoverAsync();
        Assert.SkipUnless(metadata.ContainsKey("introspection_endpoint"), "this server has no introspection");
        var token = (await server.TokenAsync(MutualTlsServer.SelfSigned, s_own)).AccessToken;

        var answer = await server.SendAsync(
            HttpMethod.Post, metadata["introspection_endpoint"]!.GetValue<string>()[server.App.Issuer.Length..], s_own,
            [KeyValuePair.Create("client_id", MutualTlsServer.SelfSigned.ClientId), KeyValuePair.Create("token", token)]);

        var told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.True(told["active"]!.GetValue<bool>());
        Assert.Equal(TestAuthority.ThumbprintOf(s_own), told["cnf"]!["x5t#S256"]!.GetValue<string>());
        Assert.Equal("Bearer", told["token_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Userinfo_answers_to_the_certificate_alone()
    {
        var token = (await server.BeginAsync(MutualTlsServer.Web, s_own)).AccessToken;

        Assert.Equal(HttpStatusCode.OK, (await server.UserInfoAsync(token, s_own)).StatusCode);
        foreach (var refused in new[]
        {
            await server.UserInfoAsync(token, null),
            await server.UserInfoAsync(token, s_other),   // registered by the same client
            await server.UserInfoAsync(token, s_own, peer: "10.0.0.6"),
            await server.UserInfoAsync(token, s_own, origin: server.App.Issuer),
            await server.UserInfoAsync(token, TestAuthority.SelfSign(key: s_own.GetECDsaPrivateKey())),   // of the same key
            await server.SendAsync(HttpMethod.Post, "/userinfo", null, [KeyValuePair.Create("access_token", token)]),
        })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.StartsWith("Bearer realm=\"authcore\", error=\"invalid_token\"", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_bound_stays_bound_when_the_client_changes_its_mind()
    {
        var client = MutualTlsServer.Web with { ClientId = "changing" };
        await server.App.SaveAsync(client);
        var token = (await server.BeginAsync(client, s_own)).AccessToken;
        await server.App.SaveAsync(client with { TlsClientCertificateBoundAccessTokens = false });

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.UserInfoAsync(token, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.UserInfoAsync(token, s_own)).StatusCode);
        Assert.Null(MutualTlsServer.ConfirmationOf(await server.BeginAsync(client, s_own)));
    }

    [Fact]
    public async Task A_public_client_gets_no_tokens_without_a_certificate_and_loses_no_code_by_trying()
    {
        using var browser = server.App.CreateBrowser();
        var redeem = TestBrowser.Redeem(MutualTlsServer.Public, await browser.GetCodeAsync(MutualTlsServer.Public));

        Assert.Equal(TokenAnswer.InvalidRequest, (await server.TokenAsync(MutualTlsServer.Public, null, redeem)).Verdict);
        Assert.Equal(TokenAnswer.InvalidRequest, (await server.TokenAsync(MutualTlsServer.Public, s_own, redeem, server.App.Issuer)).Verdict);
        var tokens = await server.TokenAsync(MutualTlsServer.Public, s_own, redeem);
        Assert.Equal(MutualTlsServer.Bound(s_own), MutualTlsServer.ConfirmationOf(tokens));
    }

    [Fact]
    public async Task A_public_clients_refresh_token_works_with_its_certificate_alone_and_a_thief_ends_nothing()
    {
        var tokens = await server.BeginAsync(MutualTlsServer.Public, s_own);
        var refresh = TestBrowser.Refresh(tokens.RefreshToken);

        Assert.Equal(TokenAnswer.InvalidRequest, (await server.TokenAsync(MutualTlsServer.Public, null, refresh)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await server.TokenAsync(MutualTlsServer.Public, s_other, refresh)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await server.TokenAsync(MutualTlsServer.Public, TestAuthority.SelfSign(key: s_own.GetECDsaPrivateKey()), refresh)).Verdict);
        var next = await server.TokenAsync(MutualTlsServer.Public, s_own, refresh);
        Assert.Equal(MutualTlsServer.Bound(s_own), MutualTlsServer.ConfirmationOf(next));
        Assert.Equal(TokenAnswer.InvalidGrant, (await server.TokenAsync(MutualTlsServer.Public, s_other, TestBrowser.Refresh(next.RefreshToken))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.TokenAsync(MutualTlsServer.Public, s_own, TestBrowser.Refresh(next.RefreshToken))).Verdict);
    }

    [Fact]
    public async Task A_public_clients_refresh_token_stays_bound_when_its_registration_no_longer_says_so()
    {
        var client = MutualTlsServer.Public with { ClientId = "public-changing" };
        await server.App.SaveAsync(client);
        var refresh = TestBrowser.Refresh((await server.BeginAsync(client, s_own)).RefreshToken);
        await server.App.SaveAsync(client with { TlsClientCertificateBoundAccessTokens = false });

        Assert.Equal(TokenAnswer.InvalidGrant, (await server.TokenAsync(client, null, refresh)).Verdict);
    }

    // RFC 8705 §7.1: for a client that authenticates, the refresh token is bound to the client.
    [Fact]
    public async Task A_client_that_authenticates_may_change_its_certificate_and_new_tokens_are_bound_to_the_new_one()
    {
        var tokens = await server.BeginAsync(MutualTlsServer.Web, s_own);
        var next = await server.TokenAsync(MutualTlsServer.Web, s_other, TestBrowser.Refresh(tokens.RefreshToken));

        Assert.Equal(MutualTlsServer.Bound(s_other), MutualTlsServer.ConfirmationOf(next));
        Assert.Equal(HttpStatusCode.OK, (await server.UserInfoAsync(next.AccessToken, s_other)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.UserInfoAsync(next.AccessToken, s_own)).StatusCode);
    }
}
