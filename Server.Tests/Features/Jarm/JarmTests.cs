using System.Net;
using System.Text.Json;
using AuthCore.Features.Jarm;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Protocol;
using AuthCore.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Features.Jarm;

/// <summary>JARM: the answer is one signed parameter, or nothing.</summary>
public sealed class JarmTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_demanding = Seed.FirstParty with { ClientId = "jarm-demanding", ResponseModes = ["jwt", "query.jwt", "form_post.jwt"] };

    public static TheoryData<string> Modes => ["jwt", "query.jwt", "form_post.jwt"];

    [Theory]
    [MemberData(nameof(Modes))]
    [Proves("response_modes_supported", "jwt", "query.jwt", "form_post.jwt")]
    public async Task Each_mode_advertised_delivers_one_parameter_that_a_published_key_verifies(string mode)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        Assert.Contains(mode, (await MetadataAsync()).GetProperty("response_modes_supported").EnumerateArray().Select(value => value.GetString()));
        var request = TestBrowser.Request(Seed.FirstParty).With("response_mode", mode);

        var answer = await browser.AuthorizeAsync(request);

        Assert.Equal(mode == "form_post.jwt" ? HttpStatusCode.OK : HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        var (target, fields) = await Walk.AnswerOf(answer);
        Assert.StartsWith("https://app.example/cb", target, StringComparison.Ordinal);
        Assert.Equal(["response"], fields.Keys);
        var response = await VerifyAsync(fields["response"], Seed.FirstParty, "RS256");
        Assert.Equal(["aud", "code", "exp", "iss", "state"], response.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal(app.Issuer, response.GetProperty("iss").GetString());
        Assert.Equal(Seed.FirstParty.ClientId, response.GetProperty("aud").GetString());
        Assert.InRange(response.GetProperty("exp").GetInt64() - app.Time!.GetUtcNow().ToUnixTimeSeconds(), 1, 600);
        Assert.Equal(request["state"], response.GetProperty("state").GetString());
        var tokens = await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, response.GetProperty("code").GetString()!));
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }

    [Theory]
    [InlineData("scope", "openid nonsense", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("prompt", "none", "login_required")]
    [InlineData("max_age", "ten", "invalid_request")]
    [InlineData("claims", "[]", "invalid_request")]
    [InlineData("id_token_hint", "a.b.c", "invalid_request")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("request_uri", "https://app.example/request.jwt", "request_uri_not_supported")]
    [InlineData("resource", "https://unknown.test", "invalid_target")]
    public async Task An_error_of_a_request_that_asked_for_it_is_signed_and_never_plain(string name, string? value, string error)
    {
        using var browser = app.CreateBrowser();
        foreach (var mode in new[] { "jwt", "form_post.jwt" })
        {
            var request = TestBrowser.Request(Seed.Web).With("response_mode", mode).With(name, value);

            var (_, fields) = await Walk.AnswerOf(await browser.AuthorizeAsync(request));

            Assert.Equal(["response"], fields.Keys);
            var response = await VerifyAsync(fields["response"], Seed.Web, "RS256");
            Assert.Equal(["aud", "error", "error_description", "exp", "iss", "state"], response.EnumerateObject().Select(claim => claim.Name).Order());
            Assert.Equal(error, response.GetProperty("error").GetString());
            Assert.Equal(request["state"], response.GetProperty("state").GetString());
        }
    }

    [Fact]
    public async Task The_answer_of_a_person_is_signed_too()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var request = TestBrowser.Request(Seed.Web).With("response_mode", "query.jwt");

        var denied = await browser.PressAsync(await browser.OpenAsync(request), "deny");
        Assert.Equal("access_denied", (await ResponseOfAsync(denied, Seed.Web)).GetProperty("error").GetString());
        var allowed = await browser.PressAsync(await browser.OpenAsync(request), "allow");
        Assert.NotNull((await ResponseOfAsync(allowed, Seed.Web)).GetProperty("code").GetString());
    }

    [Fact]
    [Proves("authorization_signing_alg_values_supported")]
    public async Task Each_algorithm_advertised_signs_where_the_client_names_it()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var algorithms = (await MetadataAsync()).GetProperty("authorization_signing_alg_values_supported").EnumerateArray().Select(value => value.GetString()!).ToArray();
        Assert.Contains("RS256", algorithms);
        foreach (var alg in algorithms)
        {
            var client = Seed.FirstParty with { ClientId = "jarm-" + alg, AuthorizationSignedResponseAlg = alg };
            await app.SaveAsync(client);

            var answer = await browser.AuthorizeAsync(TestBrowser.Request(client).With("response_mode", "jwt"));

            await VerifyAsync(TestBrowser.QueryOf(answer)["response"], client, alg);
        }
    }

    // FAPI 2.0 Message Signing §5.4
    [Theory]
    [InlineData(null)]
    [InlineData("query")]
    [InlineData("form_post")]
    [InlineData("fragment")]
    [InlineData("QUERY.JWT")]
    public async Task A_client_that_demands_signed_answers_gets_no_other_be_it_an_error(string? mode)
    {
        await app.SaveAsync(s_demanding);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(s_demanding).With("response_mode", mode));

        Assert.Equal(["response"], TestBrowser.QueryOf(answer).Keys);
        var response = await ResponseOfAsync(answer, s_demanding);
        Assert.Equal("invalid_request", response.GetProperty("error").GetString());
        Assert.False(response.TryGetProperty("code", out _));
    }

    [Fact]
    public async Task A_client_that_demands_signed_answers_gets_codes_in_every_signed_mode()
    {
        await app.SaveAsync(s_demanding);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        foreach (var mode in JwtResponses.Modes)
        {
            var (_, fields) = await Walk.AnswerOf(await browser.AuthorizeAsync(TestBrowser.Request(s_demanding).With("response_mode", mode)));

            Assert.True((await VerifyAsync(fields["response"], s_demanding, "RS256")).TryGetProperty("code", out _));
        }
    }

    [Theory]
    [InlineData("fragment.jwt")]
    [InlineData("web_message.jwt")]
    [InlineData("JWT")]
    [InlineData("jwt ")]
    [InlineData("query.JWT")]
    [InlineData("form_post.jwt form_post.jwt")]
    [InlineData(".jwt")]
    public async Task A_mode_not_advertised_is_refused(string mode)
    {
        using var browser = app.CreateBrowser();

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("response_mode", mode))));
    }

    [Fact]
    public async Task The_mode_twice_is_invalid_request_told_as_the_client_takes_it()
    {
        await app.SaveAsync(s_demanding);
        using var browser = app.CreateBrowser();

        var plain = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web).With("response_mode", "jwt"), new("response_mode", "jwt")]);
        var signed = await browser.AuthorizeAsync([.. TestBrowser.Request(s_demanding).With("response_mode", "jwt"), new("response_mode", "query")]);

        Assert.Equal("invalid_request", Walk.ErrorOf(plain));
        Assert.Equal("invalid_request", (await ResponseOfAsync(signed, s_demanding)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Where_nothing_may_be_sent_nothing_signed_is_sent_either()
    {
        using var browser = app.CreateBrowser();

        foreach (var mode in JwtResponses.Modes)
        {
            var page = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("response_mode", mode).With("redirect_uri", "https://evil.example/"));

            Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
            Assert.Null(page.Headers.Location);
            Assert.DoesNotContain("evil.example", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a;b+c&d=e%20é\"<>'\\")]
    [InlineData("日本語 🔑 عربي")]
    [InlineData("\",\"code\":\"x")]
    public async Task State_comes_back_inside_as_it_was(string state)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("response_mode", "jwt").With("state", state));

        var response = await ResponseOfAsync(answer, Seed.FirstParty);
        Assert.Equal(state, response.GetProperty("state").GetString());
        Assert.StartsWith("ac_code_", response.GetProperty("code").GetString(), StringComparison.Ordinal);
    }

    // RFC 8725 §3.11
    [Fact]
    public async Task A_signed_response_is_taken_for_no_other_token()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var response = TestBrowser.QueryOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("response_mode", "jwt")))["response"];

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("id_token_hint", response))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(response)).StatusCode);
        Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, response))));
    }

    [Fact]
    public async Task A_signed_response_is_for_one_client()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var response = TestBrowser.QueryOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("response_mode", "jwt")))["response"];

        await Assert.ThrowsAsync<InvalidOperationException>(() => VerifyAsync(response, Seed.Web, "RS256"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => VerifyAsync(response[..^4] + "AAAA", Seed.FirstParty, "RS256"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("EdDSA")]
    [InlineData("rs256")]
    [InlineData("")]
    public void An_algorithm_that_no_key_of_ours_has_cannot_be_registered(string alg)
    {
        var rules = new ClientMetadataRules(((IMetadataPart)new JarmMetadata()).Extend(Sample.Capabilities), Sample.Client.Scope, Sample.Client.Resources);

        Assert.True(rules.Validate(Sample.Client with { AuthorizationSignedResponseAlg = "ES256", ResponseModes = ["jwt"] }).IsValid);
        Assert.Contains(rules.Validate(Sample.Client with { AuthorizationSignedResponseAlg = alg }).Errors, fault => fault.PropertyName == "authorization_signed_response_alg");
    }

    [Fact]
    public void Without_this_feature_a_client_cannot_ask_for_it()
    {
        var rules = new ClientMetadataRules(Sample.Capabilities, Sample.Client.Scope, Sample.Client.Resources);

        Assert.Equal(
            ["authorization_signed_response_alg", "response_modes"],
            rules.Validate(Sample.Client with { AuthorizationSignedResponseAlg = "ES256", ResponseModes = ["query", "jwt"] }).Errors.Select(fault => fault.PropertyName).Order());
    }

    private async Task<JsonElement> ResponseOfAsync(HttpResponseMessage answer, Client client) => await VerifyAsync(TestBrowser.QueryOf(answer)["response"], client, "RS256");

    private async Task<JsonElement> VerifyAsync(string response, Client client, string alg)
    {
        using var http = app.CreateClient();
        var keys = new JsonWebKeySet(await http.GetStringAsync(app.Issuer + "/jwks")).GetSigningKeys();
        var result = new JsonWebTokenHandler().ValidateToken(
            response,
            new TokenValidationParameters { ValidIssuer = app.Issuer, ValidAudience = client.ClientId, IssuerSigningKeys = keys, ValidAlgorithms = [alg], ValidTypes = ["JWT"], ValidateLifetime = false });
        return result.IsValid ? TestBrowser.ClaimsOf(response) : throw new InvalidOperationException(result.Exception?.Message);
    }

    private async Task<JsonElement> MetadataAsync()
    {
        using var http = app.CreateClient();
        return JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
    }
}
