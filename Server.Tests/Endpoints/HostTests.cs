using System.Net;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

/// <summary>Issuer and links come from configuration; a forwarded address counts only from a configured proxy.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private readonly AuthCoreApp _app = new() { OnKestrel = true, Issuer = "http://localhost:8080" };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public static TheoryData<string> HostileHeaders() =>
    [
        "Host: evil.test", "Host: localhost:8080@evil.test", "Host: evil.test:99999", "X-Forwarded-Host: evil.test", "X-Forwarded-Proto: https", "X-Forwarded-Proto: javascript", "X-Forwarded-Port: 1",
        "X-Forwarded-Prefix: /evil", "X-Forwarded-PathBase: /evil", "Forwarded: for=1.2.3.4;host=evil.test;proto=https", "X-Original-URL: /logout", "X-Rewrite-URL: /logout", "X-Original-Host: evil.test",
        "X-Host: evil.test", "X-HTTP-Host-Override: evil.test", "X-Forwarded-Server: evil.test", "Front-End-Https: on", "X-Url-Scheme: https", "X-MS-Proxy: evil.test",
    ];

    [Fact]
    public async Task No_header_changes_the_issuer_a_link_a_redirect_or_a_cookie()
    {
        _app.Settings["AuthCore:KnownProxies"] = "127.0.0.1";   // not even from a proxy that is believed in
        await _app.InitializeAsync();
        string[] targets = ["/.well-known/openid-configuration", "/jwks", "/", "/logout", "/login?i=x", "/authorize?" + TestBrowser.Encode(TestBrowser.Request(Seed.Web))];
        foreach (var target in targets)
        {
            var plain = Normal(await SendAsync(target));
            foreach (var header in HostileHeaders())
            {
                var request = header.Data.StartsWith("Host:", StringComparison.Ordinal)
                    ? $"GET {target} HTTP/1.1\r\n{header.Data}\r\nConnection: close\r\n\r\n"
                    : Wire.Get(target, header.Data);
                var answer = await Wire.SendAsync(_app.Address, request);

                Assert.DoesNotContain("evil", answer.Text, StringComparison.OrdinalIgnoreCase);
                Assert.True(answer.Status == 400 || plain == Normal(answer), $"{target} with {header.Data}\n{plain}\n{answer.Text}");
            }
        }
    }

    [Theory]
    [InlineData(null, "203.0.113.7", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7")]           // what the client itself wrote is left of it
    [InlineData("127.0.0.1", "203.0.113.7, 127.0.0.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "203.0.113.7", "127.0.0.1")]
    public async Task A_forwarded_address_is_the_source_only_from_a_proxy_that_was_named(string? proxies, string forwarded, string source)
    {
        if (proxies is not null)
        {
            _app.Settings["AuthCore:KnownProxies"] = proxies;
        }

        await _app.InitializeAsync();

        Assert.Equal(source, await SourceOfFailureAsync(forwarded));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Garbage_in_a_forwarded_address_is_no_address_causes_no_lookup_and_changes_no_outcome(bool isProxy)
    {
        if (isProxy)
        {
            _app.Settings["AuthCore:KnownProxies"] = "127.0.0.1";
        }

        await _app.InitializeAsync();
        var waited = System.Diagnostics.Stopwatch.StartNew();
        string[] garbage =
        [
            "evil.test", "localhost", "127.0.0.1.evil.test", ",", ",,,,", "unknown", "_hidden", "1.2.3.4.5", "999.1.1.1", "[::1", "::1]", "' or 1=1--", "\u00ff\u00fe", "-1",
            "203.0.113.7, evil.test", new string('1', 8_000), string.Join(',', Enumerable.Repeat("x", 4_000)), "203.0.113.7; drop table users", "<script>",
        ];
        foreach (var value in garbage)
        {
            Assert.Equal("127.0.0.1", await SourceOfFailureAsync(value));
        }

        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), $"{waited.Elapsed}");
    }

    // TLS ends at the proxy, which talks to this server in clear: the usual way to run it
    [Theory]
    [InlineData(null)]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Behind_a_proxy_that_ends_TLS_a_person_signs_in_with_secure_cookies(string? forwardedProto)
    {
        await using var app = new AuthCoreApp { OnKestrel = true, Issuer = "https://issuer.test" };
        await app.InitializeAsync();
        using var browser = new TestBrowser(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }), app.Address.ToString().TrimEnd('/'));
        if (forwardedProto is not null)
        {
            browser.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", forwardedProto);
        }

        var page = await browser.GetAsync("/login");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        browser.Http.DefaultRequestHeaders.Add("Cookie", string.Join("; ", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));
        var answer = await browser.SubmitAsync(page, ("username", "alice"), ("password", AuthCoreApp.Password));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.All(page.Headers.GetValues("Set-Cookie").Concat(answer.Headers.GetValues("Set-Cookie")), cookie =>
        {
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        });
    }

    private async Task<string> SourceOfFailureAsync(string forwarded)
    {
        var address = _app.Address.ToString().TrimEnd('/');
        using var browser = new TestBrowser(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 }), address);
        browser.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        await using var database = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_app.ConnectionString) { Pooling = false }.ConnectionString);
        await database.ExecuteAsync("delete from login_failures");

        var page = await browser.GetAsync("/login");
        if (page.StatusCode == HttpStatusCode.BadRequest)
        {
            return "127.0.0.1";   // Kestrel takes no such bytes at all
        }

        var answer = await browser.SubmitAsync(page, ("username", "alice"), ("password", "wrong"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return await database.QuerySingleAsync<string>("select source from login_failures");
    }

    private Task<WireAnswer> SendAsync(string target) => Wire.SendAsync(_app.Address, Wire.Get(target));

    // What differs between any two answers: date, reference, random values
    private static string Normal(WireAnswer answer) => System.Text.RegularExpressions.Regex.Replace(
        answer.Text, "\r\nDate: [^\r]*|0H[A-Z0-9]+:[0-9A-F]+|authcore-browser=[^;]*|authcore-form=[^;]*|\\?i=[A-Za-z0-9_-]+|name=\"form_token\" value=\"[^\"]*\"", "",
        System.Text.RegularExpressions.RegexOptions.NonBacktracking);
}
