using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>Bad input, case by case: the answer it gets, and that what was good before is good after.</summary>
public sealed class BadInputTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string FormType = "application/x-www-form-urlencoded";

    // RFC 9110 §15.5.16, OAuth 2.1 §3.2
    [Theory]
    [InlineData("application/json", """{"grant_type":"client_credentials"}""")]
    [InlineData("text/plain", "grant_type=client_credentials")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--")]
    [InlineData(FormType + "; charset=utf-16", "grant_type=client_credentials")]
    [InlineData("application/xml", "<a/>")]
    [InlineData("nonsense", "grant_type=client_credentials")]
    [InlineData(null, "grant_type=client_credentials")]
    public async Task Another_content_type_is_415_in_the_words_of_the_endpoint(string? contentType, string body)
    {
        foreach (var path in new[] { "/token", "/userinfo" })
        {
            var answer = await PostAsync(path, contentType, Encoding.UTF8.GetBytes(body), ("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret)));

            Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
            Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }

        foreach (var path in new[] { "/authorize", "/login", "/consent", "/select-account", "/logout" })
        {
            var answer = await PostAsync(path, contentType, Encoding.UTF8.GetBytes(body));

            Assert.Equal((HttpStatusCode.UnsupportedMediaType, "text/html; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        }
    }

    [Fact]
    public async Task A_compressed_body_is_415_and_is_not_unpacked()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal))
        {
            await gzip.WriteAsync(new byte[10_000_000]);
        }

        var answer = await PostAsync("/token", FormType, packed.ToArray(), ("Content-Encoding", "gzip"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&&&")]
    [InlineData("=")]
    [InlineData("=&=&=")]
    [InlineData("grant_type")]
    [InlineData("grant_type=")]
    [InlineData("\u00ef\u00bb\u00bf")]
    public async Task An_empty_form_is_a_request_without_a_client(string body)
    {
        var answer = await PostAsync("/token", FormType, Encoding.Latin1.GetBytes(body));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("invalid_client", await TestBrowser.ErrorOf(answer));
    }

    [Theory]
    [InlineData(1_025, 400)]
    [InlineData(10_000, 400)]
    [InlineData(20_000, 413)]
    public async Task Thousands_of_parameters_are_refused(int count, int status)
    {
        var fields = string.Join('&', Enumerable.Range(0, count).Select(n => $"p{n}"));
        Assert.Equal(status, (int)(await PostAsync("/token", FormType, Encoding.ASCII.GetBytes(fields))).StatusCode);
        Assert.Equal(status, (int)(await PostAsync("/authorize", FormType, Encoding.ASCII.GetBytes(fields))).StatusCode);
        Assert.Equal(status, (int)(await PostAsync("/login", FormType, Encoding.ASCII.GetBytes(fields))).StatusCode);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    [InlineData("/authorize")]
    [InlineData("/login")]
    [InlineData("/logout")]
    public async Task Five_megabytes_are_413(string path)
    {
        var answer = await PostAsync(path, FormType, Encoding.ASCII.GetBytes("client_id=" + new string('a', 5_000_000)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    // OIDC Core §3.1.2.1
    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,000")]
    [InlineData("\u0661")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    public async Task A_max_age_that_is_no_number_of_seconds_is_invalid_request(string maxAge)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("max_age", maxAge)]);

        Assert.Equal("invalid_request", TestBrowser.QueryOf(answer)["error"]);
        Assert.Equal("a state; with +&= and é", TestBrowser.QueryOf(answer)["state"]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("00060")]
    [InlineData("999999999")]
    [InlineData("")]
    public async Task A_max_age_that_is_one_is_taken(string maxAge)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("max_age", maxAge)]);

        Assert.StartsWith("/login?i=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    public static TheoryData<string> BadClaims() =>
    [
        "[]", "1", "\"x\"", "null", "{", "{}x", "{'id_token':{}}", """{"id_token":[]}""", """{"id_token":{"email":1}}""", """{"id_token":{"email":null,"email":null}}""",
        """{"userinfo":{"sub":{"value":"\ud800"}}}""", """{"userinfo":{"sub":{"value":"\u0000"}}}""", """{"userinfo":{"\u0000":null}}""", """{"userinfo":{"\ud800":null}}""",
        string.Concat(Enumerable.Repeat("""{"id_token":""", 400)) + new string('}', 400), new string('[', 4_000), """{"id_token":{"a":""" + new string('[', 500) + new string(']', 500) + "}}",
        "{\"id_token\":{" + string.Join(',', Enumerable.Range(0, 101).Select(n => $"\"c{n}\":null")) + "}}", "{\"x\":\"" + new string('x', 4_096) + "\"}",
    ];

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task Claims_that_are_no_claims_request_are_invalid_request(string claims)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("claims", claims)]);

        Assert.Equal("invalid_request", TestBrowser.QueryOf(answer)["error"]);
    }

    public static TheoryData<string> BadBasicHeaders() =>
    [
        "Basic", "Basic ", "Basic =", "Basic ====", "Basic !!!!", "Basic " + Base64("web"), "Basic " + Base64(":"), "Basic " + Base64(":secret"), "Basic " + Base64("web:"), "Basic " + Base64("web\0:x"),
        "Basic " + Base64("web:%"), "Basic " + Base64("web:%00"), "Basic " + Base64("web:%ff"), "Basic " + Base64("web:%ED%A0%80"), "Basic " + Convert.ToBase64String([0xff, 0x3a, 0xff]),
        TestBrowser.Basic("web", AuthCoreApp.Secret) + "!", TestBrowser.Basic("web", AuthCoreApp.Secret) + " x", TestBrowser.Basic("web", AuthCoreApp.Secret)[..^1], TestBrowser.Basic("web", AuthCoreApp.Secret).Insert(12, " "),
        "Basic " + Base64("web:" + AuthCoreApp.Secret), "Basic " + new string('A', 20_000), "Bearer x", "Digest username=\"web\"", "Negotiate YII=", "DPoP x", "x", "Basic\t" + Base64("web:x"),
        TestBrowser.Basic("web", AuthCoreApp.Secret) + ", " + TestBrowser.Basic("web", AuthCoreApp.Secret), TestBrowser.Basic("WEB", AuthCoreApp.Secret), TestBrowser.Basic("web ", AuthCoreApp.Secret),
    ];

    // RFC 6749 §5.2
    [Theory]
    [MemberData(nameof(BadBasicHeaders))]
    public async Task A_malformed_Authorization_header_is_401_with_a_challenge(string header)
    {
        var answer = await PostAsync("/token", FormType, "grant_type=refresh_token&refresh_token=x"u8.ToArray(), ("Authorization", header));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("invalid_client", await TestBrowser.ErrorOf(answer));
        Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    // OAuth 2.1 §4.1.2: state and nonce come back byte for byte
    [Theory]
    [InlineData("a;b=c;d")]
    [InlineData("a+b c%2B")]
    [InlineData("\"'<>&\\")]
    [InlineData("tab\tline\r\nend")]
    [InlineData("é漢😀\u202e\ufffd")]
    [InlineData("%00%zz%")]
    [InlineData("  ")]
    [InlineData("!#$%&'()*+,-./:;<=>?@[]^_`{|}~")]
    public async Task State_and_nonce_come_back_as_they_were_sent(string text)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty);
        request["state"] = request["nonce"] = text;

        var answer = TestBrowser.QueryOf(await browser.CompleteAsync(request));

        Assert.Equal(text, answer["state"]);
        var tokens = JsonElement.Parse(await (await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, answer["code"]))).Content.ReadAsStringAsync());
        Assert.Equal(text, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("nonce").GetString());
        var posted = await browser.AuthorizeAsync([.. request, new("response_mode", "form_post")]);
        var state = (await TestBrowser.ReadFormAsync(posted)).Fields.Single(field => field.Key == "state").Value;
        Assert.Equal(text.ReplaceLineEndings("\n"), state.ReplaceLineEndings("\n"));   // a form's line ends are the browser's
    }

    [Fact]
    public async Task Every_parameter_that_is_read_may_come_once_only()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web);
        foreach (var name in request.Keys.Concat(["response_mode", "prompt", "max_age", "claims", "login_hint", "id_token_hint"]))
        {
            var answer = await browser.AuthorizeAsync([.. request, new(name, request.GetValueOrDefault(name, "1")), new(name, "")]);
            if (name is "client_id" or "redirect_uri")
            {
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            }
            else
            {
                Assert.Equal("invalid_request", TestBrowser.QueryOf(answer)["error"]);
            }
        }
    }

    [Fact]
    public async Task A_token_short_of_a_character_is_refused_and_the_whole_one_still_works()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(Seed.Web);
        Assert.All(await Task.WhenAll(Damaged(code).Select(bad => browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, bad)))), IsInvalidGrant);
        var redeemed = await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, code));
        var tokens = JsonElement.Parse(await redeemed.Content.ReadAsStringAsync());

        var refresh = tokens.GetProperty("refresh_token").GetString()!;
        Assert.All(await Task.WhenAll(Damaged(refresh).Select(bad => browser.TokenAsync(Seed.Web, TestBrowser.Refresh(bad)))), IsInvalidGrant);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Web, TestBrowser.Refresh(refresh))).StatusCode);

        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.All(await Task.WhenAll(Damaged(access).Select(browser.UserInfoAsync)), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);

        static void IsInvalidGrant(HttpResponseMessage answer) => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_of_another_kind_is_refused_everywhere()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(Seed.Web);
        var tokens = await browser.GetTokensAsync(Seed.Web);
        string Token(string name) => tokens.GetProperty(name).GetString()!;
        var before = await Tables.ReadAsync(app.ConnectionString, "sessions");

        foreach (var other in new[] { Token("refresh_token"), Token("access_token"), Token("id_token") })
        {
            Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, other))));
        }

        foreach (var other in new[] { code, Token("access_token"), Token("id_token") })
        {
            Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await browser.TokenAsync(Seed.Web, TestBrowser.Refresh(other))));
        }

        foreach (var other in new[] { code, Token("refresh_token"), Token("id_token") })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(other)).StatusCode);
        }

        foreach (var other in new[] { code, Token("refresh_token"), Token("access_token") })
        {
            var hinted = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("prompt", "none"), new("id_token_hint", other)]);
            Assert.Equal("invalid_request", TestBrowser.QueryOf(hinted)["error"]);
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync("/authorize?i=" + other)).StatusCode);
        }

        Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString, "sessions"));
    }

    [Theory]
    [InlineData("/authorize", "GET, POST")]
    [InlineData("/login", "GET, HEAD, POST")]
    [InlineData("/consent", "GET, HEAD, POST")]
    [InlineData("/select-account", "GET, HEAD, POST")]
    [InlineData("/logout", "GET, HEAD, POST")]
    [InlineData("/userinfo", "GET, POST")]
    [InlineData("/token", "POST")]
    [InlineData("/", "GET, HEAD")]
    public async Task A_wrong_method_is_405_with_Allow(string path, string allowed)
    {
        using var http = app.CreateClient();
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X" }.Except(allowed.Split(", ")))
        {
            var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), app.Issuer + path) { Content = method == "CONNECT" ? null : new StringContent("a=1", new MediaTypeHeaderValue(FormType)) });

            Assert.Equal((method, HttpStatusCode.MethodNotAllowed), (method, answer.StatusCode));
            Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow.Order()));
            Assert.DoesNotContain("a=1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_method_override_overrides_nothing()
    {
        var answer = await PostAsync("/jwks", FormType, "_method=GET"u8.ToArray(), ("X-HTTP-Method-Override", "GET"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    public static TheoryData<string> ForgedCookies() =>
    [
        "99999999999999999999999999999999", "-1", "chunks-99999999", "chunks:999999999", new string('9', 4_000), new string('A', 4_000), "null", "../../x", "%00", "%FF%FE", "\u00ff\u00fe", "\"quoted\"", "a=b", "",
        "CfDJ8", "CfDJ8" + new string('A', 200), "e30.e30.", "00000000-0000-0000-0000-000000000000",
    ];

    [Theory]
    [MemberData(nameof(ForgedCookies))]
    public async Task A_forged_cookie_is_no_cookie(string value)
    {
        var before = await Tables.ReadAsync(app.ConnectionString, "interactions");
        foreach (var name in new[] { "authcore-session", "authcore-browser", "authcore-form" })
        {
            foreach (var path in new[] { "/", "/login", "/logout", "/consent?i=x", "/authorize?i=x", "/authorize?" + TestBrowser.Encode(TestBrowser.Request(Seed.FirstParty)) })
            {
                var answer = await SendAsync(HttpMethod.Get, path, null, ("Cookie", $"__Host-{name}={value}; {name}={value}"));
                Assert.True((int)answer.StatusCode < 500, $"{(int)answer.StatusCode} {path} {name}={value}");
                Assert.DoesNotContain("Alice", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.DoesNotContain("code=", answer.Headers.Location?.OriginalString ?? "", StringComparison.Ordinal);
            }

            var posted = await PostAsync("/login", FormType, "username=alice&password=x&form_token=y"u8.ToArray(), ("Cookie", $"__Host-{name}={value}"));
            Assert.Equal(HttpStatusCode.BadRequest, posted.StatusCode);
        }

        Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString, "interactions"));
    }

    // Time: a check that is quadratic takes seconds at this length, and its field is read before anybody is known
    [Theory]
    [InlineData("a")]
    [InlineData("@")]
    [InlineData("%25")]
    [InlineData(".")]
    [InlineData("/")]
    [InlineData("+")]
    [InlineData("[")]
    [InlineData("a+")]
    public async Task A_long_value_of_one_character_is_answered_at_once(string part)
    {
        var value = string.Concat(Enumerable.Repeat(part, 16_000 / part.Length));
        using var http = app.CreateClient();
        await http.GetAsync(app.Issuer + "/login");
        var waited = System.Diagnostics.Stopwatch.StartNew();
        var requests = 0;
        foreach (var name in TestBrowser.Request(Seed.Web).Keys.Concat(["prompt", "claims", "acr_values", "id_token_hint", "login_hint", "ui_locales", "resource", "max_age", "i"]))
        {
            var good = TestBrowser.Encode(TestBrowser.Request(Seed.Web).Where(pair => pair.Key != name));
            Assert.True((int)(await PostAsync("/authorize", FormType, Encoding.ASCII.GetBytes($"{good}&{name}={value}"))).StatusCode < 500);
            Assert.True((int)(await PostAsync("/token", FormType, Encoding.ASCII.GetBytes($"client_id=spa&grant_type=authorization_code&{name}={value}"))).StatusCode < 500);
            requests += 2;
        }

        await SendAsync(HttpMethod.Get, "/userinfo", null, ("Authorization", "Bearer " + value));
        await SendAsync(HttpMethod.Get, "/userinfo", null, ("Authorization", $"Bearer {value}.{value}.{value}"));
        Assert.True(waited.Elapsed < TimeSpan.FromMilliseconds(100 * requests), $"{waited.Elapsed} for {requests} requests");
    }

    // ASVS 3.4, BREACH: what holds a secret beside reflected text is never compressed, and its secret is masked anew each time
    [Fact]
    public async Task Nothing_is_compressed_and_the_antiforgery_value_differs_each_time()
    {
        using var browser = app.CreateBrowser();
        await browser.GetAsync("/login");
        browser.Http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br, deflate, zstd");
        var values = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            var page = await browser.GetAsync("/login");
            Assert.Empty(page.Content.Headers.ContentEncoding);
            values.Add((await TestBrowser.ReadFormAsync(page)).Fields.Single(field => field.Key == "form_token").Value);
        }

        Assert.Equal(3, values.Distinct().Count());
        foreach (var answer in new[] { await browser.GetAsync("/"), await browser.GetAsync("/userinfo"), await browser.TokenAsync(Seed.Machine, [KeyValuePair.Create("grant_type", "client_credentials")]) })
        {
            Assert.Empty(answer.Content.Headers.ContentEncoding);
        }
    }

    private static IEnumerable<string> Damaged(string token) =>
        [token[..^1], token[1..], token + "A", token + "=", token + "\n", token[..(token.Length / 2)], Flip(token, 0), Flip(token, token.Length / 2), Flip(token, token.Length - 1), token + token];

    private static string Flip(string token, int at) => $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private Task<HttpResponseMessage> PostAsync(string path, string? contentType, byte[] body, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return SendAsync(HttpMethod.Post, path, content, headers);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var http = app.CreateClient();
        var message = new HttpRequestMessage(method, app.Issuer + path) { Content = content };
        foreach (var (name, value) in headers)
        {
            _ = name.StartsWith("Content-", StringComparison.Ordinal) ? content!.Headers.TryAddWithoutValidation(name, value) : message.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(message);
    }
}
