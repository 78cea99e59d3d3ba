using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class AuthorizeInteractionTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task A_cross_site_post_is_kept_and_decided_at_the_get_that_follows_with_the_persons_own_cookies()
    {
        using var site = app.CreateBrowser();   // what a cross-site POST brings: no cookies
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var kept = await site.PostAsync("/authorize", TestBrowser.Request(Seed.FirstParty));

        Assert.Equal(HttpStatusCode.SeeOther, kept.StatusCode);
        Assert.StartsWith("/authorize?i=", kept.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull(Walk.CodeOf(await browser.FollowAsync(kept)));
    }

    [Fact]
    public async Task A_cross_site_post_leaves_the_cookies_alone_that_other_tabs_live_on()
    {
        using var site = app.CreateBrowser();

        Assert.Empty(Walk.CookiesOf(await site.PostAsync("/authorize", TestBrowser.Request(Seed.Web))));
    }

    [Fact]
    public async Task A_post_by_a_new_browser_ends_in_a_code_too()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();

        var login = await browser.FollowAsync(await browser.PostAsync("/authorize", TestBrowser.Request(Seed.FirstParty)));

        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(login, user)));
    }

    [Fact]
    public async Task What_was_posted_belongs_to_the_first_browser_that_comes_for_it()
    {
        using var first = app.CreateBrowser();
        using var second = await app.NewSessionAsync(await app.NewUserAsync());
        var kept = await first.PostAsync("/authorize", TestBrowser.Request(Seed.FirstParty));
        Assert.Equal("/login", Walk.PathOf(await first.FollowAsync(kept)));

        var page = await second.GetAsync(kept.Headers.Location!.OriginalString);

        await AssertPageAsync(page, "interaction_unknown");
        Assert.Empty(Walk.CookiesOf(page));
    }

    [Theory]
    [InlineData("/authorize")]
    [InlineData("/login")]
    [InlineData("/consent")]
    [InlineData("/select-account")]
    public async Task Another_browser_is_refused_at_every_step_even_if_the_same_person_is_signed_in_there(string path)
    {
        var user = await app.NewUserAsync();
        using var first = await app.NewSessionAsync(user);
        using var second = await app.NewSessionAsync(user);
        await second.OpenAsync(TestBrowser.Request(Seed.Web));   // it has a cookie of its own
        var interaction = Walk.InteractionOf(await first.OpenAsync(TestBrowser.Request(Seed.Web)));

        await AssertPageAsync(await second.GetAsync($"{path}?i={interaction}"), "interaction_unknown");
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/consent")]
    [InlineData("/select-account")]
    public async Task A_post_for_another_browsers_interaction_changes_nothing(string path)
    {
        var user = await app.NewUserAsync();
        using var first = await app.NewSessionAsync(user);
        using var second = await app.NewSessionAsync(user);
        var page = await first.OpenAsync(TestBrowser.Request(Seed.Web));
        var (_, own) = await TestBrowser.ReadFormAsync(await second.OpenAsync(TestBrowser.Request(Seed.Web)));
        var fields = own.Where(f => f.Key != "i").Append(new("i", Walk.InteractionOf(page)));

        foreach (var decision in new[] { "allow", "deny", "continue", "cancel" })
        {
            await AssertPageAsync(await second.PostAsync(path, [.. fields, new("decision", decision), new("username", user.Username), new("password", AuthCoreApp.Password)]), "interaction_unknown");
        }

        Assert.NotNull(Walk.CodeOf(await first.PressAsync(page, "allow")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ac_int_")]
    [InlineData("nonsense")]
    public async Task A_handle_that_is_none_is_refused(string interaction)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        foreach (var path in new[] { "/consent", "/select-account" })
        {
            await AssertPageAsync(await browser.GetAsync($"{path}?i={interaction}"), "interaction_unknown");
        }
    }

    [Fact]
    public async Task A_handle_changed_in_one_character_is_refused()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var interaction = Walk.InteractionOf(await browser.OpenAsync(TestBrowser.Request(Seed.Web)));

        foreach (var changed in new[] { interaction[..^1], interaction + "A", interaction[..^2] + (interaction[^2] == 'A' ? "B" : "A") + interaction[^1], interaction.ToUpperInvariant() })
        {
            await AssertPageAsync(await browser.GetAsync($"/consent?i={changed}"), "interaction_unknown");
        }
    }

    [Fact]
    public async Task After_ten_minutes_every_step_says_how_to_go_on_and_names_the_application()
    {
        var client = Seed.Web with { ClientId = "patient", ClientName = "Patient Application", InitiateLoginUri = "https://app.example/start" };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var page = await browser.OpenAsync(TestBrowser.Request(client));
        var (_, fields) = await TestBrowser.ReadFormAsync(page);
        var interaction = Walk.InteractionOf(page);

        app.Time!.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/consent?i={interaction}")).StatusCode);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        foreach (var expired in new[]
        {
            await browser.GetAsync($"/authorize?i={interaction}"), await browser.GetAsync($"/login?i={interaction}"), await browser.GetAsync($"/consent?i={interaction}"),
            await browser.GetAsync($"/select-account?i={interaction}"), await browser.PostAsync("/consent", [.. fields, new("decision", "allow")]),
        })
        {
            await AssertPageAsync(expired, "interaction_expired");
            Assert.Contains("Patient Application", await Walk.TextOf(expired), StringComparison.Ordinal);
            Assert.Equal("https://app.example/start", (await Walk.DocumentOf(expired)).QuerySelector("a")!.GetAttribute("href"));
        }
    }

    [Fact]
    public async Task Back_after_the_answer_shows_that_it_is_finished_and_gives_no_second_code()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        var (_, fields) = await TestBrowser.ReadFormAsync(page);
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(page, "allow")));

        var interaction = Walk.InteractionOf(page);
        foreach (var again in new[]
        {
            await browser.GetAsync($"/authorize?i={interaction}"), await browser.GetAsync($"/consent?i={interaction}"),
            await browser.PostAsync("/consent", [.. fields, new("decision", "allow")]), await browser.PostAsync("/consent", [.. fields, new("decision", "deny")]),
        })
        {
            await AssertPageAsync(again, "interaction_finished");
            Assert.Contains(Seed.Web.ClientName, await Walk.TextOf(again), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_sent_twice_gives_one_code()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        var first = await browser.SubmitAsync(page, ("decision", "allow"));
        var second = await browser.SubmitAsync(page, ("decision", "allow"));

        var answers = new[] { await browser.FollowAsync(first), await browser.FollowAsync(second) };

        Assert.Single(answers, answer => Walk.CodeOf(answer) is not null);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Two_tabs_go_their_own_ways()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var one = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty).With("state", "one"));
        var two = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty).With("state", "two"));

        var first = await browser.SignInAtAsync(one, user);
        var second = await browser.SignInAtAsync(two, user);

        Assert.Equal("one", TestBrowser.QueryOf(first)["state"]);
        Assert.Equal("two", TestBrowser.QueryOf(second)["state"]);
        Assert.NotNull(Walk.CodeOf(first));
        Assert.NotNull(Walk.CodeOf(second));
    }

    [Fact]
    public async Task Deny_is_final_even_if_allow_is_posted_before_the_client_was_answered()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));

        await browser.SubmitAsync(page, ("decision", "deny"));
        var answer = await browser.PressAsync(page, "allow");

        Assert.Equal("access_denied", Walk.ErrorOf(answer));
        Assert.Null(Walk.CodeOf(answer));
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"))));
        await AssertPageAsync(await browser.PressAsync(page, "allow"), "interaction_finished");
    }

    [Fact]
    public async Task Deny_after_an_allow_that_has_not_gone_out_yet_wins()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));

        await browser.SubmitAsync(page, ("decision", "allow"));

        Assert.Equal("access_denied", Walk.ErrorOf(await browser.PressAsync(page, "deny")));
    }

    [Theory]
    [InlineData("/consent", "decision", "allow")]
    [InlineData("/select-account", "decision", "continue")]
    [InlineData("/consent", null, null)]
    [InlineData("/select-account", null, null)]
    [InlineData("/login", null, null)]
    [InlineData("/login", "username", "alice")]
    [InlineData("/login", "decision", "allow")]
    public async Task Without_a_session_no_other_step_gets_anywhere(string path, string? name, string? value)
    {
        using var browser = app.CreateBrowser();
        var login = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty));
        var (_, fields) = await TestBrowser.ReadFormAsync(login);
        if (name is not null)
        {
            fields.Add(new(name, value!));
        }

        var answer = await browser.FollowAsync(await browser.PostAsync(path, fields));

        Assert.Equal("/login", Walk.PathOf(answer));
        Assert.Null(answer.Headers.Location);
        Assert.Equal("/login", Walk.PathOf(await browser.OpenInteractionAsync(Walk.InteractionOf(login))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ALLOW")]
    [InlineData("continue")]
    [InlineData("signout")]
    public async Task A_consent_post_without_its_decision_makes_no_progress(string? decision)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));

        var answer = await browser.FollowAsync(decision is null ? await browser.SubmitAsync(page) : await browser.SubmitAsync(page, ("decision", decision)));

        Assert.Equal("/consent", Walk.PathOf(answer));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("select_account", "/select-account")]
    [InlineData("login", "/login")]
    public async Task Allow_posted_at_an_earlier_step_does_not_skip_it(string prompt, string step)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web).With("prompt", prompt));
        Assert.Equal(step, Walk.PathOf(page));

        var answer = await browser.PressAsync(await browser.GetAsync("/consent?i=" + Walk.InteractionOf(page)), "allow");

        Assert.Equal(step, Walk.PathOf(answer));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_way_back_is_an_interaction_and_never_a_url()
    {
        var user = await app.NewUserAsync();
        foreach (var name in new[] { "returnUrl", "return_to", "next", "redirect_uri", "continue", "ReturnUrl" })
        {
            using var browser = app.CreateBrowser();
            var page = await browser.GetAsync($"/login?{name}=https%3A%2F%2Fevil.test%2F");

            var answer = await browser.SubmitAsync(page, ("username", user.Username), ("password", AuthCoreApp.Password), (name, "https://evil.test/"));

            Assert.Equal("/", answer.Headers.Location!.OriginalString);
            Assert.DoesNotContain("evil.test", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_value_of_the_request_and_no_handle_of_the_interaction_is_ever_in_a_cookie()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With("login_hint", "hint-value").With("state", "state-value").With("nonce", "nonce-value");
        List<HttpResponseMessage> answers = [await browser.AuthorizeAsync(request)];
        var login = await browser.FollowAsync(answers[0]);
        answers.Add(login);
        answers.Add(await browser.SubmitAsync(login, ("username", user.Username), ("password", AuthCoreApp.Password)));
        var consent = await browser.FollowAsync(answers[^1]);
        answers.Add(consent);
        answers.Add(await browser.SubmitAsync(consent, ("decision", "allow")));
        answers.Add(await browser.FollowAsync(answers[^1]));

        var cookies = answers.SelectMany(answer => answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : []).ToArray();

        Assert.NotEmpty(cookies);
        string[] secrets = [.. request.Values.Where(value => value.Length > 8), Walk.InteractionOf(login), Walk.CodeOf(answers[^1])!, AuthCoreApp.Password];
        Assert.All(cookies, cookie => Assert.All(secrets, value => Assert.DoesNotContain(value, cookie, StringComparison.OrdinalIgnoreCase)));
    }

    private static async Task AssertPageAsync(HttpResponseMessage page, string code)
    {
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Null(page.Headers.Location);
        Assert.Equal(code, (await Walk.DocumentOf(page)).QuerySelector("dd code")!.TextContent);
    }
}
