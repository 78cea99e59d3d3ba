using System.Diagnostics;
using System.Net;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>The database is gone: 503 with Retry-After within 2 s, and never a verdict that makes a client throw something away.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly Outage _outage = new();
    private readonly AuthCoreApp _app;

    public OutageTests() => _app = new AuthCoreApp { Time = null, Connect = _outage.Connect };   // readiness compares the clocks

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _outage.End();
        await _app.DisposeAsync();
        await _outage.DisposeAsync();
    }

    [Fact]
    public void A_call_to_the_database_ends_before_the_promise_does() => Assert.True(Database.Deadline < TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_database_each_endpoint_says_so_in_time_and_nothing_is_lost(bool blackHole)
    {
        using var browser = _app.CreateBrowser();
        var tokens = await browser.GetTokensAsync(Seed.Web);
        var access = tokens.GetProperty("access_token").GetString()!;
        var refresh = tokens.GetProperty("refresh_token").GetString()!;
        var code = await browser.GetCodeAsync(Seed.Web);
        var logout = await TestBrowser.ReadFormAsync(await browser.GetAsync("/logout"));
        var consent = await browser.FollowAsync(await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("prompt", "consent")]));
        var select = await browser.FollowAsync(await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("prompt", "select_account")]));
        using var stranger = _app.CreateBrowser();
        var login = await stranger.FollowAsync(await stranger.AuthorizeAsync(TestBrowser.Request(Seed.Spa)));
        var before = await Tables.ReadAsync(_app.ConnectionString);

        _outage.Begin(blackHole);

        await Task.WhenAll(
            FromMemoryAsync(browser.GetAsync(DiscoveryTests.OpenId)),
            FromMemoryAsync(browser.GetAsync(DiscoveryTests.OAuth)),
            FromMemoryAsync(browser.GetAsync("/jwks")),
            FromMemoryAsync(browser.GetAsync("/health/live")),
            NotReadyAsync(browser.GetAsync("/health/ready")),
            NotReadyAsync(browser.GetAsync("/healthz")),
            Outage.AssertSaidAsync(browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, code))),
            Outage.AssertSaidAsync(browser.TokenAsync(Seed.Web, TestBrowser.Refresh(refresh))),
            Outage.AssertSaidAsync(browser.TokenAsync(Seed.Machine, [KeyValuePair.Create("grant_type", "client_credentials")])),
            Outage.AssertSaidAsync(browser.TokenAsync(Seed.Web with { ClientId = "nobody-knows-this-moment" }, TestBrowser.Refresh(refresh))),
            Outage.AssertSaidAsync(browser.UserInfoAsync(access)),
            PageAsync(browser.AuthorizeAsync(TestBrowser.Request(Seed.Web))),
            PageAsync(browser.PostAsync("/authorize", TestBrowser.Request(Seed.Web))),
            PageAsync(browser.GetAsync("/authorize" + consent.RequestMessage!.RequestUri!.Query)),
            PageAsync(stranger.GetAsync(login.RequestMessage!.RequestUri!.PathAndQuery)),
            PageAsync(stranger.SubmitAsync(login, ("username", "alice"), ("password", AuthCoreApp.Password))),
            PageAsync(stranger.SubmitAsync(login, ("username", "alice"), ("password", "wrong"))),
            PageAsync(stranger.SubmitAsync(login, ("decision", "cancel"))),
            PageAsync(browser.GetAsync(consent.RequestMessage!.RequestUri!.PathAndQuery)),
            PageAsync(browser.SubmitAsync(consent, ("decision", "allow"))),
            PageAsync(browser.SubmitAsync(consent, ("decision", "deny"))),
            PageAsync(browser.GetAsync(select.RequestMessage!.RequestUri!.PathAndQuery)),
            PageAsync(browser.SubmitAsync(select, ("decision", "continue"))),
            PageAsync(browser.GetAsync("/logout")),
            PageAsync(browser.PostAsync(logout.Action, [.. logout.Fields, new("decision", "signout")])),
            PageAsync(browser.GetAsync("/")));

        Assert.Equal(before, await Tables.ReadAsync(_app.ConnectionString));   // no lock-out counted, nothing redeemed, nobody signed out

        _outage.End();
        var waited = Stopwatch.StartNew();
        await Outage.WhenOverAsync(() => browser.UserInfoAsync(access));
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Web, TestBrowser.Refresh(refresh))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, code))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);
        var allowed = await browser.FollowAsync(await browser.SubmitAsync(consent, ("decision", "allow")));
        Assert.Contains("code", TestBrowser.QueryOf(allowed));
        Assert.Equal(HttpStatusCode.SeeOther, (await stranger.SubmitAsync(login, ("username", "alice"), ("password", AuthCoreApp.Password))).StatusCode);
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), $"all well again only after {waited.Elapsed}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_preflight_without_a_database_is_503_and_no_origin_is_let_in(bool blackHole)
    {
        using var http = _app.CreateClient();
        _outage.Begin(blackHole);

        var message = new HttpRequestMessage(HttpMethod.Options, _app.Issuer + "/token");
        message.Headers.Add("Origin", "https://spa.example");
        message.Headers.Add("Access-Control-Request-Method", "POST");
        var answer = await http.SendAsync(message);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    // The framework would read it at start, and go on without it where that fails: then each page would wait for it, and end in a fault
    [Fact]
    public async Task The_key_ring_of_antiforgery_is_in_memory_before_the_first_page()
    {
        await using var outage = new Outage();
        await using var app = new AuthCoreApp
        {
            Connect = outage.Connect,
            ServicesChange = services => services.Remove(services.Single(service => service.ImplementationType?.Name == "DataProtectionHostedService")),
        };
        await app.InitializeAsync();
        using var browser = app.CreateBrowser();
        outage.Begin(blackHole: false);

        var first = await browser.GetAsync("/login");
        var again = await browser.GetAsync("/login");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        await PageAsync(browser.SubmitAsync(first, ("username", "alice"), ("password", AuthCoreApp.Password)));
        outage.End();
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync(again, ("username", "alice"), ("password", AuthCoreApp.Password))).StatusCode);
    }

    private static async Task FromMemoryAsync(Task<HttpResponseMessage> sent) => Assert.Equal(HttpStatusCode.OK, (await Outage.InTimeAsync(sent)).StatusCode);

    private static async Task NotReadyAsync(Task<HttpResponseMessage> sent) =>
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Outage.InTimeAsync(sent)).StatusCode);

    private static async Task PageAsync(Task<HttpResponseMessage> sent)
    {
        var answer = await Outage.InTimeAsync(sent);
        var what = $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath}";
        Assert.Equal((what, HttpStatusCode.ServiceUnavailable), (what, answer.StatusCode));
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Null(answer.Headers.Location);
        Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
