using System.Text.RegularExpressions;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace AuthCore.Tests.Samples;

/// <summary>The samples as their users run them, against one started server, in a real browser where one is due.</summary>
public sealed class SamplesTests(RunningSamples samples, Chromium chromium) : IClassFixture<RunningSamples>
{
    [Fact]
    public async Task The_web_app_signs_a_person_in_and_keeps_every_token_from_the_browser()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.WebApp);
        await page.ClickAsync("text=Sign in with AuthCore");
        await SignInAsync(page);

        await page.WaitForURLAsync(samples.WebApp + "/");
        Assert.Equal("Hello, Alice Adams", await page.InnerTextAsync("h1"));
        Assert.Contains("\"you_are\": \"demo-alice\"", await page.InnerTextAsync("#api"), StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
        Assert.All(await browser.Context.CookiesAsync(), cookie => Assert.True(cookie.HttpOnly, cookie.Name));

        await page.ClickAsync("text=Sign out");
        Assert.Equal("Signed out", await page.InnerTextAsync("h1"));
        await page.GotoAsync(samples.WebApp);
        Assert.Contains("You are not signed in", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        AssertQuiet(browser);
    }

    [Fact]
    public async Task The_web_app_refreshes_a_token_before_it_expires()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.WebApp + "/sign-in");
        await SignInAsync(page);
        await page.WaitForURLAsync(samples.WebApp + "/");
        Assert.Equal("1", await page.InnerTextAsync("#refreshes"));

        await page.ClickAsync("text=Call the API again");
        await Assertions.Expect(page.Locator("#refreshes")).ToHaveTextAsync("2");
        Assert.Contains("demo-alice", await page.InnerTextAsync("#api"), StringComparison.Ordinal);
    }

    // RFC 9470: refused, sent to sign in, let in
    [Fact]
    public async Task The_web_app_has_a_person_sign_in_again_where_the_API_wants_a_recent_sign_in()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.WebApp + "/sign-in");
        await SignInAsync(page);
        await page.WaitForURLAsync(samples.WebApp + "/");
        await page.ClickAsync("text=Show me the secret");
        Assert.Contains("flower pot", await page.InnerTextAsync("#secret"), StringComparison.Ordinal);   // she has just signed in

        await using (var connection = new NpgsqlConnection(samples.Database))
        {
            await connection.ExecuteAsync("update sessions set authenticated_at = authenticated_at - interval '10 minutes'");
        }

        await page.GotoAsync(samples.WebApp + "/sign-in");   // the server knows her still, and tells when it was
        await page.WaitForURLAsync(samples.WebApp + "/");
        await page.ClickAsync("text=Show me the secret");
        await page.FillAsync("#password", "alice-password");
        await page.FillAsync("#username", "alice");
        await page.ClickAsync("button.primary");

        await page.WaitForURLAsync(samples.WebApp + "/secret**");
        Assert.Contains("flower pot", await page.InnerTextAsync("#secret"), StringComparison.Ordinal);
        Assert.Contains("demo-alice", await page.InnerTextAsync("#secret"), StringComparison.Ordinal);
        AssertQuiet(browser);
    }

    [Fact]
    public async Task The_web_app_says_in_words_that_a_person_denied()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.WebApp + "/sign-in");
        await SignInAsync(page, "bob", "deny");

        await page.WaitForURLAsync(samples.WebApp + "/callback?**");
        Assert.Contains("You did not allow it", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Empty(browser.Violations);
    }

    [Fact]
    public async Task The_web_app_takes_no_answer_of_another_browser_or_another_server()
    {
        await using var attacker = await chromium.OpenAsync(samples.Origins);
        var theirs = await attacker.OpenTabAsync();
        var state = await StateAsync(theirs, () => theirs.GotoAsync(samples.WebApp + "/sign-in"));

        await using var victim = await chromium.OpenAsync(samples.Origins);
        var page = await victim.OpenTabAsync();
        var own = await StateAsync(page, () => page.GotoAsync(samples.WebApp + "/sign-in"));
        await page.GotoAsync($"{samples.WebApp}/callback?code=stolen&state={state}&iss={Uri.EscapeDataString(samples.Issuer)}");
        Assert.Contains("does not belong to a sign-in", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);

        await page.GotoAsync($"{samples.WebApp}/callback?code=mixed-up&state={own}&iss=https%3A%2F%2Fother.example");
        Assert.Contains("not from the server that was asked", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_single_page_app_keeps_tokens_in_memory_and_apart_in_two_tabs()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var one = await SignedInSpaAsync(browser);
        Assert.Equal("Hello, Alice Adams", await one.InnerTextAsync("h1"));
        Assert.Contains("\"you_are\": \"demo-alice\"", await one.InnerTextAsync("#api"), StringComparison.Ordinal);
        Assert.Equal(samples.Spa + "/", one.Url);   // no code left in the address bar
        Assert.Equal("00", await one.EvaluateAsync<string>("`${localStorage.length}${sessionStorage.length}`"));

        var two = await browser.OpenTabAsync();
        await two.GotoAsync(samples.Spa);
        await two.ClickAsync("#sign-in");
        await two.ClickAsync("button[value=allow]");   // the server knows her, asks again, and has her ticks of before
        await two.ClickAsync("#call");
        await one.ClickAsync("#call");
        await Assertions.Expect(one.Locator("#signed-in")).ToBeVisibleAsync();

        await two.ClickAsync("#sign-out");
        await Assertions.Expect(one.Locator("h1")).ToHaveTextAsync("Signed out in another tab");
        AssertQuiet(browser);
    }

    [Fact]
    public async Task The_single_page_app_refreshes_once_for_calls_at_the_same_time()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var refreshes = 0;
        await browser.Context.RouteAsync("**/token", async route =>
        {
            // As if the server's tokens lived for 20 s only.
            refreshes += route.Request.PostData!.Contains("grant_type=refresh_token", StringComparison.Ordinal) ? 1 : 0;
            var response = await route.FetchAsync();
            var shortLived = Regex.Replace(await response.TextAsync(), "\"expires_in\":[0-9]+", "\"expires_in\":20", RegexOptions.None, TimeSpan.FromSeconds(1));
            await route.FulfillAsync(new RouteFulfillOptions { Response = response, Body = shortLived });
        });
        var page = await SignedInSpaAsync(browser);

        Assert.Equal("1", await page.InnerTextAsync("#refreshes"));   // for /api/me and /userinfo together
        await page.ClickAsync("#call");
        await Assertions.Expect(page.Locator("#refreshes")).ToHaveTextAsync("2");
        Assert.Equal(2, refreshes);
        AssertQuiet(browser);
    }

    [Fact]
    public async Task The_single_page_app_goes_on_without_a_permission_that_was_unticked()
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await SignedInSpaAsync(browser, untick: "read:profile");

        Assert.Contains("You did not allow this.", await page.InnerTextAsync("#api"), StringComparison.Ordinal);
        Assert.Contains("insufficient_scope", await page.InnerTextAsync("#api"), StringComparison.Ordinal);
        Assert.Contains("alice@example.com", await page.InnerTextAsync("#userinfo"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code=a&state=forged", "does not belong to a sign-in")]
    [InlineData("code=a&state=OWN&iss=https%3A%2F%2Fother.example", "not from the server that was asked")]
    [InlineData("code=a&state=OWN", "not from the server that was asked")]
    [InlineData("error=access_denied&state=OWN&iss=ISSUER", "You did not allow it")]
    [InlineData("code=invented&state=OWN&iss=ISSUER", "The server could not sign you in. (invalid_grant)")]
    public async Task The_single_page_app_says_what_is_wrong_with_an_answer(string query, string words)
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.Spa);
        var own = await StateAsync(page, () => page.ClickAsync("#sign-in"));
        await page.WaitForSelectorAsync("#username");
        var answer = query.Replace("OWN", own, StringComparison.Ordinal).Replace("ISSUER", Uri.EscapeDataString(samples.Issuer), StringComparison.Ordinal);
        await page.GotoAsync($"{samples.Spa}/callback?{answer}");

        await Assertions.Expect(page.Locator("#problem")).ToContainTextAsync(words);
        await Assertions.Expect(page.Locator("#sign-in")).ToBeVisibleAsync();
        Assert.Empty(browser.Violations);
    }

    [Fact]
    public async Task The_command_line_signs_in_through_the_browser_and_refreshes()
    {
        await using var cli = SampleProcess.StartSample("cli", "Cli", samples.Environment, "--no-browser", "--count", "2", "--every", "0.1");
        await FollowAsync(await cli.LineAsync("/authorize?"), "alice", "allow", "Thank you");

        Assert.Equal(0, await cli.EndAsync());
        Assert.Matches("email +alice@example.com", cli.Output);
        Assert.Contains("it was refreshed", cli.Output, StringComparison.Ordinal);
        Assert.Contains("\"owner\":\"demo-alice\"", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_says_in_words_that_a_person_denied()
    {
        await using var cli = SampleProcess.StartSample("cli", "Cli", samples.Environment, "--no-browser");
        var url = await cli.LineAsync("/authorize?");
        using (var http = new HttpClient())
        {
            using var intruder = await http.GetAsync(Value(url, "redirect_uri") + "?code=a&state=forged");   // ends nothing
            Assert.Equal(400, (int)intruder.StatusCode);
        }

        await FollowAsync(url, "bob", "deny", "Not signed in");

        Assert.Equal(1, await cli.EndAsync());
        Assert.Contains("You did not allow it", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_worker_asks_for_one_token_and_uses_it_for_every_call()
    {
        await using var worker = SampleProcess.StartSample("worker", "Worker", samples.Environment, "--count", "3", "--every", "0.1");

        Assert.Equal(0, await worker.EndAsync());
        Assert.Contains("3: files: Holiday plans.txt", worker.Output, StringComparison.Ordinal);
        Assert.Equal(2, worker.Output.Split("a new access token").Length);
    }

    [Fact]
    public async Task The_worker_stops_when_its_secret_is_wrong()
    {
        var environment = samples.Environment;
        environment["CLIENT_SECRET"] = "not the secret of this worker, alas";
        await using var worker = SampleProcess.StartSample("worker", "Worker", environment, "--every", "0.1");

        Assert.Equal(1, await worker.EndAsync());
        Assert.Contains("invalid_client", worker.Output, StringComparison.Ordinal);
    }

    private async Task<IPage> SignedInSpaAsync(WatchedBrowser browser, string? untick = null)
    {
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(samples.Spa);
        await page.ClickAsync("#sign-in");
        await SignInAsync(page, untick: untick);
        await page.WaitForSelectorAsync("#signed-in");
        return page;
    }

    private static async Task SignInAsync(IPage page, string user = "alice", string decision = "allow", string? untick = null)
    {
        await page.FillAsync("#username", user);
        await page.FillAsync("#password", user + "-password");
        await page.ClickAsync("button.primary");

        // What was allowed to the web app in another test is not asked again.
        var next = page.Locator("button[value=allow], #refreshes").First;
        await next.WaitForAsync();
        if (await page.Locator("button[value=allow]").CountAsync() == 0)
        {
            return;
        }

        // What was left unticked in another test is unticked at first in this one: each box is set as the test wants it.
        foreach (var box in await page.Locator("input[type=checkbox]:not([disabled])").AllAsync())
        {
            await box.SetCheckedAsync(await box.GetAttributeAsync("value") != untick);
        }

        await page.ClickAsync($"button[value={decision}]");
    }

    private async Task FollowAsync(string url, string user, string decision, string title)
    {
        await using var browser = await chromium.OpenAsync(samples.Origins);
        var page = await browser.OpenTabAsync();
        await page.GotoAsync(url);
        await SignInAsync(page, user, decision);
        await page.WaitForURLAsync("http://127.0.0.1:*/**");
        Assert.Equal(title, await page.InnerTextAsync("h1"));
        Assert.Empty(browser.Violations);
    }

    private static async Task<string> StateAsync(IPage page, Func<Task> begin)
    {
        var request = await page.RunAndWaitForRequestAsync(begin, new Regex("/authorize[?]", RegexOptions.None, TimeSpan.FromSeconds(1)));
        return Value(request.Url, "state");
    }

    private static string Value(string url, string name) =>
        Uri.UnescapeDataString(Regex.Match(url, $"[?&]{name}=(?<value>[^&]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value);

    private static void AssertQuiet(WatchedBrowser browser)
    {
        Assert.Empty(browser.Errors);
        Assert.Empty(browser.Violations);
        Assert.Empty(browser.Foreign);
    }
}
