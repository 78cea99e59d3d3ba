using AuthCore.Tests.Browser;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Deque.AxeCore.Playwright;

namespace AuthCore.Tests.Features.FrontChannelLogout;

/// <summary>A real browser loads the frames, with scripts and without, and axe finds nothing on the page.</summary>
[Collection(BrowserServer.Name)]
public sealed class FramesInABrowserTests(BrowserServer server, Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signing_out_reaches_the_application_in_a_frame(bool scripts)
    {
        var client = server.Application with { ClientId = "framed", RequireConsent = false, FrontchannelLogoutUri = server.End.Address + "/cb?state=framed-" + scripts, FrontchannelLogoutSessionRequired = true };
        await server.App.SaveAsync(client);
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        var request = TestBrowser.Request(client, "openid").With("state", "before-" + scripts);
        await page.GotoAsync($"{server.Issuer}/authorize?{TestBrowser.Encode(request)}");
        await page.SignInAsync(await server.NewUserAsync());
        await page.ArriveAsync();

        await page.GotoAsync(server.Issuer + "/logout");
        var framed = page.WaitForResponseAsync(response => response.Url.StartsWith(server.End.Address, StringComparison.Ordinal));
        await page.ClickAsync("button[value=signout]");
        await page.ExpectHeadingAsync("You are signed out");
        await framed;

        var arrival = server.End.Of("framed-" + scripts);
        Assert.Equal(("GET", server.Issuer), (arrival.Method, arrival["iss"]));
        Assert.True(Guid.TryParse(arrival["sid"], out _));
        Assert.Equal(server.Issuer + "/logout", page.Url);
        if (scripts)
        {
            Assert.Empty((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"));
        }

        Assert.Empty(browser.Violations);
    }
}
