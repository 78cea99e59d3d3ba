using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>RFC 7662 §2.1, RFC 9701: who may ask, how, and in which form the answer comes.</summary>
public sealed class IntrospectionHttpTests(IntrospectionServer server) : IClassFixture<IntrospectionServer>
{
    private const string Jwt = "application/token-introspection+jwt";

    private static readonly Client s_app = IntrospectionServer.App;

    private AuthCoreApp Core => server.Core;

    [Fact]
    public async Task Without_authentication_it_is_401()
    {
        var token = (await server.BeginAsync(s_app)).AccessToken;
        using var browser = Core.CreateBrowser();

        await AssertRefusedAsync(await browser.PostAsync("/introspect", [new("token", token)]), "invalid_client");
        await AssertRefusedAsync(await browser.PostAsync($"/introspect?client_id={s_app.ClientId}&client_secret={Uri.EscapeDataString(AuthCoreApp.Secret)}", [new("token", token)]), "invalid_client");
        await AssertRefusedAsync(await browser.PostAsync("/introspect", [new("token", token), new("client_id", s_app.ClientId)]), "invalid_client");
        await AssertRefusedAsync(await browser.SendAsync(HttpMethod.Post, Core.Issuer + "/introspect", [new("token", token)], ("Authorization", "Bearer " + token)), "invalid_client");
    }

    [Fact]
    public async Task A_wrong_secret_is_401_with_the_challenge_of_the_header()
    {
        using var browser = Core.CreateBrowser();

        var basic = await browser.SendAsync(HttpMethod.Post, Core.Issuer + "/introspect", [new("token", "x")], ("Authorization", TestBrowser.Basic(s_app.ClientId, "wrong")));
        var post = await browser.PostAsync("/introspect", [new("token", "x"), new("client_id", IntrospectionServer.MailApi.ClientId), new("client_secret", "wrong")]);

        await AssertRefusedAsync(basic, "invalid_client");
        Assert.Equal("Basic", basic.Headers.WwwAuthenticate.Single().Scheme);
        await AssertRefusedAsync(post, "invalid_client");
    }

    // It has no secret: whoever knows its id could try tokens, its own included.
    [Fact]
    public async Task A_public_client_may_not_ask_not_even_about_its_own_tokens()
    {
        var tokens = await server.BeginAsync(Seed.Spa, "openid offline_access");

        await AssertRefusedAsync(await server.PostAsync(Seed.Spa, tokens.AccessToken), "invalid_client");
        await AssertRefusedAsync(await server.PostAsync(Seed.Spa, tokens.RefreshToken), "invalid_client");
        await AssertRefusedAsync(await server.PostAsync(Seed.Spa, "x"), "invalid_client");
    }

    [Fact]
    public async Task A_disabled_or_unknown_client_is_told_nothing()
    {
        var client = s_app with { ClientId = "off" };
        await Core.SaveAsync(client);
        var token = (await server.BeginAsync(client)).AccessToken;
        await Core.SaveAsync(client with { DisabledAt = Core.Time!.GetUtcNow() });

        await AssertRefusedAsync(await server.PostAsync(client, token), "invalid_client");
        await AssertRefusedAsync(await server.PostAsync(client with { ClientId = "nobody" }, token), "invalid_client");
    }

    [Fact]
    public async Task Without_a_token_or_with_something_twice_it_is_invalid_request()
    {
        foreach (var form in new List<KeyValuePair<string, string>>[]
        {
            [], [new("token", "")], [new("token_type_hint", "access_token")], [new("token", "a"), new("token", "b")], [new("token", "a"), new("token", "a")],
            [new("token", "a"), new("token_type_hint", "x"), new("token_type_hint", "y")], [new("token", "a"), new("client_id", "a"), new("client_id", "a")],
            [new("token", "a"), new("client_secret", AuthCoreApp.Secret)],
        })
        {
            await AssertRefusedAsync(await server.SendAsync(s_app, form), "invalid_request", HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_token_in_the_query_is_not_read()
    {
        var token = (await server.BeginAsync(s_app)).AccessToken;
        using var browser = Core.CreateBrowser();

        var answer = await browser.SendAsync(
            HttpMethod.Post, $"{Core.Issuer}/introspect?token={token}", [new("other", "x")], ("Authorization", TestBrowser.Basic(s_app.ClientId, AuthCoreApp.Secret)));

        await AssertRefusedAsync(answer, "invalid_request", HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Another_method_is_405_with_allow(string method)
    {
        using var browser = Core.CreateBrowser();

        var answer = await browser.SendAsync(new HttpMethod(method), Core.Issuer + "/introspect?token=x", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Another_content_type_is_415_as_json()
    {
        using var http = Core.CreateClient();

        var answer = await http.PostAsync(Core.Issuer + "/introspect", new StringContent("{\"token\":\"x\"}", System.Text.Encoding.UTF8, "application/json"));

        await AssertRefusedAsync(answer, "invalid_request", HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Answers_are_for_nobody_on_the_way_and_for_no_page_of_a_browser()
    {
        using var browser = Core.CreateBrowser();
        var token = (await server.BeginAsync(s_app)).AccessToken;
        foreach (var accept in new[] { null, Jwt })
        {
            foreach (var answer in new[] { await server.PostAsync(s_app, token, accept), await server.PostAsync(s_app, "x", accept) })
            {
                Assert.True(answer.Headers.CacheControl!.NoStore);
                Assert.Equal(accept ?? "application/json", answer.Content.Headers.ContentType!.ToString());
            }
        }

        var fromAPage = await browser.SendAsync(HttpMethod.Post, Core.Issuer + "/introspect", [new("token", token)], ("Origin", "https://spa.example"), ("Authorization", TestBrowser.Basic(s_app.ClientId, AuthCoreApp.Secret)));
        Assert.Equal(HttpStatusCode.OK, fromAPage.StatusCode);
        Assert.DoesNotContain(fromAPage.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    // RFC 9701 §5
    [Fact]
    public async Task A_signed_answer_says_the_same_to_the_one_who_asked_and_to_nobody_else()
    {
        var api = IntrospectionServer.FilesApi;
        var token = (await server.BeginAsync(s_app, "openid read:files", IntrospectionServer.Files.Identifier)).AccessToken;

        foreach (var presented in new[] { token, "x" })
        {
            var plain = await server.TextAsync(api, presented);
            var jws = await (await server.PostAsync(api, presented, Jwt)).Content.ReadAsStringAsync();

            await AssertSignedAsync(jws, api, "RS256");
            var claims = TestBrowser.ClaimsOf(jws);
            Assert.Equal(["iss", "aud", "iat", "token_introspection"], claims.EnumerateObject().Select(member => member.Name));
            Assert.Equal((Core.Issuer, api.ClientId), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString()));
            Assert.Equal(Core.Time!.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
            Assert.Equal(plain, claims.GetProperty("token_introspection").GetRawText());
        }
    }

    [Fact]
    public async Task A_signed_answer_is_no_token()
    {
        using var browser = Core.CreateBrowser();
        var token = (await server.BeginAsync(s_app, "openid")).AccessToken;
        var jws = await (await server.PostAsync(s_app, token, Jwt)).Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(jws));
        Assert.Equal("""{"active":false}""", await server.TextAsync(s_app, jws));
        Assert.Equal("invalid_request", (await browser.AuthorizeAsync(TestBrowser.Request(s_app).With("id_token_hint", jws))) is var answer ? TestBrowser.QueryOf(answer).GetValueOrDefault("error") : null);
    }

    // RFC 9701 §6, §7
    [Fact]
    [Proves("introspection_signing_alg_values_supported")]
    public async Task Each_algorithm_advertised_signs_for_the_client_that_chose_it_and_no_other_can_be_chosen()
    {
        var advertised = (await DocumentAsync()).GetProperty("introspection_signing_alg_values_supported").EnumerateArray().Select(alg => alg.GetString()!).ToArray();
        Assert.Contains("RS256", advertised);
        var rules = new ClientMetadataRules(Core.Get<ServerCapabilities>(), Seed.Machine.Scope, Seed.Machine.Resources);
        foreach (var alg in advertised)
        {
            var client = Seed.Machine with { ClientId = "signed-" + alg, IntrospectionSignedResponseAlg = alg };
            Assert.True((await rules.ValidateAsync(client)).IsValid);
            await Core.SaveAsync(client);

            await AssertSignedAsync(await (await server.PostAsync(client, "x", Jwt)).Content.ReadAsStringAsync(), client, alg);
        }

        foreach (var alg in new[] { "none", "HS256", "RS512", "PS512", "ES512", "EdDSA", "rs256", "" })
        {
            var faults = await rules.ValidateAsync(Seed.Machine with { IntrospectionSignedResponseAlg = alg });
            Assert.Equal("introspection_signed_response_alg", faults.Errors.Single().PropertyName);
        }
    }

    // FAPI 2.0 Message Signing §5.5
    [Fact]
    public async Task A_client_that_demands_signed_answers_gets_no_plain_one()
    {
        var client = Seed.Machine with { ClientId = "signed-only", RequireSignedIntrospection = true };
        await Core.SaveAsync(client);

        await AssertSignedAsync(await (await server.PostAsync(client, "x")).Content.ReadAsStringAsync(), client, "RS256");
        await AssertSignedAsync(await (await server.PostAsync(client, "x", "*/*")).Content.ReadAsStringAsync(), client, "RS256");
        await AssertRefusedAsync(await server.PostAsync(client, "x", "application/json"), "invalid_request", HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task An_error_is_never_signed()
    {
        await AssertRefusedAsync(await server.SendAsync(s_app, [], Jwt), "invalid_request", HttpStatusCode.BadRequest);
        await AssertRefusedAsync(await server.PostAsync(Seed.Spa, "x", Jwt), "invalid_client");
    }

    [Fact]
    [Proves("introspection_endpoint")]
    [Proves("introspection_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post")]
    public async Task Each_way_to_authenticate_that_is_advertised_works_and_no_other()
    {
        var document = await DocumentAsync();
        Assert.Equal(Core.Issuer + "/introspect", document.GetProperty("introspection_endpoint").GetString());
        var advertised = document.GetProperty("introspection_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()!).ToArray();
        Assert.DoesNotContain("none", advertised);
        Assert.Equal(document.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()!).Except(["none"]), advertised);
        foreach (var (method, client) in new[] { ("client_secret_basic", IntrospectionServer.FilesApi), ("client_secret_post", IntrospectionServer.MailApi) })
        {
            Assert.Contains(method, advertised);
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(client, "x")).StatusCode);
        }
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var tokens = await server.BeginAsync(client);
            await server.TextAsync(client, tokens.AccessToken);
            await server.TextAsync(client, tokens.RefreshToken);
            await server.TextAsync(IntrospectionServer.FilesApi, tokens.AccessToken);
            await server.TextAsync(IntrospectionServer.FilesApi, tokens.RefreshToken);

            var log = string.Join('\n', Core.Logs.Lines);

            Assert.Contains("token.introspected by files-api: not active", log, StringComparison.Ordinal);
            Assert.DoesNotContain(tokens.AccessToken, log, StringComparison.Ordinal);
            Assert.DoesNotContain(tokens.RefreshToken, log, StringComparison.Ordinal);
        }
    }

    private async Task AssertSignedAsync(string jws, Client audience, string alg)
    {
        using var http = Core.CreateClient();
        var keys = new JsonWebKeySet(await http.GetStringAsync(Core.Issuer + "/jwks")).GetSigningKeys();
        var validated = new JsonWebTokenHandler().ValidateToken(jws, new TokenValidationParameters
        {
            ValidIssuer = Core.Issuer, ValidAudience = audience.ClientId, IssuerSigningKeys = keys, ValidTypes = ["token-introspection+jwt"],
            ValidAlgorithms = [alg], ValidateLifetime = false,
        });
        Assert.True(validated.IsValid, validated.Exception?.ToString());
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var http = Core.CreateClient();
        return JsonElement.Parse(await http.GetStringAsync(Core.Issuer + DiscoveryTests.OpenId));
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string error, HttpStatusCode status = HttpStatusCode.Unauthorized)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(["error", "error_description"], JsonElement.Parse(await answer.Content.ReadAsStringAsync()).EnumerateObject().Select(member => member.Name));
        Assert.Equal(error, await TestBrowser.ErrorOf(answer));
    }
}
