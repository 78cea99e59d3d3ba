using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.SignedRequests;

/// <summary>RFC 9101 §5: the parameter <c>request</c> at the authorization endpoint, and pushed.</summary>
public sealed class SignedRequestTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>, IAsyncLifetime
{
    private static readonly Client s_client = Seed.FirstParty with { ClientId = "jar", Jwks = Objects.SetOf(Objects.Key) };

    private JsonObject Claims => Objects.Claims(s_client, app.Time!.GetUtcNow(), app.Issuer);

    public async ValueTask InitializeAsync() => await app.SaveAsync(s_client);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_inside_is_the_request_and_what_stands_beside_it_is_nothing()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var request = Sent(Claims.With("state", "inside").With("claims", JsonNode.Parse("""{"userinfo":{"email":null}}""")).With("max_age", 3000).Sign());

        foreach (var isPost in new[] { false, true })
        {
            KeyValuePair<string, string>[] all =
            [
                .. request, new("state", "outside"), new("redirect_uri", "https://evil.example/cb"), new("scope", "openid address"), new("response_type", "token"), new("prompt", "login"),
                new("nonce", "outside"), new("response_mode", "form_post"), new("code_challenge", "outside"), new("scope", "twice"), new("max_age", "ten"), new("claims", "{"), new("i", "outside"),
            ];

            var answer = await browser.FollowAsync(isPost ? await browser.PostAsync("/authorize", all) : await browser.AuthorizeAsync(all));

            Assert.StartsWith("https://app.example/cb?code=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
            Assert.Equal("inside", TestBrowser.QueryOf(answer)["state"]);
            var tokens = await browser.TokensOf(s_client, answer);
            Assert.Equal("openid profile offline_access", tokens.GetProperty("scope").GetString());
            Assert.Equal("a-nonce", TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("nonce").GetString());
            Assert.True(JsonElement.Parse(await (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Content.ReadAsStringAsync()).TryGetProperty("email", out _));
        }
    }

    // OIDC Core §6.1 would have the two put together; RFC 9101 §6.3 forbids it.
    [Fact]
    public async Task What_is_missing_inside_is_not_taken_from_beside_it()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var outside = TestBrowser.Request(s_client);

        var challenge = await browser.AuthorizeAsync(outside.With("request", Claims.With("code_challenge", null).Sign()));
        Assert.Equal("invalid_request", Walk.ErrorOf(challenge));
        var state = await browser.AuthorizeAsync(outside.With("request", Claims.With("state", null).Sign()));
        Assert.NotNull(Walk.CodeOf(state));
        Assert.False(TestBrowser.QueryOf(state).ContainsKey("state"));
        await AssertDeadEndAsync(await browser.AuthorizeAsync(outside.With("request", Claims.With("redirect_uri", null).Sign())), "invalid_request");
        var type = await browser.AuthorizeAsync(outside.With("request", Claims.With("response_type", null).Sign()));
        Assert.Equal("invalid_request", Walk.ErrorOf(type));
    }

    public static TheoryData<string, string?, string> FaultsInside => new()
    {
        { "response_type", "\"token\"", "unsupported_response_type" },
        { "scope", "\"openid nonsense\"", "invalid_scope" },
        { "code_challenge_method", "\"plain\"", "invalid_request" },
        { "response_mode", "\"fragment\"", "invalid_request" },
        { "prompt", "\"none login\"", "invalid_request" },
        { "max_age", "-1", "invalid_request" },
        { "max_age", "1e3", "invalid_request" },
        { "max_age", "1.5", "invalid_request" },
        { "claims", "[]", "invalid_request" },
        { "claims", "{\"userinfo\":5}", "invalid_request" },
        { "resource", "[\"https://api.test\",\"https://unknown.test\"]", "invalid_target" },
        { "registration", "{}", "registration_not_supported" },
        { "id_token_hint", "\"a.b.c\"", "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(FaultsInside))]
    public async Task A_fault_of_a_valid_objects_request_goes_to_the_client_that_signed_it(string name, string? json, string error)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync([.. Sent(Claims.With("state", "inside").With(name, JsonNode.Parse(json!)).Sign()), new("state", "outside")]);

        Assert.StartsWith("https://app.example/cb?error=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(error, Walk.ErrorOf(answer));
        Assert.Equal("inside", TestBrowser.QueryOf(answer)["state"]);
    }

    [Fact]
    public async Task An_object_that_is_not_valid_sends_nobody_anywhere()
    {
        using var browser = app.CreateBrowser();
        var now = app.Time!.GetUtcNow().ToUnixTimeSeconds();
        string[] objects =
        [
            "a.b.c", "x", "https://app.example/request.jwt", "{}", Claims.Sign()[..^1], Claims.Sign() + ".a.b", Claims.Sign(Objects.OtherKey), Claims.Sign(typ: "at+jwt"),
            Objects.SignUnder("""{"alg":"none"}""", Claims), Claims.With("iss", "web").Sign(), Claims.With("aud", "https://other.test").Sign(), Claims.With("client_id", "web").Sign(),
            Claims.With("sub", s_client.ClientId).Sign(), Claims.With("nbf", null).Sign(), Claims.With("exp", now - 60).Sign(), Claims.With("exp", now + 3601).Sign(),
            Claims.With("request_uri", "urn:x").Sign(), Claims.With("request", Claims.Sign()).Sign(), Claims.With("state", 5).Sign(),
        ];

        foreach (var request in objects)
        {
            foreach (var beside in new[] { [], TestBrowser.Request(s_client) })
            {
                var sent = beside.With("client_id", s_client.ClientId).With("request", request);
                await AssertDeadEndAsync(await browser.AuthorizeAsync(sent), "invalid_request_object");
                await AssertDeadEndAsync(await browser.PostAsync("/authorize", sent), "invalid_request_object");
            }
        }

        Assert.DoesNotContain(app.Logs.Lines, line => objects.Any(request => request.Length > 20 && line.Contains(request, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_redirect_uri_inside_that_is_not_registered_leads_nowhere_whatever_stands_beside_it()
    {
        using var browser = app.CreateBrowser();

        foreach (var uri in new[] { "https://evil.example/cb", "https://app.example/cb/", "https://app.example/cb?x=1", "http://app.example/cb" })
        {
            await AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(s_client).With("request", Claims.With("redirect_uri", uri).Sign())), "invalid_request");
        }
    }

    [Fact]
    public async Task The_client_id_beside_it_is_demanded_and_is_the_signers()
    {
        var other = Seed.FirstParty with { ClientId = "jar-other", Jwks = Objects.SetOf(Objects.OtherKey) };
        await app.SaveAsync(other);
        using var browser = app.CreateBrowser();

        await AssertDeadEndAsync(await browser.AuthorizeAsync([KeyValuePair.Create("request", Claims.Sign())]), "invalid_request");
        await AssertDeadEndAsync(await browser.AuthorizeAsync(Sent(Claims.Sign()).With("client_id", "nobody")), "invalid_request");
        await AssertDeadEndAsync(await browser.AuthorizeAsync(Sent(Claims.Sign()).With("client_id", other.ClientId)), "invalid_request_object");
        await AssertDeadEndAsync(await browser.AuthorizeAsync(Sent(Claims.Sign(Objects.OtherKey)).With("client_id", other.ClientId)), "invalid_request_object");
    }

    [Fact]
    public async Task A_client_without_keys_has_signed_nothing()
    {
        using var browser = app.CreateBrowser();

        await AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("request", Objects.Claims(Seed.Web, app.Time!.GetUtcNow(), app.Issuer).Sign())), "invalid_request_object");
    }

    // A check that cannot run denies, and says that it is no verdict.
    [Fact]
    public async Task Where_the_clients_keys_cannot_be_had_the_answer_is_503()
    {
        var client = s_client with { ClientId = "jar-unreachable", Jwks = null, JwksUri = "http://127.0.0.1:1/jwks" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync([KeyValuePair.Create("client_id", client.ClientId), KeyValuePair.Create("request", Objects.Claims(client, app.Time!.GetUtcNow(), app.Issuer).Sign())]);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    // RFC 9101 §10.5
    [Fact]
    public async Task A_client_that_must_sign_is_refused_otherwise()
    {
        var client = s_client with { ClientId = "jar-must", RequireSignedRequestObject = true };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(client))));
        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(client).With("request", ""))));
        var signed = Objects.Claims(client, app.Time!.GetUtcNow(), app.Issuer).Sign();
        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync([.. TestBrowser.Request(client), new("request", signed), new("request", signed)])));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync([KeyValuePair.Create("client_id", client.ClientId), KeyValuePair.Create("request", signed)])));
    }

    [Fact]
    public async Task Pushed_it_is_read_by_the_same_rules()
    {
        var client = s_client with { ClientId = "jar-pushed", RequireSignedRequestObject = true };
        await app.SaveAsync(client);
        var claims = Objects.Claims(client, app.Time!.GetUtcNow(), app.Issuer);

        var good = Assert.IsType<ArrivedRequest.Good>(await PushAsync(client, new("request", claims.With("state", "inside").Sign()), new("state", "outside"), new("redirect_uri", "https://evil.example")));
        Assert.Equal("inside", good.Request.State);
        Assert.Equal("https://app.example/cb", good.Request.RedirectUri.Value);
        Assert.Equal("invalid_request_object", ErrorOf(await PushAsync(client, new KeyValuePair<string, string>("request", claims.With("client_id", "web").Sign()))));
        Assert.Equal("invalid_request_object", ErrorOf(await PushAsync(client, new KeyValuePair<string, string>("request", claims.Sign(Objects.OtherKey)))));
        Assert.Equal("invalid_scope", ErrorOf(await PushAsync(client, new KeyValuePair<string, string>("request", claims.With("scope", "openid nonsense").Sign()))));
        Assert.Equal("invalid_request", ErrorOf(await PushAsync(client, [.. TestBrowser.Request(client)])));
        Assert.Equal("invalid_request", ErrorOf(await PushAsync(client, new("request", claims.Sign()), new("request_uri", "urn:ietf:params:oauth:request_uri:x"))));
    }

    [Fact]
    [Proves("request_parameter_supported", "true")]
    [Proves("request_object_signing_alg_values_supported")]
    [Proves("require_signed_request_object", "false")]
    public async Task Each_algorithm_advertised_is_taken_and_the_parameter_is_said_to_be_supported()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var metadata = JsonElement.Parse(await browser.Http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
        Assert.True(metadata.GetProperty("request_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_uri_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("require_signed_request_object").GetBoolean());
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty))));   // so one that nobody signed is taken, too
        var rsa = SigningKey.Create(SigningAlgorithm.RS256).ExportPkcs8();
        foreach (var alg in metadata.GetProperty("request_object_signing_alg_values_supported").EnumerateArray().Select(value => value.GetString()!))
        {
            Assert.True(SigningAlgorithm.TryFind(alg, out var algorithm));
            using var key = algorithm.KeyType == "RSA" ? SigningKey.FromPkcs8(algorithm, rsa) : SigningKey.Create(algorithm);
            var client = s_client with { ClientId = "jar-" + alg, Jwks = Objects.SetOf(key), RequestObjectSigningAlg = alg };
            await app.SaveAsync(client);

            var answer = await browser.AuthorizeAsync(
                [KeyValuePair.Create("client_id", client.ClientId), KeyValuePair.Create("request", Objects.Claims(client, app.Time!.GetUtcNow(), app.Issuer).Sign(key))]);

            Assert.NotNull(Walk.CodeOf(answer));
        }
    }

    [Fact]
    public async Task Nothing_that_an_object_names_is_fetched()
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)canary.LocalEndpoint).Port}/bait";
        using var browser = app.CreateBrowser();

        foreach (var header in new[] { $$"""{"alg":"ES256","jku":"{{url}}"}""", $$"""{"alg":"ES256","x5u":"{{url}}"}""", $$"""{"alg":"ES256","kid":"{{url}}"}""" })
        {
            await browser.AuthorizeAsync(Sent(Objects.SignUnder(header, Claims)));
        }

        foreach (var name in new[] { "request_uri", "jwks_uri", "registration", "iss", "sector_identifier_uri" })
        {
            await browser.AuthorizeAsync(Sent(Claims.With(name, url).Sign()));
        }

        Assert.False(canary.Pending());
    }

    [Fact]
    public async Task One_more_than_the_longest_parameter_is_stopped_at_the_gate()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.PostAsync("/authorize", Sent(Claims.With("state", new string('s', Parameters.MaxValueLength)).Sign()));

        await AssertDeadEndAsync(answer, "invalid_request");
    }

    private static Dictionary<string, string> Sent(string request) => new(StringComparer.Ordinal) { ["client_id"] = s_client.ClientId, ["request"] = request };

    private static string ErrorOf(ArrivedRequest arrived) => Assert.IsType<ArrivedRequest.Bad>(arrived).Error.Code;

    private static async Task AssertDeadEndAsync(HttpResponseMessage page, string code)
    {
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Null(page.Headers.Location);
        Assert.Contains($"<code>{code}</code>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<ArrivedRequest> PushAsync(Client client, params KeyValuePair<string, string>[] form) => app.Get<AuthorizationRequestReader>().ReadAsync(
        new RequestFacts { Method = "POST", Path = "/par", Parameters = Parameters.Of(form) }, client, isPushed: true, TestContext.Current.CancellationToken);
}
