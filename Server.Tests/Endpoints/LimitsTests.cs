using System.Globalization;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>The bytes of HTTP itself, against the real Kestrel: limits, framing, paths, partial bodies.</summary>
public sealed class LimitsTests : IClassFixture<LimitsTests.KestrelApp>
{
    private const string Form = "Content-Type: application/x-www-form-urlencoded";
    private static readonly string s_chunked = "POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + Form + "\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly AuthCoreApp _app;

    public LimitsTests(KestrelApp kestrel) => _app = kestrel.App;

    [Theory]
    [InlineData(20_000, 400)]       // past the gate's limit for one value
    [InlineData(100_000, 414)]      // past the line's
    [InlineData(5_000_000, 414)]
    public async Task A_request_line_ends_somewhere(int length, int status) =>
        Assert.Equal(status, (await SendAsync(Wire.Get("/authorize?client_id=" + new string('a', length)))).Status);

    [Theory]
    [InlineData(1, 40_000, 431)]
    [InlineData(1, 5_000_000, 431)]
    [InlineData(99, 400, 431)]
    [InlineData(200, 1, 431)]
    [InlineData(50, 10, 200)]
    public async Task Headers_end_somewhere(int count, int length, int status)
    {
        var headers = Enumerable.Range(0, count).Select(n => $"X-H{n}: {new string('a', length)}").ToArray();

        Assert.Equal(status, (await SendAsync(Wire.Get("/jwks", headers))).Status);
    }

    [Fact]
    public async Task Cookies_of_many_kilobytes_are_431() =>
        Assert.Equal(431, (await SendAsync(Wire.Get("/login", "Cookie: " + string.Join("; ", Enumerable.Range(0, 20).Select(n => $"c{n}={new string('x', 4_000)}"))))).Status);

    [Theory]
    [InlineData(70_000)]
    [InlineData(5_000_000)]
    public async Task A_body_that_says_it_is_too_long_is_413_before_it_is_sent(int length)
    {
        var answer = await SendAsync(Wire.Request("POST", "/token", "a=1", Form, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}")));

        Assert.Equal(413, answer.Status);
        Assert.Contains("invalid_request", answer.Text, StringComparison.Ordinal);
        Assert.True(answer.Closed);
    }

    [Fact]
    public async Task A_chunked_body_is_read_like_any_other_and_ends_at_the_same_limit()
    {
        var good = await SendAsync(s_chunked + "5\r\nclien\r\n6\r\nt_id=x\r\n0\r\n\r\n");
        var endless = await SendAsync(s_chunked + string.Concat(Enumerable.Repeat("1000\r\n" + new string('a', 0x1000) + "\r\n", 20)));

        Assert.Equal(401, good.Status);
        Assert.Equal(413, endless.Status);
        Assert.True(endless.Closed);
    }

    // Two servers that disagree where a request ends let one hide in another
    public static TheoryData<string> Smuggled() =>
    [
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\na=1",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: 3, 4\r\n\r\na=1",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: -1\r\n\r\na=1",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: 99999999999999999999\r\n\r\na=1",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length : 3\r\n\r\na=1",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\ny\r\na=1\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\n3\na=1\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\na=1\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na=1\r\n0\r\n\r\n",
        $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1XX0\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n",
        "GET /jwks HTTP/1.1\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: local host\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: localhost\r\n X-Folded: 1\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: localhost\r\nX Y: 1\r\n\r\n",
        "GET /jwks HTTP/1.1\r\nHost: localhost\r\n: 1\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(Smuggled))]
    public async Task A_request_whose_end_is_in_doubt_is_400_and_the_connection_closed(string request)
    {
        var answer = await SendAsync(request + "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.Equal((400, 1, true), (answer.Status, answer.Answers, answer.Closed));
    }

    // RFC 9112 §6.1: both is an attack or a fault; what follows must not be read as a request of its own
    [Fact]
    public async Task A_request_with_both_lengths_hides_no_second_one()
    {
        var answer = await SendAsync(
            $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.True(answer.Closed);
        Assert.Equal(1, answer.Answers);
        Assert.True(answer.Status is 400 or 401, answer.Text);
    }

    [Theory]
    [InlineData("Content-Length: 50\r\n\r\nclient_id=x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n20\r\nclient_id=x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n")]
    public async Task A_body_cut_short_is_400_or_silence_and_no_fault_of_ours(string rest)
    {
        var answer = await SendAsync($"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\n{rest}", endAfter: true);

        Assert.True(answer.Status is 400 or 0, answer.Text);
        Assert.True(answer.Closed);
        Assert.All(_app.Logs.Lines, line => Assert.False(line.Contains("fault.unexpected", StringComparison.Ordinal), line));
    }

    [Fact]
    public async Task A_body_longer_than_it_says_ends_where_it_says()
    {
        var answer = await SendAsync($"POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{Form}\r\nContent-Length: 11\r\n\r\nclient_id=x&grant_type=client_credentials");

        Assert.Equal((401, 1), (answer.Status, answer.Answers));
    }

    // Bytes that no client library would send
    [Theory]
    [InlineData("/authorize?client_id=\u0000")]
    [InlineData("/authorize?client_id=\u00ff\u00fe")]
    [InlineData("/authorize?client_id=\u00ed\u00a0\u0080")]
    [InlineData("/authorize?client_id=a%00b")]
    [InlineData("/authorize?client_id=%ff")]
    [InlineData("/authorize%00")]
    [InlineData("/%ff")]
    [InlineData("/\u00ff")]
    [InlineData("/%")]
    [InlineData("/%zz")]
    [InlineData("authorize")]
    [InlineData("*")]
    [InlineData("http://")]
    [InlineData("?")]
    public async Task Raw_bytes_in_the_target_are_a_4xx(string target)
    {
        var answer = await SendAsync(Wire.Get(target));

        Assert.True(answer.Status is >= 400 and < 500, answer.Text);
        Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_UTF8_in_the_query_is_read_as_itself_or_refused()
    {
        var answer = await SendAsync(Wire.Get("/authorize?client_id=\u00c3\u00a9"));

        Assert.Equal(400, answer.Status);
    }

    // Every spelling of a path gets the decision of the path, or none
    [Theory]
    [InlineData("/authorize", 400)]
    [InlineData("/AUTHORIZE", 400)]
    [InlineData("/authorize/", 400)]
    [InlineData("/%61uthorize", 400)]
    [InlineData("/x/../authorize", 400)]
    [InlineData("/./authorize", 400)]
    [InlineData("/x/%2e%2e/authorize", 400)]
    [InlineData("//authorize", 404)]
    [InlineData("/authorize;x", 404)]
    [InlineData("/authorize;x/", 404)]
    [InlineData("/authorize/x", 404)]
    [InlineData("/authorize%2f", 404)]
    [InlineData("/authorize%20", 404)]
    [InlineData("/authorize%3f", 404)]
    [InlineData("/authorize%23", 404)]
    [InlineData("/authorize.", 404)]
    [InlineData("/authorize\\", 404)]
    [InlineData("/%2561uthorize", 404)]
    [InlineData("/\\authorize", 404)]
    [InlineData("/../../../etc/passwd", 404)]
    [InlineData("/..%2f..%2fetc%2fpasswd", 404)]
    [InlineData("/appsettings.json", 404)]
    [InlineData("/.git/config", 404)]
    [InlineData("/authcore.yaml", 404)]
    public async Task A_path_is_that_endpoint_or_none(string target, int status)
    {
        foreach (var accept in new[] { "Accept: text/html", "Accept: application/json" })
        {
            Assert.Equal(status, (await SendAsync(Wire.Get(target, accept))).Status);
        }
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/jwks")]
    [InlineData("/")]
    [InlineData("/login")]
    [InlineData("/nothing")]
    [InlineData("/token")]
    public async Task No_answer_names_the_server_software(string target)
    {
        var answer = await SendAsync(Wire.Get(target));

        Assert.DoesNotContain("\r\nServer:", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\r\nX-Powered-By:", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nX-Content-Type-Options: nosniff", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: secret=1\r\n\r\n", 405)]
    [InlineData("CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\nConnection: close\r\n\r\n", 405)]
    [InlineData("GET http://evil.test/jwks HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405)]
    [InlineData("GET /jwks HTTP/9.9\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("GET /jwks\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n", 400)]
    public async Task Odd_requests_are_neither_echoed_nor_forwarded(string request, int status)
    {
        var answer = await SendAsync(request);

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("secret=1", answer.Text, StringComparison.Ordinal);
        Assert.True(answer.Closed);
    }

    // 15 s for the head is the server's own setting; here only that a slow body holds nobody else up
    [Fact]
    public async Task Many_unfinished_requests_leave_others_served()
    {
        var slow = Enumerable.Range(0, 200).Select(n => Wire.SendAsync(
            _app.Address, n % 2 == 0 ? "POST /token HTTP/1.1\r\nHost: localhost\r\n" : $"POST /token HTTP/1.1\r\nHost: localhost\r\n{Form}\r\nContent-Length: 50\r\n\r\nclient_id", patience: TimeSpan.FromSeconds(3))).ToArray();
        var waited = System.Diagnostics.Stopwatch.StartNew();

        Assert.Equal(401, (await SendAsync(Wire.Post("/token", "client_id=x"))).Status);

        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(2), $"{waited.Elapsed}");
        await Task.WhenAll(slow);
    }

    private Task<WireAnswer> SendAsync(string request, bool endAfter = false) => Wire.SendAsync(_app.Address, request, endAfter);

    /// <summary>One server for the class.</summary>
    public sealed class KestrelApp : IAsyncLifetime
    {
        public AuthCoreApp App { get; } = new() { OnKestrel = true };

        public ValueTask InitializeAsync() => App.InitializeAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
