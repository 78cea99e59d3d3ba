using System.Text.Json;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Browser;

/// <summary>A client nobody here wrote, oidc-client-ts of npm, in a page of another origin: it comes by CORS.</summary>
[Collection(BrowserServer.Name)]
public sealed class OidcClientTsTests(BrowserServer server, Chromium chromium)
{
    private const string Page = "/pages/oidc-client-ts.html";

    [Fact]
    public async Task Oidc_client_ts_signs_in_reads_userinfo_and_refreshes()
    {
        await ServePageAsync();
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(server.End.Address + Page);
        await page.ClickAsync("text=Sign in");
        await page.SignInAsync(user);
        await page.ClickAsync(Hands.Allow);
        await page.WaitForURLAsync(server.End.Address + Page + "?code=**");

        var first = await page.EvaluateAsync<JsonElement>("async () => facts(await users.signinCallback())");
        Assert.Equal("openid profile offline_access", first.GetProperty("scope").GetString());
        Assert.Equal(user.Subject, first.GetProperty("sub").GetString());
        Assert.Equal(user.Name, first.GetProperty("name").GetString());   // of userinfo

        var second = await page.EvaluateAsync<JsonElement>("async () => facts(await users.signinSilent())");
        Assert.Equal(user.Subject, second.GetProperty("sub").GetString());
        Assert.NotEqual(first.GetProperty("accessToken").GetString(), second.GetProperty("accessToken").GetString());
        Assert.NotEqual(first.GetProperty("refreshToken").GetString(), second.GetProperty("refreshToken").GetString());
        Assert.Empty(browser.Errors);
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }

    [Fact]
    public async Task A_page_of_an_origin_that_no_client_registered_cannot_read_what_the_token_endpoint_says()
    {
        await ServePageAsync();
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        const string call = "issuer => fetch(issuer + '/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'none' }) }).then(r => `${r.status}`, () => 'refused')";

        await page.GotoAsync(server.End.Address + Page);
        Assert.StartsWith("4", await page.EvaluateAsync<string>(call, server.Issuer), StringComparison.Ordinal);

        await page.RouteAsync("http://stranger.localhost/", route => route.FulfillAsync(new() { Body = "<!doctype html><title>Stranger</title>", ContentType = "text/html" }));
        await page.GotoAsync("http://stranger.localhost/");
        Assert.Equal("refused", await page.EvaluateAsync<string>(call, server.Issuer));
    }

    private async Task ServePageAsync()
    {
        NodeScript.Demand("oidc-client-ts");
        var ct = TestContext.Current.CancellationToken;
        server.End.Pages["oidc-client-ts.js"] = await File.ReadAllTextAsync(NodeScript.FileOf("node_modules", "oidc-client-ts", "dist", "browser", "oidc-client-ts.min.js"), ct);
        server.End.Pages["oidc-client-ts.html"] = (await File.ReadAllTextAsync(NodeScript.FileOf("oidc-client-ts.html"), ct)).Replace("ISSUER", server.Issuer, StringComparison.Ordinal);
        await server.App.SaveAsync(Seed.Spa with { ClientId = "oidc-client-ts", RedirectUris = [server.End.Address + Page] });
    }
}
