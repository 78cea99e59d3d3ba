using System.Net;
using System.Text;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>Every endpoint, every parameter, a list of hostile values: never a fault of ours, never a word of its inside, nothing changed.</summary>
public sealed class BadInputFuzzTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    // Already encoded, as they stand on the wire.
    private static readonly string[] s_values =
    [
        "%00", "a%00b", "%C3%A9", "%FF", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "%", "%zz", "%u0041", "%0d%0aX-Injected:%201", "%0a", "%09", "%1b",
        "%EF%BF%BE", "%E2%80%AE", "%F0%9F%98%80", "%CC%81", "+", "%20%20", ";", "a;b=c", "a=b", "'%20or%201=1--", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "..%2f..%2fetc%2fpasswd",
        "%24%7Bjndi:ldap://x.test%7D", "%25s%25n", "null", "undefined", "true", "-1", "0", "99999999999999999999999", "1e400", "NaN", "0x10", "%D9%A1", "[]", "{}", "%22", "%7B%22a%22:",
        "%7B%22id_token%22:%7B%22%5Cu0000%22:null%7D%7D", "%7B%22userinfo%22:%7B%22sub%22:%7B%22value%22:%22%5Cud800%22%7D%7D%7D",
        "%7B%22id_token%22:%7B%22acr%22:%7B%22essential%22:true,%22values%22:[%22%5Cu0000%22]%7D%7D%7D", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "a.b.c.d.e",
        "javascript:alert(1)", "//evil.test", "https://evil.test/%5C", "%5C%5Cevil.test", "00000000-0000-0000-0000-000000000000",
        Repeated("a", 300), Repeated("a", 17_000), Repeated("%F0%9F%98%80", 2_000), Repeated("%5B", 5_000), Repeated("%7B%22a%22:", 1_000), Repeated("a+", 2_000), Repeated("%40", 4_000), Repeated(".", 8_000),
    ];

    private static readonly string[] s_leaks = ["   at ", "Exception", "Npgsql", "Dapper", ".cs:line", "SELECT", "select "];

    private static string[] AuthorizeParameters { get; } =
    [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age", "display",
        "ui_locales", "claims_locales", "id_token_hint", "login_hint", "acr_values", "claims", "request", "request_uri", "registration", "resource", "i", "unknown",
    ];

    private static string[] TokenParameters { get; } =
    [
        "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret", "client_assertion", "client_assertion_type", "resource", "unknown",
    ];

    [Fact]
    public async Task The_authorization_endpoint_bears_every_value_of_every_parameter_by_GET_and_POST()
    {
        var request = TestBrowser.Request(Seed.Web);
        await AttackAsync("GET", "/authorize", request, AuthorizeParameters, s_values);
        await AttackAsync("POST", "/authorize", request, AuthorizeParameters, [.. s_values.Where((_, n) => n % 4 == 0)]);
    }

    [Theory]
    [InlineData("authorization_code")]
    [InlineData("refresh_token")]
    [InlineData("client_credentials")]
    public Task The_token_endpoint_bears_every_value_of_every_parameter(string grantType) => AttackAsync(
        "POST", "/token",
        new Dictionary<string, string>
        {
            ["grant_type"] = grantType, ["code"] = "x", ["refresh_token"] = "y", ["code_verifier"] = TestBrowser.Verifier, ["redirect_uri"] = "https://app.example/cb",
            ["client_id"] = "post", ["client_secret"] = AuthCoreApp.Secret,
        },
        TokenParameters, grantType == "authorization_code" ? s_values : [.. s_values.Where((_, n) => n % 3 == 0)]);

    [Fact]
    public async Task Userinfo_and_pages_bear_every_value_of_every_field()
    {
        await AttackAsync("POST", "/userinfo", [], ["access_token"], s_values);
        await AttackAsync("GET", "/userinfo", [], ["access_token", "schema"], [.. s_values.Where((_, n) => n % 6 == 0)]);
        foreach (var path in new[] { "/login", "/consent", "/select-account", "/logout", "/" })
        {
            await AttackAsync("GET", path, [], ["i", "error"], [.. s_values.Where((_, n) => n % 3 == 0)]);
        }

        foreach (var path in new[] { "/login", "/consent", "/select-account", "/logout" })
        {
            await AttackAsync("POST", path, [], ["i", "decision", "form_token"], [.. s_values.Where((_, n) => n % 3 == 0)]);
        }
    }

    [Fact]
    public async Task The_login_form_bears_every_value_past_its_antiforgery()
    {
        using var browser = app.CreateBrowser();
        var (_, fields) = await TestBrowser.ReadFormAsync(await browser.GetAsync("/login"));
        var form = fields.ToDictionary(f => f.Key, f => f.Value);
        await AttackAsync("POST", "/login", new(form) { ["password"] = "x", ["username"] = "nobody" }, ["username", "password", "i", "decision"], [.. s_values.Where((_, n) => n % 2 == 0)], browser.Http);
    }

    [Fact]
    public async Task Headers_that_are_read_bear_every_value()
    {
        using var http = app.CreateClient();
        var before = await StateAsync();
        foreach (var value in s_values.Select(Uri.UnescapeDataString).Where(v => !v.AsSpan().ContainsAny('\0', '\r', '\n')))
        {
            foreach (var (path, header, prefix) in new[]
            {
                ("/token", "Authorization", "Basic "), ("/token", "Authorization", ""), ("/token", "Content-Type", ""), ("/userinfo", "Authorization", "Bearer "), ("/userinfo", "Authorization", ""),
                ("/login", "Cookie", "__Host-authcore-session="), ("/login", "Cookie", "__Host-authcore-form="), ("/login", "Cookie", "__Host-authcore-browser="), ("/login", "Cookie", ""),
                ("/token", "Origin", ""), ("/jwks", "If-None-Match", ""), ("/jwks", "If-Modified-Since", ""), ("/login", "Accept", ""), ("/login", "Sec-Fetch-Site", ""), ("/authorize", "X-Forwarded-For", ""),
            })
            {
                var message = new HttpRequestMessage(path is "/token" ? HttpMethod.Post : HttpMethod.Get, app.Issuer + path);
                if (path == "/token")
                {
                    message.Content = new ByteArrayContent(Encoding.ASCII.GetBytes("grant_type=client_credentials"));
                    if (header != "Content-Type")
                    {
                        message.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
                    }
                }

                _ = header == "Content-Type" ? message.Content!.Headers.TryAddWithoutValidation(header, value) : message.Headers.TryAddWithoutValidation(header, prefix + value);
                await CheckAsync(await http.SendAsync(message), $"{path} {header}: {prefix}{value}");
            }
        }

        Assert.Equal(before, await StateAsync());
    }

    private async Task AttackAsync(string method, string path, Dictionary<string, string> good, string[] parameters, string[] values, HttpClient? client = null)
    {
        using var own = client is null ? app.CreateClient() : null;
        var http = client ?? own!;
        var before = await StateAsync();
        foreach (var parameter in parameters)
        {
            var rest = TestBrowser.Encode(good.Where(pair => pair.Key != parameter));
            foreach (var value in values)
            {
                var encoded = $"{rest}{(rest.Length > 0 ? "&" : "")}{parameter}={value}";
                using var message = method == "GET"
                    ? new HttpRequestMessage(HttpMethod.Get, $"{app.Issuer}{path}?{encoded}")
                    : new HttpRequestMessage(HttpMethod.Post, app.Issuer + path) { Content = new StringContent(encoded, Encoding.Latin1, "application/x-www-form-urlencoded") };
                message.Content?.Headers.ContentType?.Parameters.Clear();
                await CheckAsync(await http.SendAsync(message), $"{method} {path} {parameter}={value[..Math.Min(value.Length, 60)]}");
            }
        }

        Assert.Equal(before, await StateAsync());
    }

    private static async Task CheckAsync(HttpResponseMessage answer, string what)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is >= 200 and < 500, $"{(int)answer.StatusCode} to {what}: {text}");
        Assert.DoesNotContain(s_leaks, leak => text.Contains(leak, StringComparison.Ordinal));
        Assert.False(answer.Headers.Contains("X-Injected"), what);
        Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        if (answer.Headers.Location is { } location)
        {
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.DoesNotContain("code=", location.OriginalString.Replace("error_code=", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.True(location.OriginalString.StartsWith("https://app.example/cb?", StringComparison.Ordinal) || location.OriginalString is ['/', not '/', ..] or "/", $"{location} after {what}");
        }
    }

    // Harmless values make a good request, which may wait for a person; wrong passwords are counted.
    private Task<string> StateAsync() => Tables.ReadAsync(app.ConnectionString, "interactions", "login_failures");

    private static string Repeated(string part, int count) => string.Concat(Enumerable.Repeat(part, count));
}
