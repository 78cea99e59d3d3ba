using AuthCore.Tests.Browser;
using AuthCore.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AuthCore.Tests.Features.Account;

/// <summary>The pages in a real browser: axe in both themes, no sideways scrolling, and by keyboard alone.</summary>
[Collection(BrowserServer.Name)]
public sealed class AccountBrowserTests(BrowserServer server, Chromium chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_and_nothing_is_wider_than_the_window(ColorScheme theme)
    {
        await using var browser = await server.OpenAsync(chromium, options: new BrowserNewContextOptions { ColorScheme = theme });
        var page = await browser.OpenTabAsync();
        var (user, findings) = (await server.NewUserAsync(), new List<string>());
        await page.GotoAsync(server.Issuer + "/account/applications");
        await page.SignInAsync(user);
        await page.ExpectHeadingAsync("Applications with access");
        await LookAsync(page, "no application", findings);

        await page.GotoAsync(server.Ask("openid profile email offline_access read:files").Url);
        await page.ClickAsync(Hands.Allow);
        await page.ArriveAsync();
        await page.GotoAsync(server.Issuer + "/account/applications");
        await LookAsync(page, "an application", findings);

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Where you are signed in" }).ClickAsync();
        await page.ExpectHeadingAsync("Where you are signed in");
        await LookAsync(page, "sessions", findings);

        Assert.Empty(findings);
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }

    [Fact]
    public async Task By_keyboard_alone_and_without_scripts_an_application_is_withdrawn()
    {
        await using var browser = await server.OpenAsync(chromium, scripts: false);
        var page = await browser.OpenTabAsync();
        var user = await server.NewUserAsync();
        await page.GotoAsync(server.Ask().Url);
        await page.SignInAsync(user);
        await page.ClickAsync(Hands.Allow);
        await page.ArriveAsync();
        await page.GotoAsync(server.Issuer + "/account/applications");
        var button = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Withdraw access" });
        for (var presses = 0; presses < 10 && !await button.EvaluateAsync<bool>("button => button === document.activeElement"); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("has no access to your account now");
        await Assertions.Expect(button).ToHaveCountAsync(0);
    }

    private static async Task LookAsync(IPage page, string place, List<string> findings)
    {
        var result = await page.RunAxe();
        Assert.True(result.Passes.Length > 5, place);   // it looked
        findings.AddRange(result.Violations.Select(v => $"{place}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(node => node.Html))}"));
        foreach (var width in new[] { 320, 1280 })
        {
            await page.SetViewportSizeAsync(width, 640);
            var scrolls = await page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth");
            Assert.True(scrolls <= 0, $"{place} is {scrolls} px wider than {width} px.");
        }
    }
}
