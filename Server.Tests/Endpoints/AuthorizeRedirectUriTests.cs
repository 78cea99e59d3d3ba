using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class AuthorizeRedirectUriTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    public static TheoryData<string, string> LookAlikes => new()
    {
        { "web", "https://app.example/cb/" },
        { "web", "https://app.example/cb?" },
        { "web", "https://app.example/cb?x=1" },
        { "web", "https://app.example/cb#" },
        { "web", "https://app.example/cb#fragment" },
        { "web", "https://app.example/CB" },
        { "web", "https://app.example" },
        { "web", "https://app.example/" },
        { "web", "https://APP.example/cb" },
        { "web", "HTTPS://app.example/cb" },
        { "web", "http://app.example/cb" },
        { "web", "https://app.example:443/cb" },
        { "web", "https://app.example:8443/cb" },
        { "web", "https://app.example./cb" },
        { "web", "https://appXexample/cb" },
        { "web", "https://sub.app.example/cb" },
        { "web", "https://app.example.evil.test/cb" },
        { "web", "https://evil.test/https://app.example/cb" },
        { "web", "https://app.example@evil.test/cb" },
        { "web", "https://a@app.example@evil.test/cb" },
        { "web", "https://evil.test@app.example/cb" },
        { "web", "https://evil.test#@app.example/cb" },
        { "web", "https://evil.test\\@app.example/cb" },
        { "web", "https:\\\\app.example\\cb" },
        { "web", "https:/app.example/cb" },
        { "web", "//app.example/cb" },
        { "web", "/cb" },
        { "web", "cb" },
        { "web", "https://app.example/cb/../x" },
        { "web", "https://app.example/cb/%2e%2e/x" },
        { "web", "https://app.example/cb%252e" },
        { "web", "https://app.example/%63b" },
        { "web", "https://app.example/cb%00" },
        { "web", "https://app.example/c\tb" },
        { "web", "https://app.example/cb\r\nSet-Cookie: a=b" },
        { "web", " https://app.example/cb" },
        { "web", "https://app.example/cb " },
        { "web", "https://app.example/cb https://evil.test/" },
        { "web", "https://app。example/cb" },
        { "web", "javascript:alert(1)" },
        { "web", "jAvAsCrIpT:alert(1)//https://app.example/cb" },
        { "web", "\tjavascript:alert(1)" },
        { "web", "data:text/html,<script>alert(1)</script>" },
        { "web", "\"><script>alert(1)</script>" },
        { "web", "http://127.0.0.1/cb" },
        { "native", "http://127.0.0.1.evil.test/cb" },
        { "native", "http://127.0.0.1:1234.evil.test/cb" },
        { "native", "http://127.0.0.1:80@evil.test/cb" },
        { "native", "http://localhost.evil.test/cb" },
        { "native", "http://LOCALHOST:1234/cb" },
        { "native", "http://localhost:0/cb" },
        { "native", "http://localhost:65536/cb" },
        { "native", "http://localhost:/cb" },
        { "native", "http://localhost:12x/cb" },
        { "native", "http://127.0.0.1:1234/cb2" },
        { "native", "http://127.0.0.1:1234/cb?x" },
        { "native", "http://127.0.0.1:1234" },
        { "native", "http://127.1/cb" },
        { "native", "http://2130706433/cb" },
        { "native", "http://[::1]:1234/cb" },
        { "native", "https://127.0.0.1/cb" },
        { "native", "com.example.app:/cb2" },
        { "native", "com.example.app:/CB" },
        { "native", "com.example.app://cb" },
        { "native", "com.example.app.evil:/cb" },
    };

    [Theory]
    [MemberData(nameof(LookAlikes))]
    public async Task A_look_alike_gets_a_page_that_leads_nowhere_in_every_response_mode(string clientId, string uri)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(clientId == "web" ? Seed.Web : Seed.Native).With("redirect_uri", uri);

        foreach (var mode in (string?[])[null, "query", "form_post", "fragment", "form_post.jwt"])
        {
            await AssertDeadEndAsync(await browser.AuthorizeAsync(request.With("response_mode", mode)), uri);
            await AssertDeadEndAsync(await browser.PostAsync("/authorize", request.With("response_mode", mode)), uri);
            await AssertDeadEndAsync(await browser.AuthorizeAsync(request.With("response_mode", mode).With("response_type", "token").With("prompt", "none")), uri);
        }
    }

    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "")]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", "WEB")]
    [InlineData("client_id", "web ")]
    [InlineData("client_id", "machine")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "")]
    public async Task A_bad_client_or_no_redirect_uri_gets_a_page_that_leads_nowhere(string name, string? value)
    {
        using var browser = app.CreateBrowser();

        await AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With(name, value)), Seed.Web.RedirectUris[0]);
    }

    [Theory]
    [InlineData("client_id", "web")]
    [InlineData("client_id", "spa")]
    [InlineData("redirect_uri", "https://app.example/cb")]
    [InlineData("redirect_uri", "https://evil.test/cb")]
    [InlineData("redirect_uri", "")]
    public async Task Client_or_redirect_uri_twice_gets_a_page_that_leads_nowhere(string name, string second)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web);

        await AssertDeadEndAsync(await browser.AuthorizeAsync([.. request, KeyValuePair.Create(name, second)]), Seed.Web.RedirectUris[0]);
        await AssertDeadEndAsync(await browser.AuthorizeAsync([KeyValuePair.Create(name, second), .. request]), Seed.Web.RedirectUris[0]);
    }

    [Fact]
    public async Task A_disabled_client_gets_a_page_even_on_the_way_and_the_page_names_no_address()
    {
        var client = Seed.Web with { ClientId = "soon-disabled" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var login = await browser.OpenAsync(TestBrowser.Request(client));
        await app.SaveAsync(client with { DisabledAt = app.Time!.GetUtcNow() });

        await AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(client)), client.RedirectUris[0]);
        await AssertDeadEndAsync(await browser.SubmitAsync(login, ("username", "alice"), ("password", AuthCoreApp.Password)), client.RedirectUris[0]);
    }

    [Fact]
    public async Task A_redirect_uri_unregistered_on_the_way_gets_nothing()
    {
        var client = Seed.Web with { ClientId = "soon-moved" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();
        var login = await browser.OpenAsync(TestBrowser.Request(client));
        await app.SaveAsync(client with { RedirectUris = ["https://app.example/new"] });

        await AssertDeadEndAsync(await browser.SignInAtAsync(login, user), client.RedirectUris[0]);
    }

    [Fact]
    public async Task Without_openid_the_only_registered_redirect_uri_may_be_left_out()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web, "read:files").With("redirect_uri", null).With("prompt", "none"));

        Assert.StartsWith("https://app.example/cb?error=login_required", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/cb")]
    [InlineData("http://127.0.0.1:49152/cb")]
    [InlineData("http://localhost:65535/cb")]
    [InlineData("http://127.0.0.1/cb")]
    [InlineData("com.example.app:/cb")]
    public async Task A_native_application_gets_its_code_at_any_loopback_port_and_at_its_scheme(string uri)
    {
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();

        var answer = await browser.CompleteAsync(TestBrowser.Request(Seed.Native).With("redirect_uri", uri), user.Username);

        Assert.StartsWith(uri + "?code=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var redeem = TestBrowser.Redeem(Seed.Native, Walk.CodeOf(answer)!).With("redirect_uri", uri);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Native, redeem)).StatusCode);
    }

    [Theory]
    [InlineData("https://app.example/cb?tenant=a%20b&x", "https://app.example/cb?tenant=a%20b&x&")]
    [InlineData("https://app.example/cb?", "https://app.example/cb?")]
    public async Task The_registered_query_stays_as_it_is(string uri, string kept)
    {
        var client = Seed.Web with { ClientId = "with-query", RedirectUris = [uri] };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(client).With("prompt", "none"));

        Assert.StartsWith(kept + "error=login_required&", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    // OAuth 2.1 §2.3.5: no Location, no link, no form, no script, and not a word of the sent URI.
    private static async Task AssertDeadEndAsync(HttpResponseMessage page, string uri)
    {
        var html = await page.Content.ReadAsStringAsync();
        var document = await Walk.DocumentOf(page);
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Null(page.Headers.Location);
        Assert.False(page.Headers.Contains("Refresh"));
        Assert.Empty(document.QuerySelectorAll("a, form, script, iframe, meta[http-equiv]"));
        if (uri.Length > 3)
        {
            Assert.DoesNotContain(uri, html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(uri, document.DocumentElement.TextContent, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Uri.EscapeDataString(uri), html, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain("evil.test", html, StringComparison.OrdinalIgnoreCase);
    }
}
