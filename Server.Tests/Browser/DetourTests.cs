using AuthCore.Tests.Support;
using Microsoft.Playwright;

namespace AuthCore.Tests.Browser;

/// <summary>What people do that no diagram shows: Back, two tabs, two clicks, a long lunch.</summary>
[Collection(BrowserServer.Name)]
public sealed class DetourTests(BrowserServer server, Chromium chromium)
{
    [Fact]
    public async Task Back_after_consent_says_that_it_is_finished_and_sends_no_second_code()
    {
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        var (url, _) = server.Ask();
        await page.GotoAsync(url);
        await page.SignInAsync(await server.NewUserAsync());
        await page.ClickAsync(Hands.Allow);
        await page.ArriveAsync();
        var before = server.End.Count;

        await page.GoBackAsync();
        await page.ExpectHeadingAsync("This sign-in is already finished");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("if you are not signed in there, start again");

        await page.GoForwardAsync();
        await page.ArriveAsync();
        Assert.InRange(server.End.Count, before, before + 1);   // the application's own page, loaded again with the code it had
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }

    [Fact]
    public async Task Two_tabs_each_end_with_their_own_answer()
    {
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium);
        var (one, two) = (await browser.OpenTabAsync(), await browser.OpenTabAsync());
        var (first, second) = (server.Ask("openid profile"), server.Ask("openid email"));
        await one.GotoAsync(first.Url);
        await two.GotoAsync(second.Url);

        await one.SignInAsync(user);
        await one.ExpectHeadingAsync("wants access to your account");
        await two.SignInAsync(user);   // the page was opened while nobody was signed in
        await two.ExpectHeadingAsync("wants access to your account");
        await two.ClickAsync(Hands.Allow);
        await two.ArriveAsync();
        await one.ReloadAsync();
        await one.ClickAsync(Hands.Allow);
        await one.ArriveAsync();

        Assert.Equal("openid profile", (await server.RedeemAsync(server.End.Of(first.State))).GetProperty("scope").GetString());
        Assert.Equal("openid email", (await server.RedeemAsync(server.End.Of(second.State))).GetProperty("scope").GetString());
        Assert.Empty(browser.Violations);
    }

    [Fact]
    public async Task Two_clicks_on_every_button_do_what_one_does()
    {
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask();
        await page.GotoAsync(url);
        await page.FillAsync("#username", user.Username);
        await page.FillAsync("#password", AuthCoreApp.Password);
        await page.DblClickAsync(Hands.Primary);
        await page.ExpectHeadingAsync("wants access to your account");
        await page.DblClickAsync(Hands.Allow);
        await page.ArriveAsync();

        Assert.True((await server.RedeemAsync(server.End.Of(state))).TryGetProperty("refresh_token", out _));
        Assert.Empty(browser.Violations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_that_took_too_long_says_how_to_go_on_and_signs_nobody_in(bool scripts)
    {
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask();
        await page.GotoAsync(url);
        await server.ExpireInteractionsAsync();
        await page.SignInAsync(await server.NewUserAsync());

        await page.ExpectHeadingAsync("This sign-in took too long");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("start again.");
        Assert.DoesNotContain(await browser.Context.CookiesAsync(), cookie => cookie.Name.Contains("session", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => server.End.Of(state));
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }

    [Fact]
    public async Task Without_cookies_the_page_says_that_they_are_needed()
    {
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(server.Ask().Url);
        await browser.Context.ClearCookiesAsync();
        await page.SignInAsync(await server.NewUserAsync());

        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("cookies");
        Assert.Empty(await browser.Context.CookiesAsync());
    }
}
