using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Features.SignedUserInfo;

/// <summary>OIDC Core §5.3.2: userinfo as a signed JWT, for clients that are registered for it.</summary>
public sealed class SignedUserInfoTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client Signed = Seed.FirstParty with { ClientId = "signed", UserinfoSignedResponseAlg = "ES256" };

    [Fact]
    [Proves("userinfo_signing_alg_values_supported")]
    public async Task Each_algorithm_advertised_signs_an_answer_that_a_published_key_verifies()
    {
        using var http = app.CreateClient();
        var algorithms = await AdvertisedAsync(http);
        Assert.NotEmpty(algorithms);
        foreach (var alg in algorithms)
        {
            var client = Signed with { ClientId = "signed-" + alg, UserinfoSignedResponseAlg = alg };
            var (browser, access) = await TokenAsync(client, "openid");
            using (browser)
            {
                var answer = await browser.UserInfoAsync(access);
                var jwt = await answer.Content.ReadAsStringAsync();

                Assert.Equal("application/jwt", answer.Content.Headers.ContentType!.ToString());
                Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
                Assert.Equal(alg, new JsonWebToken(jwt).Alg);
                var keys = new JsonWebKeySet(await http.GetStringAsync(app.Issuer + "/jwks")).GetSigningKeys();   // a key is made when it is first needed
                var validated = new JsonWebTokenHandler().ValidateToken(
                    jwt, new TokenValidationParameters { ValidIssuer = app.Issuer, ValidAudience = client.ClientId, IssuerSigningKeys = keys, ValidateLifetime = false });
                Assert.True(validated.IsValid, validated.Exception?.ToString());
            }
        }
    }

    [Fact]
    public async Task What_is_not_advertised_is_refused_at_registration()
    {
        using var http = app.CreateClient();
        var algorithms = await AdvertisedAsync(http);
        var rules = new ClientMetadataRules(app.Get<ServerCapabilities>(), Signed.Scope, Signed.Resources);

        Assert.All(algorithms, alg => Assert.True(rules.Validate(Signed with { UserinfoSignedResponseAlg = alg }).IsValid));
        Assert.All(
            new[] { "none", "HS256", "es256", "", "EdDSA", "RSA-OAEP", "RS256 ES256" },
            alg => Assert.Contains(rules.Validate(Signed with { UserinfoSignedResponseAlg = alg }).Errors, error => error.PropertyName == "userinfo_signed_response_alg"));
    }

    [Fact]
    public async Task The_JWT_says_what_the_JSON_would_for_whom_and_by_whom_and_nothing_that_makes_it_an_id_token()
    {
        var (browser, access) = await TokenAsync(Signed, "openid profile email");
        using var _ = browser;
        var (plain, plainAccess) = await TokenAsync(Seed.FirstParty, "openid profile email");
        using var __ = plain;

        var signed = TestBrowser.ClaimsOf(await (await browser.UserInfoAsync(access)).Content.ReadAsStringAsync());
        var json = await plain.UserInfoAsync(plainAccess);

        Assert.Equal("application/json", json.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            JsonElement.Parse(await json.Content.ReadAsStringAsync()).EnumerateObject().Select(member => member.Name).Concat(["aud", "iss"]).Order(StringComparer.Ordinal),
            signed.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(app.Issuer, signed.GetProperty("iss").GetString());
        Assert.Equal(Signed.ClientId, signed.GetProperty("aud").GetString());
        Assert.Equal(TestBrowser.ClaimsOf(access).GetProperty("sub").GetString(), signed.GetProperty("sub").GetString());
        Assert.Equal(Seed.Alice.EmailVerified, signed.GetProperty("email_verified").GetBoolean());
    }

    [Fact]
    public async Task It_comes_by_post_too_and_whatever_was_accepted()
    {
        var (browser, access) = await TokenAsync(Signed, "openid");
        using var _ = browser;

        var posted = await browser.PostAsync("/userinfo", [new("access_token", access)]);
        var asked = await browser.SendAsync(HttpMethod.Get, app.Issuer + "/userinfo", null, ("Authorization", "Bearer " + access), ("Accept", "application/json"));

        Assert.All(new[] { posted, asked }, answer => Assert.Equal("application/jwt", answer.Content.Headers.ContentType!.ToString()));
    }

    // RFC 6750 §3: an error is for whoever holds the token, not for the reader of a JWT
    [Fact]
    public async Task Errors_stay_JSON_with_a_challenge()
    {
        var (browser, access) = await TokenAsync(Signed, "openid");
        using var _ = browser;
        app.Time!.Advance(TimeSpan.FromSeconds(901));
        var withoutOpenId = await browser.TokensOf(Signed, await browser.AuthorizeAsync(TestBrowser.Request(Signed, "read:files")));

        foreach (var (token, status, error) in new[]
        {
            (access, HttpStatusCode.Unauthorized, "invalid_token"),
            (withoutOpenId.GetProperty("access_token").GetString()!, HttpStatusCode.Forbidden, "insufficient_scope"),
        })
        {
            var answer = await browser.UserInfoAsync(token);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(error, await TestBrowser.ErrorOf(answer));
            Assert.StartsWith($"Bearer realm=\"authcore\", error=\"{error}\"", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        }
    }

    // RFC 8725 §2.8: one kind of JWT is not taken for another
    [Fact]
    public async Task An_answer_is_neither_a_hint_nor_an_access_token()
    {
        var (browser, access) = await TokenAsync(Signed, "openid");
        using var _ = browser;
        var jwt = await (await browser.UserInfoAsync(access)).Content.ReadAsStringAsync();

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Signed).With("prompt", "none").With("id_token_hint", jwt))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(jwt)).StatusCode);
    }

    private async Task<(TestBrowser Browser, string AccessToken)> TokenAsync(Client client, string scope)
    {
        await app.SaveAsync(client);
        var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var tokens = await browser.TokensOf(client, await browser.AuthorizeAsync(TestBrowser.Request(client, scope)));
        return (browser, tokens.GetProperty("access_token").GetString()!);
    }

    private async Task<string[]> AdvertisedAsync(HttpClient http) =>
        [.. JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId)).GetProperty("userinfo_signing_alg_values_supported").EnumerateArray().Select(alg => alg.GetString()!)];
}
