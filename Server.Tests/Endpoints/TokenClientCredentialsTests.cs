using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>OAuth 2.1 §4.2: a client acts for itself.</summary>
public sealed class TokenClientCredentialsTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_client = Seed.Machine with { ClientId = "service", Scope = ["openid", "offline_access", "profile", "read:files"] };

    [Fact]
    public async Task Nothing_asked_for_is_all_that_needs_no_person()
    {
        var answer = await AskAsync(s_client);

        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        Assert.Equal("profile read:files", answer.Scope);
        Assert.Equal("profile read:files", TestBrowser.ClaimsOf(answer.AccessToken).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task What_is_asked_for_is_given_and_no_more() => Assert.Equal("read:files", (await AskAsync(s_client, ("scope", "read:files"))).Scope);

    [Theory]
    [InlineData("unknown")]
    [InlineData("email")]              // known, but not this client's
    [InlineData("openid")]
    [InlineData("offline_access")]
    [InlineData("read:files openid")]
    [InlineData("READ:FILES")]
    [InlineData("read:files \"")]
    public async Task What_needs_a_person_or_is_not_registered_is_refused(string scope) =>
        Assert.Equal(TokenAnswer.InvalidScope, (await AskAsync(s_client, ("scope", scope))).Verdict);

    [Fact]
    public async Task There_is_no_refresh_token_and_no_id_token()
    {
        var answer = await AskAsync(s_client with { ClientId = "with-refresh", GrantTypes = ["client_credentials", "refresh_token", "authorization_code"] });

        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        Assert.False(answer.Has("refresh_token"));
        Assert.False(answer.Has("id_token"));
    }

    [Fact]
    public async Task The_token_tells_of_the_client_and_of_no_person()
    {
        var claims = TestBrowser.ClaimsOf((await AskAsync(s_client)).AccessToken);

        Assert.Equal("service", claims.GetProperty("sub").GetString());
        Assert.Equal("service", claims.GetProperty("client_id").GetString());
        foreach (var claim in new[] { "auth_time", "acr", "amr", "gid", "sid", "nonce" })
        {
            Assert.False(claims.TryGetProperty(claim, out _), claim);
        }
    }

    [Fact]
    public async Task The_token_opens_no_userinfo()
    {
        var answer = await AskAsync(s_client);
        using var browser = app.CreateBrowser();

        Assert.NotEqual(System.Net.HttpStatusCode.OK, await browser.UserInfoStatusAsync(answer.AccessToken));
    }

    [Fact]
    public async Task It_lives_an_hour_unless_the_client_says_otherwise()
    {
        Assert.Equal(3600, (await AskAsync(s_client)).Body.GetProperty("expires_in").GetInt32());
        Assert.Equal(60, (await AskAsync(s_client with { ClientId = "brief", AccessTokenLifetime = 60 })).Body.GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task The_audience_is_what_was_asked_for_else_the_default_else_the_issuer()
    {
        var withDefault = s_client with { ClientId = "with-default", Resources = ["https://api.test", "https://other.test"], DefaultResource = "https://other.test" };
        await app.SaveAsync(Seed.Api with { Identifier = "https://other.test" });

        Assert.Equal("https://api.test", AudienceOf(await AskAsync(s_client, ("resource", "https://api.test"))));
        Assert.Equal(app.Issuer, AudienceOf(await AskAsync(s_client)));
        Assert.Equal("https://other.test", AudienceOf(await AskAsync(withDefault)));
        Assert.Equal("https://api.test", AudienceOf(await AskAsync(withDefault, ("resource", "https://api.test"))));
    }

    [Theory]
    [InlineData("https://unknown.test")]
    [InlineData("https://api.test/")]
    [InlineData("https://api.test#part")]
    [InlineData("api.test")]
    [InlineData("HTTPS://API.TEST")]
    public async Task A_resource_that_is_not_the_clients_is_refused(string resource) =>
        Assert.Equal(TokenAnswer.InvalidTarget, (await AskAsync(s_client, ("resource", resource))).Verdict);

    [Fact]
    public async Task A_public_client_is_refused_even_if_it_was_registered_for_it() =>
        Assert.Equal(TokenAnswer.UnauthorizedClient, (await AskAsync(Seed.Spa with { ClientId = "public-service", GrantTypes = ["client_credentials"] })).Verdict);

    [Fact]
    public async Task A_client_not_registered_for_it_is_refused() => Assert.Equal(TokenAnswer.UnauthorizedClient, (await AskAsync(Seed.Web)).Verdict);

    private static string? AudienceOf(TokenAnswer answer) =>
        TestBrowser.ClaimsOf(answer.AccessToken).GetProperty("aud") is { ValueKind: JsonValueKind.String } audience ? audience.GetString() : null;

    private async Task<TokenAnswer> AskAsync(Client client, params (string Name, string? Value)[] changes)
    {
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        return await browser.AskAsync(client, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }, changes);
    }
}
