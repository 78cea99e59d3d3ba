using System.Net;
using System.Net.Sockets;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class AuthorizeRequestTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    // Without what a feature offers: its own tests try that.
    public static TheoryData<string, string?, string> Faults =>
        [.. s_faults.Where(fault => fault.Data.Item1 != "request" || !DiscoveryGolden.IsOfFeatures("request_parameter_supported"))];

    private static readonly TheoryData<string, string?, string> s_faults = new()
    {
        { "response_type", null, "invalid_request" },
        { "response_type", "", "invalid_request" },
        { "response_type", "token", "unsupported_response_type" },
        { "response_type", "id_token", "unsupported_response_type" },
        { "response_type", "code id_token", "unsupported_response_type" },
        { "response_type", "code token", "unsupported_response_type" },
        { "response_type", "none", "unsupported_response_type" },
        { "response_type", "CODE", "unsupported_response_type" },
        { "scope", "openid nonsense", "invalid_scope" },
        { "scope", "openid \"quoted\"", "invalid_scope" },
        { "code_challenge", null, "invalid_request" },
        { "code_challenge", "", "invalid_request" },
        { "code_challenge", "too-short", "invalid_request" },
        { "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "invalid_request" },
        { "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "invalid_request" },
        { "code_challenge_method", null, "invalid_request" },
        { "code_challenge_method", "", "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" },
        { "code_challenge_method", "s256", "invalid_request" },
        { "code_challenge_method", "S512", "invalid_request" },
        { "prompt", "none login", "invalid_request" },
        { "prompt", "none none consent", "invalid_request" },
        { "prompt", "always", "invalid_request" },
        { "max_age", "-1", "invalid_request" },
        { "max_age", "+1", "invalid_request" },
        { "max_age", "1.5", "invalid_request" },
        { "max_age", "1e3", "invalid_request" },
        { "max_age", "0x10", "invalid_request" },
        { "max_age", " 1", "invalid_request" },
        { "max_age", "ten", "invalid_request" },
        { "max_age", "١", "invalid_request" },
        { "max_age", "99999999999999999999", "invalid_request" },
        { "claims", "[]", "invalid_request" },
        { "claims", "{", "invalid_request" },
        { "claims", "{\"userinfo\":{\"email\":1}}", "invalid_request" },
        { "claims", "{\"userinfo\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}", "invalid_request" },
        { "id_token_hint", "garbage", "invalid_request" },
        { "id_token_hint", "a.b.c", "invalid_request" },
        { "request", "a.b.c", "request_not_supported" },
        { "request_uri", "https://app.example/request.jwt", "request_uri_not_supported" },
        { "registration", "{}", "registration_not_supported" },
        { "resource", "https://unknown.test", "invalid_target" },
        { "resource", "relative", "invalid_target" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("response_mode", "web_message", "invalid_request")]
    public async Task A_fault_goes_to_the_client_with_state_and_iss_by_get_and_by_post(string name, string? value, string error)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With(name, value);

        foreach (var answer in new[] { await browser.AuthorizeAsync(request), await browser.PostAsync("/authorize", request) })
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.StartsWith("https://app.example/cb?error=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
            AssertError(TestBrowser.QueryOf(answer), error, request["state"]);
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_a_form_post_request_is_posted_with_state_and_iss(string name, string? value, string error)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With(name, value).With("response_mode", "form_post");

        var page = await browser.AuthorizeAsync(request);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var (target, fields) = await Walk.AnswerOf(page);
        Assert.Equal("https://app.example/cb", target);
        AssertError(fields, error, request["state"]);
    }

    [Theory]
    [InlineData("response_type")]
    [InlineData("response_mode")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    [InlineData("code_challenge_method")]
    [InlineData("prompt")]
    [InlineData("max_age")]
    [InlineData("display")]
    [InlineData("ui_locales")]
    [InlineData("claims_locales")]
    [InlineData("id_token_hint")]
    [InlineData("login_hint")]
    [InlineData("acr_values")]
    [InlineData("claims")]
    [InlineData("request")]
    [InlineData("request_uri")]
    [InlineData("registration")]
    public async Task A_known_parameter_twice_is_invalid_request_be_it_equal_or_empty(string name)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With("response_mode", name == "response_mode" ? "query" : null);
        request.TryAdd(name, "x");

        foreach (var second in new[] { request[name], "" })
        {
            var answer = TestBrowser.QueryOf(await browser.AuthorizeAsync([.. request, KeyValuePair.Create(name, second)]));

            Assert.Equal("invalid_request", answer["error"]);
            Assert.Equal(name != "state", answer.ContainsKey("state"));
        }
    }

    [Fact]
    public async Task Unknown_parameters_are_ignored_also_twice_and_empty_ones_count_as_absent()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With("prompt", "").With("max_age", "").With("claims", "").With("request_uri", "").With("id_token_hint", "");

        var page = await browser.OpenAsync([.. request, KeyValuePair.Create("foo", "1"), KeyValuePair.Create("foo", "2"), KeyValuePair.Create("error", "x")]);

        Assert.Equal("/login", Walk.PathOf(page));
    }

    [Fact]
    public async Task An_empty_state_does_not_come_back()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("state", "").With("prompt", "none"));

        Assert.DoesNotContain("state", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resource_may_be_sent_twice()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With("resource", Seed.Api.Identifier);

        var page = await browser.OpenAsync([.. request, KeyValuePair.Create("resource", Seed.Api.Identifier)]);

        Assert.Equal("/login", Walk.PathOf(page));
    }

    [Theory]
    [InlineData("display", "popup")]
    [InlineData("display", "nonsense")]
    [InlineData("ui_locales", "de-DE xx ;;")]
    [InlineData("claims_locales", "tlh")]
    [InlineData("acr_values", "urn:unknown 7")]
    [InlineData("login_hint", "\"><script>alert(1)</script>")]
    public async Task What_is_only_a_wish_causes_no_error(string name, string value)
    {
        using var browser = app.CreateBrowser();

        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web).With(name, value));

        Assert.Equal("/login", Walk.PathOf(page));
        Assert.Empty((await Walk.DocumentOf(page)).QuerySelectorAll("script"));
    }

    [Theory]
    [InlineData("a;b+c&d=e%20é\"<>'\\")]
    [InlineData("%25%2B%3B")]
    [InlineData("  leading, inner  and trailing  ")]
    [InlineData("日本語 🔑 عربي")]
    [InlineData("</form><script>alert(1)</script>")]
    [InlineData("&amp;&#x41;")]
    public async Task State_and_nonce_come_back_as_they_were_with_a_code_and_with_an_error_in_both_modes(string value)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var request = TestBrowser.Request(Seed.FirstParty).With("state", value).With("nonce", value);

        foreach (var mode in new[] { "query", "form_post" })
        {
            var (_, good) = await Walk.AnswerOf(await browser.AuthorizeAsync(request.With("response_mode", mode)));
            var (_, bad) = await Walk.AnswerOf(await browser.AuthorizeAsync(request.With("response_mode", mode).With("scope", "unknown")));

            Assert.Equal(value, good["state"]);
            Assert.Equal(value, bad["state"]);
            var tokens = await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, good["code"]));
            var idToken = System.Text.Json.JsonElement.Parse(await tokens.Content.ReadAsStringAsync()).GetProperty("id_token").GetString()!;
            Assert.Equal(value, TestBrowser.ClaimsOf(idToken).GetProperty("nonce").GetString());
        }
    }

    [Fact]
    public async Task A_code_goes_out_with_state_and_iss_and_nothing_else()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(["code", "state", "iss"], TestBrowser.QueryOf(answer).Keys);
        Assert.Equal(app.Issuer, TestBrowser.QueryOf(answer)["iss"]);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Form_post_is_a_page_that_posts_itself_to_the_redirect_uri_and_nowhere_else()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var page = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("response_mode", "form_post").With("state", "\"><b>"));

        var (target, fields) = await Walk.AnswerOf(page);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Null(page.Headers.Location);
        Assert.Equal("https://app.example/cb", target);
        Assert.Equal(["code", "state", "iss"], fields.Keys);
        var document = await Walk.DocumentOf(page);
        Assert.Equal("post", document.Forms.Single().Method);
        var script = document.Scripts.Single().TextContent;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script)));
        Assert.Equal(
            $"default-src 'none'; script-src 'sha256-{hash}'; style-src 'self'; img-src 'self'; form-action https://app.example; frame-ancestors 'none'; base-uri 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Nothing_that_a_request_names_is_fetched()
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)canary.LocalEndpoint).Port}/bait";
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web);

        foreach (var name in new[] { "request_uri", "request", "registration", "jwks_uri", "logo_uri", "sector_identifier_uri", "login_hint", "id_token_hint", "resource", "client_id", "redirect_uri" })
        {
            await browser.AuthorizeAsync(request.With(name, url));
            await browser.AuthorizeAsync(request.With(name, $"{{\"jwks_uri\":\"{url}\",\"logo_uri\":\"{url}\"}}"));
        }

        Assert.False(canary.Pending());
    }

    // RFC 9700 §4.11.2
    [Fact]
    public async Task A_self_registered_client_has_nobody_sent_to_it_by_a_bad_request()
    {
        var client = Seed.Web with { ClientId = "self-registered", RegisteredBy = "dynamic" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(client).With("scope", "unknown"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.DoesNotContain("app.example", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // RFC 9700 §2.6
    [Fact]
    public async Task Scripts_of_other_origins_cannot_read_it()
    {
        using var browser = app.CreateBrowser();
        using var message = new HttpRequestMessage(HttpMethod.Get, app.Issuer + "/authorize?" + TestBrowser.Encode(TestBrowser.Request(Seed.Spa)));
        message.Headers.Add("Origin", "https://spa.example");

        var answer = await browser.Http.SendAsync(message);

        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("text/plain", "client_id=web")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    public async Task A_post_of_another_content_type_is_415_as_a_page(string type, string body)
    {
        using var browser = app.CreateBrowser();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        var answer = await browser.Http.PostAsync(app.Issuer + "/authorize", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    private void AssertError(Dictionary<string, string> answer, string error, string state)
    {
        Assert.Equal(error, answer["error"]);
        Assert.Equal(state, answer["state"]);
        Assert.Equal(app.Issuer, answer["iss"]);
        Assert.DoesNotContain("code", answer.Keys);
        Assert.Equal(["error", "error_description", "state", "iss"], answer.Keys);
        Assert.DoesNotContain(answer["error_description"], c => c is < ' ' or > '~' or '"' or '\\');
    }
}
