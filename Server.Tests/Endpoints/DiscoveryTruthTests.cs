using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 8414 §2: each value that discovery advertises is tried, and those it does not are refused.</summary>
public sealed class DiscoveryTruthTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    // OIDC Core §2, §5.3.2: those that userinfo has no use for
    private static readonly string[] s_aboutTheToken = ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];

    private static readonly User s_everything = Seed.Alice with
    {
        Subject = "sub-everything",
        Username = "everything",
        Email = "everything@example.com",
        MiddleName = "M",
        Nickname = "N",
        Profile = "https://a.example/p",
        Picture = "https://a.example/i",
        Website = "https://a.example",
        Gender = "other",
        Birthdate = "1990-05-17",
        Zoneinfo = "Europe/Berlin",
        Locale = "de-DE",
        PhoneNumberVerified = true,
    };

    [Fact]
    [Proves("scopes_supported")]
    public async Task Every_scope_advertised_can_be_asked_for()
    {
        var scopes = await ListAsync("scopes_supported");
        var client = Seed.FirstParty with { ClientId = "all-scopes", Scope = scopes };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();

        var tokens = await browser.GetTokensAsync(client, string.Join(' ', scopes));

        Assert.Equal(scopes, tokens.GetProperty("scope").GetString()!.Split(' '));
        foreach (var scope in new[] { "openid nonsense", "openid OPENID", "openid claim:email" })
        {
            Assert.Equal("invalid_scope", await ErrorOfAsync(("scope", scope)));
        }
    }

    [Fact]
    [Proves("response_types_supported", "code")]
    public async Task Each_response_type_but_code_is_refused()
    {
        Assert.Equal(["code"], await CoreListAsync("response_types_supported"));
        foreach (var type in new[] { "token", "id_token", "code id_token", "code token", "code id_token token", "none", "CODE", "code code" })
        {
            Assert.Equal("unsupported_response_type", await ErrorOfAsync(("response_type", type)));
        }
    }

    [Fact]
    [Proves("response_modes_supported", "query", "form_post")]
    public async Task Each_response_mode_advertised_delivers_and_others_are_refused()
    {
        Assert.Equal(["query", "form_post"], await CoreListAsync("response_modes_supported"));
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty);
        Assert.Contains("code", TestBrowser.QueryOf(await browser.CompleteAsync(Change(request, ("response_mode", "query")))));
        var page = await browser.AuthorizeAsync(Change(request, ("response_mode", "form_post")));
        Assert.Contains((await TestBrowser.ReadFormAsync(page)).Fields, field => field.Key == "code");

        foreach (var mode in new[] { "fragment", "web_message", "jwt", "query.jwt", "form_post.jwt", "QUERY" }.Except(DiscoveryGolden.OfFeatures("response_modes_supported")))
        {
            Assert.Equal("invalid_request", await ErrorOfAsync(("response_mode", mode)));
        }
    }

    [Fact]
    [Proves("grant_types_supported", "authorization_code", "refresh_token", "client_credentials")]
    public async Task Each_grant_type_advertised_gives_tokens_and_others_are_refused()
    {
        Assert.Equal(["authorization_code", "refresh_token", "client_credentials"], await CoreListAsync("grant_types_supported"));
        using var browser = app.CreateBrowser();
        var tokens = await browser.GetTokensAsync(Seed.Web);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Web, TestBrowser.Refresh(tokens.GetProperty("refresh_token").GetString()!))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Machine, [KeyValuePair.Create("grant_type", "client_credentials")])).StatusCode);

        foreach (var type in new[]
        {
            "password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:jwt-bearer", "AUTHORIZATION_CODE", " authorization_code",
        }.Except(DiscoveryGolden.OfFeatures("grant_types_supported")))
        {
            Assert.Equal("unsupported_grant_type", await TestBrowser.ErrorOf(await browser.TokenAsync(Seed.Web, [KeyValuePair.Create("grant_type", type)])));
        }
    }

    [Fact]
    [Proves("token_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post", "none")]
    public async Task Each_client_authentication_method_advertised_works_and_others_do_not()
    {
        Assert.Equal(["client_secret_basic", "client_secret_post", "none"], await CoreListAsync("token_endpoint_auth_methods_supported"));
        foreach (var client in new[] { Seed.Web, Seed.Post, Seed.Spa })
        {
            using var browser = app.CreateBrowser();
            Assert.Equal("Bearer", (await browser.GetTokensAsync(client)).GetProperty("token_type").GetString());
        }

        using var other = app.CreateBrowser();
        var assertion = await other.PostAsync("/token", new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = "e30.e30.AA",
        });
        Assert.Equal("invalid_client", await TestBrowser.ErrorOf(assertion));
        var inQuery = await other.PostAsync($"/token?client_id=machine&client_secret={Uri.EscapeDataString(AuthCoreApp.Secret)}", [KeyValuePair.Create("grant_type", "client_credentials")]);
        Assert.Equal("invalid_client", await TestBrowser.ErrorOf(inQuery));
    }

    [Fact]
    [Proves("code_challenge_methods_supported", "S256")]
    public async Task S256_is_the_only_challenge_method()
    {
        Assert.Equal(["S256"], await CoreListAsync("code_challenge_methods_supported"));
        foreach (var method in new[] { "plain", "s256", "S512", "" })
        {
            Assert.Equal("invalid_request", await ErrorOfAsync(("code_challenge_method", method)));
        }
    }

    [Fact]
    [Proves("prompt_values_supported", "none", "login", "consent", "select_account")]
    public async Task Each_prompt_advertised_is_obeyed_and_others_are_refused()
    {
        Assert.Equal(["none", "login", "consent", "select_account"], await CoreListAsync("prompt_values_supported"));
        using var browser = app.CreateBrowser();
        await browser.GetCodeAsync(Seed.FirstParty);
        async Task<HttpResponseMessage> AskAsync(string prompt) =>
            await browser.FollowAsync(await browser.AuthorizeAsync(Change(TestBrowser.Request(Seed.FirstParty), ("prompt", prompt))));

        Assert.Contains("code", TestBrowser.QueryOf(await AskAsync("none")));
        Assert.Equal("/login", (await AskAsync("login")).RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("/consent", (await AskAsync("consent")).RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("/select-account", (await AskAsync("select_account")).RequestMessage!.RequestUri!.AbsolutePath);
        foreach (var prompt in new[] { "create", "NONE", "none login" })
        {
            Assert.Equal("invalid_request", await ErrorOfAsync(("prompt", prompt)));
        }
    }

    [Fact]
    [Proves("id_token_signing_alg_values_supported")]
    public async Task Each_signing_algorithm_advertised_signs_an_ID_token_that_a_published_key_verifies()
    {
        var algorithms = await CoreListAsync("id_token_signing_alg_values_supported");
        Assert.Equal(["RS256", "ES256", "PS256", "ES384"], algorithms);
        using var http = app.CreateClient();
        foreach (var alg in algorithms)
        {
            var client = Seed.FirstParty with { ClientId = "alg-" + alg, IdTokenSignedResponseAlg = alg };
            await app.SaveAsync(client);
            using var browser = app.CreateBrowser();
            var token = (await browser.GetTokensAsync(client)).GetProperty("id_token").GetString()!;

            Assert.Equal(alg, new JsonWebToken(token).Alg);
            var keys = new JsonWebKeySet(await http.GetStringAsync(app.Issuer + "/jwks")).GetSigningKeys();   // each time: a key is made when it first signs
            var validated = new JsonWebTokenHandler().ValidateToken(
                token, new TokenValidationParameters { ValidIssuer = app.Issuer, ValidAudience = client.ClientId, IssuerSigningKeys = keys, ValidateLifetime = false });
            Assert.True(validated.IsValid, validated.Exception?.ToString());
        }

        var rules = Rules();
        foreach (var alg in new[] { "none", "HS256", "RS384", "RS512", "PS384", "ES512", "ES256K", "EdDSA", "es256", "" })
        {
            Assert.Equal(["id_token_signed_response_alg"], rules.Validate(Seed.FirstParty with { IdTokenSignedResponseAlg = alg }).Errors.Select(error => error.PropertyName));
        }
    }

    [Fact]
    [Proves("claims_parameter_supported", "true")]
    [Proves("claim_types_supported", "normal")]
    public async Task A_claim_asked_for_by_the_claims_parameter_is_given()
    {
        Assert.True((await DocumentAsync()).GetProperty("claims_parameter_supported").GetBoolean());
        using var browser = app.CreateBrowser();
        var answer = await browser.CompleteAsync(Change(TestBrowser.Request(Seed.Web, "openid"), ("claims", """{"userinfo":{"email":null}}""")));
        var tokens = JsonElement.Parse(await (await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, TestBrowser.QueryOf(answer)["code"]))).Content.ReadAsStringAsync());

        var claims = JsonElement.Parse(await (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Content.ReadAsStringAsync());

        Assert.Equal(["normal"], await ListAsync("claim_types_supported"));
        Assert.Equal(["sub", "email"], claims.EnumerateObject().Select(claim => claim.Name));   // so neither aggregated nor distributed (OIDC Core §5.6.2)
        Assert.Equal(Seed.Alice.Email, claims.GetProperty("email").GetString());
    }

    // OIDC Core §3.1.2.6, §6
    [Theory]
    [InlineData("request", "request_parameter_supported", "request_not_supported")]
    [InlineData("request_uri", "request_uri_parameter_supported", "request_uri_not_supported")]
    [InlineData("registration", null, "registration_not_supported")]
    [Proves("request_parameter_supported", "false")]
    [Proves("request_uri_parameter_supported", "false")]
    [Proves("require_request_uri_registration", "false")]
    public async Task What_is_said_not_to_be_supported_is_refused_by_its_name(string parameter, string? member, string error)
    {
        if (member is not null && DiscoveryGolden.IsOfFeatures(member))
        {
            return;   // the feature's tests say what it does
        }

        Assert.False(member is not null && (await DocumentAsync()).GetProperty(member).GetBoolean());
        Assert.Equal(error, await ErrorOfAsync((parameter, "https://client.test/request")));
    }

    // OIDC Core §15.1: accepted, whatever they say
    [Theory]
    [InlineData("display", "page")]
    [InlineData("display", "wap")]
    [InlineData("ui_locales", "en")]
    [InlineData("ui_locales", "tlh xx-Yyyy-ZZ")]
    [InlineData("claims_locales", "de fr")]
    [InlineData("acr_values", "urn:authcore:acr:1")]
    [InlineData("acr_values", "urn:unknown 7")]
    [InlineData("login_hint", "somebody")]
    public async Task A_wish_is_never_an_error(string parameter, string value) => Assert.Null(await ErrorOfAsync((parameter, value)));

    [Fact]
    [Proves("issuer")]
    [Proves("authorization_response_iss_parameter_supported", "true")]
    public async Task Issuer_and_its_parameter_are_as_advertised()
    {
        var document = await DocumentAsync();
        Assert.True(document.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        using var browser = app.CreateBrowser();
        var answer = await browser.CompleteAsync(TestBrowser.Request(Seed.FirstParty));
        Assert.Equal(document.GetProperty("issuer").GetString(), TestBrowser.QueryOf(answer)["iss"]);
        var tokens = await browser.TokensOf(Seed.FirstParty, answer);
        var idToken = TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!);
        Assert.Equal(document.GetProperty("issuer").GetString(), idToken.GetProperty("iss").GetString());
    }

    [Fact]
    [Proves("acr_values_supported")]
    public async Task Each_acr_advertised_comes_about_and_an_essential_one_that_is_not_is_an_error()
    {
        using var browser = app.CreateBrowser();
        foreach (var acr in await ListAsync("acr_values_supported"))
        {
            var answer = await browser.CompleteAsync(Change(TestBrowser.Request(Seed.FirstParty), ("claims", Essential(acr))));
            var tokens = await browser.TokensOf(Seed.FirstParty, answer);
            Assert.Equal(acr, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("acr").GetString());
        }

        foreach (var acr in new[] { "urn:authcore:acr:2", "urn:authcore:acr:", "0", "urn:mace:incommon:iap:silver" })
        {
            Assert.Equal("unmet_authentication_requirements", await ErrorOfAsync(("claims", Essential(acr))));
        }

        static string Essential(string acr) => $$$$"""{"id_token":{"acr":{"essential":true,"value":"{{{{acr}}}}"}}}""";
    }

    [Fact]
    [Proves("claims_supported")]
    public async Task Every_claim_advertised_is_given_to_whoever_asks_and_no_other_is()
    {
        var claims = await ListAsync("claims_supported");
        var asked = claims.Concat(["groups", "roles", "c_hash", "azp", "name#de", "password_hash", "username", "disabled_at"]).Distinct().ToDictionary(name => name, _ => (object?)null, StringComparer.Ordinal);
        await app.SaveAsync(s_everything);
        using var browser = app.CreateBrowser();
        var request = Change(TestBrowser.Request(Seed.FirstParty, "openid"), ("nonce", "n"), ("claims", JsonSerializer.Serialize(new { id_token = asked, userinfo = asked })));
        var answer = await browser.CompleteAsync(request, s_everything.Username);
        var tokens = await browser.TokensOf(Seed.FirstParty, answer);

        var inToken = NamesOf(TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!));
        var atUserInfo = NamesOf(JsonElement.Parse(await (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Content.ReadAsStringAsync()));

        Assert.Equal(claims.Order(StringComparer.Ordinal), inToken.Order(StringComparer.Ordinal));
        Assert.Equal(claims.Except(s_aboutTheToken).Order(StringComparer.Ordinal), atUserInfo.Order(StringComparer.Ordinal));

        static IEnumerable<string> NamesOf(JsonElement told) => told.EnumerateObject().Select(claim => claim.Name);
    }

    [Fact]
    [Proves("subject_types_supported", "public")]
    public async Task The_public_subject_is_one_for_all_clients_and_types_not_advertised_are_refused()
    {
        Assert.Equal(["public"], await CoreListAsync("subject_types_supported"));
        foreach (var client in new[] { Seed.Web, Seed.Spa })
        {
            using var browser = app.CreateBrowser();
            Assert.Equal(Seed.Alice.Subject, TestBrowser.ClaimsOf((await browser.GetTokensAsync(client)).GetProperty("id_token").GetString()!).GetProperty("sub").GetString());
        }

        foreach (var type in new[] { "pairwise", "Public", "ephemeral", "" }.Except(DiscoveryGolden.OfFeatures("subject_types_supported")))
        {
            Assert.Contains("subject_type", Rules().Validate(Seed.Web with { SubjectType = type }).Errors.Select(error => error.PropertyName));
        }
    }

    // OIDC Core §15.1, §3.1.2.1: what is not advertised is no error, and what is advertised is what comes
    [Fact]
    [Proves("display_values_supported", "page")]
    [Proves("ui_locales_supported", "en")]
    public async Task Pages_are_whole_pages_in_English_whatever_was_wished_for()
    {
        using var browser = app.CreateBrowser();
        var pages = new List<string>();
        foreach (var (display, locale) in new[] { ("page", "en"), ("popup", "de"), ("wap", "fr-CA fr"), ("touch", "tlh") })
        {
            var page = await browser.FollowAsync(await browser.AuthorizeAsync(Change(TestBrowser.Request(Seed.Web), ("display", display), ("ui_locales", locale))));
            var document = await Walk.DocumentOf(page);
            Assert.Equal("en", document.DocumentElement.GetAttribute("lang"));
            pages.Add(document.Body!.TextContent);
        }

        Assert.Single(pages.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    [Proves("authorization_endpoint")]
    [Proves("token_endpoint")]
    [Proves("userinfo_endpoint")]
    [Proves("jwks_uri")]
    public async Task The_endpoints_advertised_are_those_that_answer()
    {
        var document = await DocumentAsync();
        using var browser = app.CreateBrowser();
        await browser.SignInAsync();
        string Address(string member) => document.GetProperty(member).GetString()!;

        var answer = TestBrowser.QueryOf(await browser.Http.GetAsync($"{Address("authorization_endpoint")}?{TestBrowser.Encode(TestBrowser.Request(Seed.FirstParty))}"));
        using var form = new FormUrlEncodedContent(TestBrowser.Redeem(Seed.FirstParty, answer["code"]));
        using var redeem = new HttpRequestMessage(HttpMethod.Post, Address("token_endpoint")) { Content = form };
        redeem.Headers.TryAddWithoutValidation("Authorization", TestBrowser.Basic(Seed.FirstParty.ClientId, AuthCoreApp.Secret));
        var tokens = JsonElement.Parse(await (await browser.Http.SendAsync(redeem)).Content.ReadAsStringAsync());
        using var ask = new HttpRequestMessage(HttpMethod.Get, Address("userinfo_endpoint"));
        ask.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.GetProperty("access_token").GetString());

        Assert.Equal(Seed.Alice.Subject, JsonElement.Parse(await (await browser.Http.SendAsync(ask)).Content.ReadAsStringAsync()).GetProperty("sub").GetString());
        var kid = new JsonWebToken(tokens.GetProperty("id_token").GetString()).Kid;
        Assert.Contains(new JsonWebKeySet(await browser.Http.GetStringAsync(Address("jwks_uri"))).Keys, key => key.Kid == kid);
        foreach (var path in new[] { "/token2", "/registration", "/register", "/device_authorization", "/introspection", "/userinfo/x" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Http.GetAsync(app.Issuer + path)).StatusCode);
        }
    }

    // Whoever adds a member, or a value, says which test tries it.
    [Fact]
    public async Task Nothing_is_advertised_that_no_test_tries() => Assert.Empty(Proofs.MissingOf(await DocumentAsync()));

    [Theory]
    [InlineData("""{"a":["x","y"]}""", "")]
    [InlineData("""{"a":["x","z"]}""", "a: z")]
    [InlineData("""{"a":[]}""", "")]
    [InlineData("""{"b":true,"any":["new"]}""", "")]
    [InlineData("""{"b":false}""", "b: false")]
    [InlineData("""{"o":{"p":"https://a","q":1}}""", "o: q")]
    [InlineData("""{"new":true,"A":["x"]}""", "new A")]
    public void A_member_or_a_value_without_a_test_is_seen(string document, string missing) => Assert.Equal(
        missing,
        string.Join(' ', Proofs.MissingOf(JsonElement.Parse(document), [new("a", "x"), new("a", "y"), new("b", "true"), new("any"), new("o", "p")])));

    private ClientMetadataRules Rules() => new(app.Get<ServerCapabilities>(), Seed.Web.Scope, Seed.Web.Resources);

    private static Dictionary<string, string> Change(Dictionary<string, string> request, params (string Name, string Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            request[name] = value;
        }

        return request;
    }

    private async Task<string?> ErrorOfAsync(params (string Name, string Value)[] changes)
    {
        using var browser = app.CreateBrowser();
        return TestBrowser.QueryOf(await browser.AuthorizeAsync(Change(TestBrowser.Request(Seed.Web), changes))).GetValueOrDefault("error");
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var http = app.CreateClient();
        return JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
    }

    private async Task<string[]> ListAsync(string member) =>
        [.. (await DocumentAsync()).GetProperty(member).EnumerateArray().Select(value => value.GetString()!)];

    // Without what features add: their own tests try that.
    private async Task<string[]> CoreListAsync(string member) => [.. (await ListAsync(member)).Except(DiscoveryGolden.OfFeatures(member))];
}
