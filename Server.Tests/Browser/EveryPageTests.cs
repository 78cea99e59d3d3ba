using AuthCore.Tests.Support;
using AuthCore.Web;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AuthCore.Tests.Browser;

/// <summary>What holds for every page: axe finds nothing, nothing is wider than the window, nothing is loaded from elsewhere, nothing breaks the policy.</summary>
[Collection(BrowserServer.Name)]
public sealed class EveryPageTests(BrowserServer server, Chromium chromium)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_any_page(ColorScheme theme)
    {
        await using var browser = await server.OpenAsync(chromium, options: new BrowserNewContextOptions { ColorScheme = theme });
        var page = await browser.OpenTabAsync();
        var (places, findings) = (new List<string>(), new List<string>());
        await foreach (var place in VisitAsync(page))
        {
            places.Add(place);
            var result = await page.RunAxe();
            findings.AddRange(result.Violations.Select(v => $"{place}: {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(node => node.Html))}"));
            Assert.True(result.Passes.Length > 5, place);   // it looked
        }

        Assert.Empty(findings);
        Assert.Equal(12, places.Count);
    }

    [Fact]
    public async Task No_page_scrolls_sideways_leaves_the_origin_or_breaks_its_policy()
    {
        await using var browser = await chromium.OpenAsync([server.Issuer, server.End.Address], new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 320, Height = 640 } });
        var page = await browser.OpenTabAsync();
        await foreach (var place in VisitAsync(page))
        {
            foreach (var width in new[] { 320, 640, 1280 })
            {
                await page.SetViewportSizeAsync(width, 640);
                var scrolls = await page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth");
                Assert.True(scrolls <= 0, $"{place} is {scrolls} px wider than {width} px.");
            }

            await page.SetViewportSizeAsync(320, 640);
            Assert.StartsWith(server.Issuer + "/", page.Url, StringComparison.Ordinal);
        }

        Assert.Empty(browser.Foreign);
        Assert.Empty(browser.Violations);
    }

    private async IAsyncEnumerable<string> VisitAsync(IPage page)
    {
        var user = await server.NewUserAsync();
        const string scope = "openid profile email address phone offline_access read:files";
        await page.GotoAsync(server.Issuer + "/");
        yield return "start";

        await page.GotoAsync(server.Ask(scope).Url);
        yield return "login";

        await page.SignInAsync(user, "wrong");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        yield return "login refused";

        await page.SignInAsync(user);
        await page.ExpectHeadingAsync("wants access to your account");
        yield return "consent";

        foreach (var summary in await page.Locator("summary").AllAsync())
        {
            await summary.ClickAsync();
        }

        yield return "consent, with every detail open";

        await page.ClickAsync(Hands.Allow);
        await page.ArriveAsync();
        await page.GotoAsync(server.Ask(scope, ("prompt", "select_account")).Url);
        await page.ExpectHeadingAsync("Choose an account");
        yield return "select account";

        await server.ExpireInteractionsAsync();
        await page.ReloadAsync();
        await page.ExpectHeadingAsync("took too long");
        yield return "error: expired";

        await page.GotoAsync(server.Issuer + "/authorize?client_id=nobody");
        await page.ExpectHeadingAsync("does not work");
        await page.ClickAsync("summary");
        yield return "error: unknown client, with its details";

        // Its only script is cut out: with it the page would be gone before anybody looks.
        await page.RouteAsync("**/authorize?*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = (await answer.TextAsync()).Replace(AutoSubmit.Element, "", StringComparison.Ordinal) });
        });
        await page.GotoAsync(server.Ask(scope, ("response_mode", "form_post")).Url);
        await page.ExpectHeadingAsync("Going back to");
        yield return "form_post";

        await page.UnrouteAllAsync();
        await page.GotoAsync(server.Issuer + "/");
        yield return "start, signed in";

        await page.GotoAsync(server.Issuer + "/logout");
        yield return "sign out";

        await page.ClickAsync("button[value=signout]");
        await page.ExpectHeadingAsync("You are signed out");
        yield return "signed out";
    }
}
