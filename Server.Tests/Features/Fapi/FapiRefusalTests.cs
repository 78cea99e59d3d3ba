using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>FAPI 2.0 Security Profile §5.3.2, §5.4: each demand, and the attempt to get by without it, on a running server.</summary>
public sealed class FapiRefusalTests : IClassFixture<FapiServer>
{
    private static readonly (HttpStatusCode, string?) s_invalidProof = (HttpStatusCode.BadRequest, "invalid_dpop_proof");
    private static readonly (HttpStatusCode, string?) s_invalidObject = (HttpStatusCode.BadRequest, "invalid_request_object");
    private static readonly (HttpStatusCode, string?) s_created = (HttpStatusCode.Created, null);

    private readonly FapiServer _server;

    public FapiRefusalTests(FapiServer server)
    {
        FapiServer.Demand();
        _server = server;
    }

    private static Client Bank => FapiServer.Bank;

    private AuthCoreApp App => _server.App;

    [Fact]
    public async Task The_whole_way_with_everything_that_is_demanded()
    {
        using var browser = App.CreateBrowser();
        var answer = await _server.AnswerAsync(browser, Bank);
        Assert.Equal(App.Issuer, answer["iss"]);

        var tokens = await _server.TokenAsync(browser, Bank, TestBrowser.Redeem(Bank, answer["code"]));

        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        Assert.Equal("DPoP", tokens.Body.GetProperty("token_type").GetString());
        Assert.Equal(("ES256", "ES256"), (FapiServer.AlgorithmOf(tokens.IdToken), FapiServer.AlgorithmOf(tokens.AccessToken)));
        Assert.Equal(FapiServer.ProofKey.PublicJwk.Thumbprint(), TestBrowser.ClaimsOf(tokens.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.Equal(HttpStatusCode.OK, (await UserInfoAsync(browser, "DPoP", tokens.AccessToken, _server.Proof("GET", "/userinfo", accessToken: tokens.AccessToken))).StatusCode);
        Assert.Empty(new ClientMetadataRules(App.Get<ServerCapabilities>(), Bank.Scope, Bank.Resources).Validate(Bank).Errors);
        Assert.Empty(new ClientMetadataRules(App.Get<ServerCapabilities>(), Bank.Scope, Bank.Resources).Validate(FapiServer.Notary).Errors);
    }

    [Theory]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Both_algorithms_of_the_profile_do_for_assertions_proofs_and_tokens(string alg)
    {
        var key = alg == "PS256" ? FapiServer.PssKey : FapiServer.Key;
        var client = Bank with { ClientId = "bank-" + alg, IdTokenSignedResponseAlg = alg };
        await App.SaveAsync(client);
        using var browser = App.CreateBrowser();
        var code = await _server.CodeAsync(browser, client);

        var tokens = await _server.PostAsync(browser, "/token", client, TestBrowser.Redeem(client, code), _server.Proof("POST", "/token", key), _server.Assertion(client, key));

        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        Assert.Equal(alg, FapiServer.AlgorithmOf(tokens.IdToken));
    }

    // §5.3.2.2 item 3
    [Fact]
    public async Task A_request_that_was_not_pushed_is_refused()
    {
        using var browser = await App.NewSessionAsync(await App.NewUserAsync());

        foreach (var request in new[] { TestBrowser.Request(Bank), TestBrowser.Request(Bank).With("request", _server.RequestObject(Bank)) })
        {
            var answer = FapiServer.ReadAnswer(await browser.AuthorizeAsync(request));
            Assert.Equal("invalid_request", answer["error"]);
            Assert.Equal(App.Issuer, answer["iss"]);
        }
    }

    // §5.3.2.2 item 4, §5.3.2.1 items 3 and 6
    [Fact]
    public async Task Neither_a_secret_nor_nothing_authenticates_the_client_anywhere()
    {
        using var browser = App.CreateBrowser();
        var redeem = TestBrowser.Redeem(Bank, await _server.CodeAsync(browser, Bank));
        (string Path, Dictionary<string, string> Fields)[] requests = [("/par", TestBrowser.Request(Bank)), ("/token", redeem), ("/introspect", new() { ["token"] = "x" })];

        foreach (var (path, fields) in requests)
        {
            var proof = ("DPoP", _server.Proof("POST", path));
            var basic = ("Authorization", TestBrowser.Basic(Bank.ClientId, AuthCoreApp.Secret));
            Assert.Equal(TokenAnswer.InvalidClient, (await browser.SendAsync(HttpMethod.Post, App.Issuer + path, fields.With("client_id", Bank.ClientId), proof).ReadAsync()).Verdict);
            Assert.Equal(TokenAnswer.InvalidClient, (await browser.SendAsync(HttpMethod.Post, App.Issuer + path, fields.With("client_id", null), proof, basic).ReadAsync()).Verdict);
            Assert.Equal(TokenAnswer.InvalidClient, (await browser.SendAsync(
                HttpMethod.Post, App.Issuer + path, fields.With("client_id", Bank.ClientId).With("client_secret", AuthCoreApp.Secret), proof).ReadAsync()).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await _server.TokenAsync(browser, Bank, redeem)).Verdict);
    }

    // §5.4.1 item 1: keys of both kinds are registered.
    [Theory]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task An_assertion_signed_with_another_algorithm_is_refused(string alg)
    {
        using var browser = App.CreateBrowser();
        var key = KeyFor(alg);

        var pushed = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), assertion: _server.Assertion(Bank, key));
        var asked = await _server.PostAsync(browser, "/introspect", Bank, [new("token", "x")], assertion: _server.Assertion(Bank, key));

        Assert.Equal((TokenAnswer.InvalidClient, TokenAnswer.InvalidClient), (pushed.Verdict, asked.Verdict));
    }

    // §5.3.2.1 item 8
    [Fact]
    public async Task An_assertion_for_anything_but_the_issuer_as_a_string_is_refused()
    {
        using var browser = App.CreateBrowser();
        JsonNode[] audiences = [App.Issuer + "/token", App.Issuer + "/par", App.Issuer + "/", new JsonArray(App.Issuer), new JsonArray(App.Issuer, App.Issuer + "/token"), "https://other.test"];

        foreach (var audience in audiences)
        {
            var pushed = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), assertion: _server.Assertion(Bank, null, ("aud", audience)));
            Assert.Equal(TokenAnswer.InvalidClient, pushed.Verdict);
        }
    }

    // §5.3.2.1 item 13
    [Theory]
    [InlineData(10, true)]
    [InlineData(61, false)]
    public async Task A_clock_that_is_ten_seconds_ahead_does_and_one_of_over_sixty_does_not(int ahead, bool isTaken)
    {
        using var browser = App.CreateBrowser();
        JsonNode time = _server.Now + ahead;

        var byIat = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), assertion: _server.Assertion(Bank, null, ("iat", time)));
        var byNbf = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), assertion: _server.Assertion(Bank, null, ("nbf", time), ("exp", _server.Now + 120)));
        var byProof = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), _server.Proof("POST", "/par", null, null, ("iat", time)));

        Assert.Equal((isTaken, isTaken, isTaken), (byIat.Verdict == s_created, byNbf.Verdict == s_created, byProof.Verdict == s_created));
    }

    // §5.3.2.1 items 4, 5
    [Fact]
    public async Task Without_a_proof_there_is_no_token_and_nothing_is_lost()
    {
        using var browser = App.CreateBrowser();
        var redeem = TestBrowser.Redeem(Bank, await _server.CodeAsync(browser, Bank));

        Assert.Equal(s_invalidProof, (await _server.PostAsync(browser, "/token", Bank, redeem)).Verdict);
        var tokens = await _server.TokenAsync(browser, Bank, redeem);
        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        Assert.Equal(s_invalidProof, (await _server.PostAsync(browser, "/token", Bank, TestBrowser.Refresh(tokens.RefreshToken))).Verdict);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task A_proof_signed_with_another_algorithm_is_refused_at_every_endpoint(string alg)
    {
        using var browser = App.CreateBrowser();
        var key = KeyFor(alg);
        var redeem = TestBrowser.Redeem(Bank, await _server.CodeAsync(browser, Bank));

        Assert.Equal(s_invalidProof, (await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), _server.Proof("POST", "/par", key))).Verdict);
        Assert.Equal(s_invalidProof, (await _server.TokenAsync(browser, Bank, redeem, key)).Verdict);
        var tokens = await _server.TokenAsync(browser, Bank, redeem);
        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        var info = await UserInfoAsync(browser, "DPoP", tokens.AccessToken, _server.Proof("GET", "/userinfo", key, tokens.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, info.StatusCode);
    }

    // one RSA key serves RS256 and PS256, so its thumbprint alone would tell nothing
    [Fact]
    public async Task The_key_of_a_bound_token_signs_with_no_weaker_algorithm_later()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var (strong, weak) = (PairOf(rsa, SigningAlgorithm.PS256), PairOf(rsa, SigningAlgorithm.RS256));
        using var browser = App.CreateBrowser();
        var tokens = await _server.BeginAsync(browser, Bank, strong);

        Assert.Equal(HttpStatusCode.OK, (await UserInfoAsync(browser, "DPoP", tokens.AccessToken, _server.Proof("GET", "/userinfo", strong, tokens.AccessToken))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfoAsync(browser, "DPoP", tokens.AccessToken, _server.Proof("GET", "/userinfo", weak, tokens.AccessToken))).StatusCode);
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_token_and_no_other_key_presents_it()
    {
        using var browser = App.CreateBrowser();
        var token = (await _server.BeginAsync(browser, Bank)).AccessToken;

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfoAsync(browser, "Bearer", token, _server.Proof("GET", "/userinfo", accessToken: token))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfoAsync(browser, "DPoP", token, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfoAsync(browser, "DPoP", token, _server.Proof("GET", "/userinfo", FapiServer.Key, token))).StatusCode);
    }

    // §5.3.2.1 item 12
    [Fact]
    public async Task A_code_bound_to_a_key_when_it_was_pushed_is_redeemed_by_that_key_alone()
    {
        using var browser = App.CreateBrowser();
        var pushed = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank), _server.Proof("POST", "/par"));
        var answer = FapiServer.ReadAnswer(await browser.CompleteAsync([new("client_id", Bank.ClientId), new("request_uri", pushed.Body.GetProperty("request_uri").GetString()!)]));
        var redeem = TestBrowser.Redeem(Bank, answer["code"]);

        Assert.Equal(TokenAnswer.InvalidGrant, (await _server.TokenAsync(browser, Bank, redeem, FapiServer.Key)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await _server.TokenAsync(browser, Bank, redeem)).Verdict);
    }

    // §5.3.2.2 items 1, 5, 6, 8
    [Theory]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("redirect_uri", "http://app.example/cb", "invalid_request")]
    [InlineData("redirect_uri", "https://other.example/cb", "invalid_request")]
    [InlineData("redirect_uri", "https://app.example/cb/", "invalid_request")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    public async Task A_push_that_lacks_what_is_demanded_is_refused(string name, string? value, string error)
    {
        using var browser = App.CreateBrowser();

        foreach (var scope in new[] { "openid profile", "read:files" })   // without openid, a single registered redirect_uri would do for others
        {
            var pushed = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank, scope).With(name, value));
            Assert.Equal((HttpStatusCode.BadRequest, error), pushed.Verdict);
        }
    }

    // RFC 9126 §2.4: what need not be registered must be as what may be
    [Theory]
    [InlineData("https://branch.example/cb", true)]
    [InlineData("http://127.0.0.1:8000/cb", false)]
    [InlineData("http://localhost/cb", false)]
    [InlineData("http://branch.example/cb", false)]
    [InlineData("javascript:alert(1)", false)]
    public async Task A_redirect_uri_that_is_not_registered_is_https_where_the_client_may_push_one(string uri, bool isTaken)
    {
        var client = Bank with { ClientId = "bank-branches", AllowUnregisteredRedirectUris = true };
        await App.SaveAsync(client);
        using var browser = App.CreateBrowser();

        Assert.Equal(isTaken ? s_created : TokenAnswer.InvalidRequest, (await _server.PostAsync(browser, "/par", client, TestBrowser.Request(client).With("redirect_uri", uri))).Verdict);
    }

    // §5.3.2.2 item 12, §5.3.2.2 item 14
    [Fact]
    public async Task A_pushed_request_is_good_for_less_than_ten_minutes_and_its_nonce_may_have_64_characters()
    {
        using var browser = App.CreateBrowser();
        var pushed = await _server.PostAsync(browser, "/par", Bank, TestBrowser.Request(Bank).With("nonce", new string('n', 64)));

        Assert.Equal(s_created, pushed.Verdict);
        Assert.InRange(pushed.Body.GetProperty("expires_in").GetInt32(), 1, 599);
    }

    // §5.3.2.1 item 11: the server's own setting is five minutes
    [Fact]
    public async Task A_code_is_dead_after_sixty_seconds_though_others_live_longer()
    {
        using var browser = App.CreateBrowser();
        var (late, early) = (await _server.CodeAsync(browser, Bank), await _server.CodeAsync(browser, Bank));
        var other = await browser.GetCodeAsync(Seed.FirstParty);

        App.Time!.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TokenAnswer.Ok, (await _server.TokenAsync(browser, Bank, TestBrowser.Redeem(Bank, early))).Verdict);
        App.Time!.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenAnswer.InvalidGrant, (await _server.TokenAsync(browser, Bank, TestBrowser.Redeem(Bank, late))).Verdict);
        App.Time!.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(Seed.FirstParty, other)).Verdict);
    }

    // §5.3.2.2 item 9
    [Fact]
    public async Task A_code_presented_twice_is_refused_and_ends_what_came_of_it()
    {
        using var browser = App.CreateBrowser();
        var redeem = TestBrowser.Redeem(Bank, await _server.CodeAsync(browser, Bank));
        var tokens = await _server.TokenAsync(browser, Bank, redeem);

        Assert.Equal(TokenAnswer.InvalidGrant, (await _server.TokenAsync(browser, Bank, redeem)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await _server.TokenAsync(browser, Bank, TestBrowser.Refresh(tokens.RefreshToken))).Verdict);
    }

    // §5.3.2.1 item 9; §6.1: the key may be another one later
    [Fact]
    public async Task A_refresh_token_is_kept_and_works_again_and_again()
    {
        using var browser = App.CreateBrowser();
        var tokens = await _server.BeginAsync(browser, Bank);

        foreach (var key in new[] { FapiServer.ProofKey, FapiServer.ProofKey, FapiServer.PssKey })
        {
            var next = await _server.TokenAsync(browser, Bank, TestBrowser.Refresh(tokens.RefreshToken), key);
            Assert.Equal(TokenAnswer.Ok, next.Verdict);
            Assert.Equal(tokens.RefreshToken, next.RefreshToken);
            Assert.Equal(key.PublicJwk.Thumbprint(), TestBrowser.ClaimsOf(next.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
        }
    }

    // §5.3.2.1 item 2
    [Theory]
    [InlineData("password")]
    [InlineData("implicit")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange")]
    public async Task Another_grant_is_not_offered(string grant)
    {
        using var browser = App.CreateBrowser();
        Dictionary<string, string> fields = new(StringComparer.Ordinal) { ["grant_type"] = grant, ["username"] = "alice", ["password"] = AuthCoreApp.Password };

        Assert.Equal(TokenAnswer.UnsupportedGrantType, (await _server.TokenAsync(browser, Bank, fields)).Verdict);
    }

    // §5.4.1: what the API's entry says would be signed with RS256 is not signed at all
    [Fact]
    public async Task An_access_token_is_signed_with_no_other_algorithm_for_any_api()
    {
        var resource = Seed.Api with { Identifier = "https://old-api.test", SigningAlg = "RS256" };
        await App.SaveAsync(resource);
        var client = Bank with { ClientId = "bank-old-api", GrantTypes = ["client_credentials"], ResponseTypes = [], RequirePushedAuthorizationRequests = false, Scope = ["read:files"], Resources = [resource.Identifier, Seed.Api.Identifier] };
        await App.SaveAsync(client);
        using var browser = App.CreateBrowser();
        Dictionary<string, string> fields = new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };

        Assert.Equal(TokenAnswer.InvalidTarget, (await _server.TokenAsync(browser, client, fields.With("resource", resource.Identifier))).Verdict);
        var good = await _server.TokenAsync(browser, client, fields.With("resource", Seed.Api.Identifier));
        Assert.Equal(TokenAnswer.Ok, good.Verdict);
        Assert.Equal("ES256", FapiServer.AlgorithmOf(good.AccessToken));
    }

    [Fact]
    public async Task Userinfo_and_introspection_are_signed_as_the_profile_has_it_where_the_client_asks_for_it()
    {
        var client = Bank with { ClientId = "bank-signed", UserinfoSignedResponseAlg = App.Get<ServerCapabilities>().UserInfoSigningAlgs.Length > 0 ? "PS256" : null };
        await App.SaveAsync(client);
        using var browser = App.CreateBrowser();
        var tokens = await _server.BeginAsync(browser, client);

        var asked = await browser.SendAsync(
            HttpMethod.Post, App.Issuer + "/introspect", [new("token", tokens.AccessToken), .. FapiServer.Authentication(_server.Assertion(client))], ("Accept", "application/token-introspection+jwt"));
        Assert.Equal("ES256", FapiServer.AlgorithmOf(await asked.Content.ReadAsStringAsync()));
        if (client.UserinfoSignedResponseAlg is { } alg)
        {
            var info = await UserInfoAsync(browser, "DPoP", tokens.AccessToken, _server.Proof("GET", "/userinfo", accessToken: tokens.AccessToken));
            Assert.Equal(alg, FapiServer.AlgorithmOf(await info.Content.ReadAsStringAsync()));
        }
    }

    // FAPI 2.0 Message Signing §5.3.1
    [Fact]
    public async Task With_message_signing_a_plain_request_is_refused_pushed_or_not()
    {
        var notary = FapiServer.Notary;
        using var browser = await App.NewSessionAsync(await App.NewUserAsync());

        Assert.Equal(TokenAnswer.InvalidRequest, (await _server.PostAsync(browser, "/par", notary, TestBrowser.Request(notary).With("response_mode", "jwt"))).Verdict);
        Assert.Equal("invalid_request", FapiServer.ReadAnswer(await browser.AuthorizeAsync(TestBrowser.Request(notary)))["error"]);
        var signed = await browser.AuthorizeAsync([new("client_id", notary.ClientId), new("request", _server.RequestObject(notary))]);
        Assert.Equal("invalid_request", FapiServer.ReadAnswer(signed)["error"]);
        Assert.Equal(["response"], TestBrowser.QueryOf(signed).Keys);
    }

    public static TheoryData<string, string?> FaultyObjects => new()
    {
        { "aud", "\"https://other.test\"" }, { "aud", null }, { "nbf", null }, { "exp", null }, { "nbf", "-3601" }, { "exp", "3601" }, { "iss", "\"bank\"" }, { "client_id", "\"bank\"" },
        { "dpop_jkt", "5" }, { "dpop_jkt", "[\"x\"]" }, { "dpop_jkt", "{}" }, { "dpop_jkt", "true" }, { "dpop_jkt", "null" },
    };

    [Theory]
    [MemberData(nameof(FaultyObjects))]
    public async Task With_message_signing_an_object_without_what_is_demanded_is_refused(string name, string? json)
    {
        using var browser = App.CreateBrowser();
        var value = name is "nbf" or "exp" && json is not null ? JsonValue.Create(_server.Now + long.Parse(json, System.Globalization.CultureInfo.InvariantCulture)) : json is null ? null : JsonNode.Parse(json);
        var request = json == "null" ? WithNull(name) : _server.RequestObject(FapiServer.Notary, null, (name, value));

        Assert.Equal(s_invalidObject, (await _server.PostAsync(browser, "/par", FapiServer.Notary, [new("client_id", FapiServer.Notary.ClientId), new("request", request)])).Verdict);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES384")]
    public async Task With_message_signing_an_object_signed_with_another_algorithm_is_refused(string alg)
    {
        using var browser = App.CreateBrowser();

        Assert.Equal(s_invalidObject, (await _server.PostAsync(browser, "/par", FapiServer.Notary, [new("request", _server.RequestObject(FapiServer.Notary, KeyFor(alg)))])).Verdict);
    }

    // FAPI 2.0 Message Signing §5.4.1
    [Theory]
    [InlineData("query")]
    [InlineData("form_post")]
    [InlineData(null)]
    public async Task With_message_signing_a_plain_answer_cannot_be_asked_for(string? mode)
    {
        using var browser = App.CreateBrowser();

        Assert.Equal(TokenAnswer.InvalidRequest, (await _server.PostAsync(browser, "/par", FapiServer.Notary, [new("request", _server.RequestObject(FapiServer.Notary, null, ("response_mode", mode)))])).Verdict);
    }

    [Fact]
    public async Task With_message_signing_the_answer_is_one_signed_parameter_with_the_issuer_inside()
    {
        using var browser = App.CreateBrowser();
        var pushed = await _server.PostAsync(browser, "/par", FapiServer.Notary, _server.Request(FapiServer.Notary));
        var answer = await browser.CompleteAsync([new("client_id", FapiServer.Notary.ClientId), new("request_uri", pushed.Body.GetProperty("request_uri").GetString()!)]);

        var response = Assert.Single(TestBrowser.QueryOf(answer));
        Assert.Equal(("response", "ES256"), (response.Key, FapiServer.AlgorithmOf(response.Value)));
        Assert.Equal(App.Issuer, TestBrowser.ClaimsOf(response.Value).GetProperty("iss").GetString());
    }

    // FAPI 2.0 Message Signing §5.5.1, RFC 9701 §4
    [Theory]
    [InlineData("application/token-introspection+jwt", true)]
    [InlineData(null, true)]
    [InlineData("*/*", true)]
    [InlineData("application/json;q=1, application/token-introspection+jwt;q=0.1", true)]
    [InlineData("application/json", false)]
    [InlineData("text/html", false)]
    [InlineData("application/token-introspection+jwt;q=0, */*", false)]
    public async Task With_message_signing_what_is_said_of_a_token_is_signed_or_not_said(string? accept, bool isSaid)
    {
        using var browser = App.CreateBrowser();
        var answer = await browser.SendAsync(
            HttpMethod.Post, App.Issuer + "/introspect", [new("token", "nobody's"), .. FapiServer.Authentication(_server.Assertion(FapiServer.Notary))], accept is null ? [] : [("Accept", accept)]);
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(isSaid ? HttpStatusCode.OK : HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal(isSaid ? "application/token-introspection+jwt" : "application/json", answer.Content.Headers.ContentType!.MediaType);
        if (isSaid)
        {
            Assert.Equal("ES256", FapiServer.AlgorithmOf(body));
        }
        else
        {
            Assert.Equal("invalid_request", JsonElement.Parse(body).GetProperty("error").GetString());
            Assert.DoesNotContain("active", body, StringComparison.Ordinal);
        }
    }

    // RFC 9449 §10, RFC 9101 §6.3
    [Fact]
    public async Task A_signed_request_that_names_a_key_binds_its_code_to_that_key()
    {
        var notary = FapiServer.Notary;
        using var browser = App.CreateBrowser();
        var named = _server.RequestObject(notary, null, ("dpop_jkt", FapiServer.ProofKey.PublicJwk.Thumbprint()));
        Dictionary<string, string> request = new(StringComparer.Ordinal) { ["client_id"] = notary.ClientId, ["request"] = named, ["dpop_jkt"] = FapiServer.Key.PublicJwk.Thumbprint() };   // beside it: nothing

        Assert.Equal(TokenAnswer.InvalidRequest, (await _server.PostAsync(browser, "/par", notary, request, _server.Proof("POST", "/par", FapiServer.Key))).Verdict);
        var redeem = TestBrowser.Redeem(notary, await _server.CodeAsync(browser, notary, request));
        Assert.Equal(s_invalidProof, (await _server.PostAsync(browser, "/token", notary, redeem)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await _server.TokenAsync(browser, notary, redeem, FapiServer.Key)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await _server.TokenAsync(browser, notary, redeem)).Verdict);
    }

    [Fact]
    public async Task A_client_without_a_profile_beside_it_goes_on_as_before()
    {
        using var browser = App.CreateBrowser();
        var tokens = await browser.BeginAsync(Seed.FirstParty);

        Assert.Equal("RS256", FapiServer.AlgorithmOf(tokens.IdToken));
        Assert.Equal("Bearer", tokens.Body.GetProperty("token_type").GetString());
        Assert.NotEqual(tokens.RefreshToken, (await browser.RefreshAsync(Seed.FirstParty, tokens.RefreshToken)).RefreshToken);
    }

    private static SigningKey KeyFor(string alg) => alg == "RS256" ? FapiServer.RsaKey : FapiServer.LargeKey;

    private static SigningKey PairOf(System.Security.Cryptography.RSA rsa, SigningAlgorithm algorithm) => SigningKey.FromPkcs8(algorithm, rsa.ExportPkcs8PrivateKey());

    private string WithNull(string name)
    {
        var payload = JsonNode.Parse(CanonicalBase64Url.Decode(_server.RequestObject(FapiServer.Notary).Split('.')[1])!)!.AsObject();
        payload[name] = null;
        return TestJwt.Sign(FapiServer.Key, payload, ("typ", "oauth-authz-req+jwt"));
    }

    private Task<HttpResponseMessage> UserInfoAsync(TestBrowser browser, string scheme, string token, string? proof) =>
        browser.SendAsync(HttpMethod.Get, App.Issuer + "/userinfo", null, [("Authorization", $"{scheme} {token}"), .. proof is null ? [] : new[] { ("DPoP", proof) }]);
}
