using System.Net;
using System.Text.Json;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>An issuer with a path of its own (RFC 8414 §3.1, OIDC Discovery §4.1).</summary>
public sealed class DiscoveryPathTests : IAsyncLifetime
{
    private const string Root = "https://issuer.test";

    private readonly AuthCoreApp _app = new() { Issuer = Root + "/tenant" };

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Both_placements_of_both_names_give_the_one_document()
    {
        using var http = _app.CreateClient();
        string[] documents =
        [
            await http.GetStringAsync(Root + "/tenant/.well-known/openid-configuration"),
            await http.GetStringAsync(Root + "/tenant/.well-known/oauth-authorization-server"),
            await http.GetStringAsync(Root + "/.well-known/openid-configuration/tenant"),
            await http.GetStringAsync(Root + "/.well-known/oauth-authorization-server/tenant"),
        ];

        var document = JsonElement.Parse(Assert.Single(documents.Distinct()));
        Assert.Equal(Root + "/tenant", document.GetProperty("issuer").GetString());
        Assert.Equal(Root + "/tenant/token", document.GetProperty("token_endpoint").GetString());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(document.GetProperty("jwks_uri").GetString())).StatusCode);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration/other")]
    [InlineData("/authorize")]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    [InlineData("/jwks")]
    [InlineData("/login")]
    [InlineData("/")]
    public async Task Nothing_of_the_issuer_stands_outside_its_path(string path)
    {
        using var http = _app.CreateClient();

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(Root + path)).StatusCode);
    }

    [Fact]
    public async Task A_whole_sign_in_works_under_the_path()
    {
        using var browser = _app.CreateBrowser();

        var tokens = await browser.GetTokensAsync(Seed.Web);

        Assert.Equal(_app.Issuer, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("iss").GetString());
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(Seed.Web, TestBrowser.Refresh(tokens.GetProperty("refresh_token").GetString()!))).StatusCode);
    }

    [Fact]
    public async Task Every_link_form_and_redirect_of_the_pages_stays_under_the_path()
    {
        using var browser = _app.CreateBrowser();
        var redirect = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web));
        Assert.StartsWith("/tenant/login?", redirect.Headers.Location!.OriginalString, StringComparison.Ordinal);

        await browser.GetCodeAsync(Seed.Web);
        foreach (var path in new[] { "/", "/login", "/logout" })
        {
            var html = await (await browser.GetAsync(path)).Content.ReadAsStringAsync();
            var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html);
            var links = document.QuerySelectorAll("[href], [action], [src]").Select(e => e.GetAttribute("href") ?? e.GetAttribute("action") ?? e.GetAttribute("src")!);
            Assert.All(links.Where(link => link.StartsWith('/') || link.StartsWith(Root, StringComparison.Ordinal)), link => Assert.Contains("/tenant", link, StringComparison.Ordinal));
        }
    }
}
