using AuthCore.Tests.Support;
using Microsoft.Playwright;

namespace AuthCore.Tests.Browser;

/// <summary>What people do at the pages in a real browser; with scripts switched off nothing is different.</summary>
[Collection(BrowserServer.Name)]
public sealed class SignInTests(BrowserServer server, Chromium chromium)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_signs_in_allows_all_but_one_scope_and_the_token_lacks_it(bool scripts)
    {
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask("openid profile email read:files");
        await page.GotoAsync(url);
        await page.SignInAsync(await server.NewUserAsync());
        await page.ExpectHeadingAsync("wants access to your account");
        await page.UncheckAsync("input[type=checkbox][value=email]");
        await page.ClickAsync(Hands.Allow);
        await page.ArriveAsync();

        var arrival = server.End.Of(state);
        Assert.Equal("GET", arrival.Method);
        Assert.Equal(server.Issuer, arrival["iss"]);
        Assert.Equal("openid profile read:files", (await server.RedeemAsync(arrival)).GetProperty("scope").GetString());
        AssertQuiet(browser);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_who_denies_is_sent_back_without_a_code(bool scripts)
    {
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask();
        await page.GotoAsync(url);
        await page.SignInAsync(await server.NewUserAsync());
        await page.ClickAsync(Hands.Deny);
        await page.ArriveAsync();

        AssertDenied(server.End.Of(state));
        AssertQuiet(browser);
    }

    [Fact]
    public async Task A_person_who_cancels_the_login_is_sent_back_without_a_code()
    {
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask();
        await page.GotoAsync(url);
        await page.ClickAsync("button[value=cancel]");   // both fields are empty and required
        await page.ArriveAsync();

        AssertDenied(server.End.Of(state));
        AssertQuiet(browser);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_password_is_announced_and_only_the_password_is_to_type_again(bool scripts)
    {
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(server.Ask().Url);
        await Assertions.Expect(page.Locator("#username")).ToBeFocusedAsync();
        await page.SignInAsync(user, "wrong");

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That username and password do not match. Check both and try again.");
        Assert.StartsWith("Error: ", await page.TitleAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("#username")).ToHaveValueAsync(user.Username);
        await Assertions.Expect(page.Locator("#password")).ToHaveValueAsync("");
        await Assertions.Expect(page.Locator("#password")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#password")).ToHaveAttributeAsync("aria-describedby", "error trust");
        await Assertions.Expect(page.Locator("#password")).ToHaveAttributeAsync("aria-invalid", "true");

        await page.Keyboard.TypeAsync(AuthCoreApp.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ExpectHeadingAsync("wants access to your account");
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }

    [Fact]
    public async Task A_person_who_is_locked_out_reads_how_long_to_wait()
    {
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(server.Ask().Url);
        for (var failures = 0; failures < 10; failures++)
        {
            await page.SignInAsync(user, "wrong");
        }

        await page.SignInAsync(user);
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("There were too many attempts to sign in. Wait 1 minute, then try again.");
        await Assertions.Expect(page.Locator("#username")).ToHaveValueAsync(user.Username);
        await Assertions.Expect(page.Locator("#username")).Not.ToHaveAttributeAsync("aria-invalid", "true");
        Assert.DoesNotContain(await browser.Context.CookiesAsync(), cookie => cookie.Name.Contains("session", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_post_answer_arrives_by_itself_and_without_scripts_by_a_button(bool scripts)
    {
        await using var browser = await server.OpenAsync(chromium, scripts);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask("openid profile", ("response_mode", "form_post"));
        await page.GotoAsync(url);
        await page.SignInAsync(await server.NewUserAsync());
        await page.ClickAsync(Hands.Allow);
        if (!scripts)
        {
            await page.ExpectHeadingAsync("Going back to");
            await page.ClickAsync(Hands.Primary);
        }

        await page.ArriveAsync();
        var arrival = server.End.Of(state);
        Assert.Equal("POST", arrival.Method);
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
        Assert.Equal("openid profile", (await server.RedeemAsync(arrival)).GetProperty("scope").GetString());
        AssertQuiet(browser);
    }

    [Fact]
    public async Task An_application_with_a_scheme_of_its_own_is_called_by_the_browser()
    {
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        var location = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        browser.Context.Response += async (_, response) =>
        {
            if (await response.HeaderValueAsync("location") is { } target && target.StartsWith("com.example.app:", StringComparison.Ordinal))
            {
                location.TrySetResult(target);
            }
        };
        var request = TestBrowser.Request(Seed.Native, "openid");
        request["redirect_uri"] = "com.example.app:/cb";
        await page.GotoAsync($"{server.Issuer}/authorize?{TestBrowser.Encode(request)}");
        await page.SignInAsync(await server.NewUserAsync());
        await page.ClickAsync(Hands.Allow);

        Assert.Contains("code=", await location.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(browser.Violations);   // form-action names the scheme
    }

    [Fact]
    public async Task A_person_needs_no_mouse_and_always_sees_where_the_focus_is()
    {
        var user = await server.NewUserAsync();
        await using var browser = await server.OpenAsync(chromium);
        var page = await browser.OpenTabAsync();
        var (url, state) = server.Ask("openid profile read:files");
        await page.GotoAsync(url);
        await Assertions.Expect(page.Locator("#username")).ToBeFocusedAsync();   // the browser gives it the focus after its first picture
        await page.Keyboard.TypeAsync(user.Username);
        await TabToAsync(page, "#password");
        await page.Keyboard.TypeAsync(AuthCoreApp.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ExpectHeadingAsync("wants access to your account");

        await TabToAsync(page, "input[value='read:files']");
        await page.Keyboard.PressAsync("Space");
        await TabToAsync(page, Hands.Allow);
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync();
        Assert.Equal("openid profile", (await server.RedeemAsync(server.End.Of(state))).GetProperty("scope").GetString());
        AssertQuiet(browser);
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var presses = 0; presses < 20; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            var seen = await page.EvaluateAsync<string>("() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth; }");
            Assert.Matches("^(solid|auto) [1-9]", seen);
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"The Tab key never reaches {selector}.");
    }

    private void AssertDenied(Arrival arrival)
    {
        Assert.Equal("access_denied", arrival["error"]);
        Assert.Equal(server.Issuer, arrival["iss"]);
        Assert.Null(arrival["code"]);
    }

    private static void AssertQuiet(WatchedBrowser browser)
    {
        Assert.Empty(browser.Errors);
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }
}
