using System.Net;
using AuthCore.Keys;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class LockoutTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task After_ten_wrong_passwords_even_the_right_one_is_not_looked_at()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        await FailAsync(browser, 10, user.Username);
        var before = app.Get<PasswordHasher>().WorkDone;

        var locked = await TryAsync(browser, user.Username);

        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.Equal(before, app.Get<PasswordHasher>().WorkDone);
        Assert.Contains("Wait 1 minute", await Walk.TextOf(locked), StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-authcore-session", Walk.CookiesOf(locked).Keys);
    }

    [Fact]
    public async Task Nine_wrong_passwords_lock_nothing_and_a_right_one_clears_them()
    {
        var user = await app.NewUserAsync();
        for (var i = 0; i < 2; i++)
        {
            using var browser = app.CreateBrowser();
            await FailAsync(browser, 9, user.Username);
            Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(browser, user.Username)).StatusCode);
        }
    }

    [Fact]
    public async Task The_lock_is_temporary_and_doubles_to_fifteen_minutes_at_most()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        foreach (var minutes in new[] { 1, 2, 4, 8, 15, 15 })
        {
            for (var failures = 0; (await TryAsync(browser, user.Username, "wrong")).StatusCode != HttpStatusCode.TooManyRequests; failures++)
            {
                Assert.True(failures <= 10);
            }

            app.Time!.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(browser, user.Username)).StatusCode);
            app.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TryAsync(browser, user.Username, "wrong")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(browser, user.Username)).StatusCode);
    }

    [Fact]
    public async Task Name_email_case_and_blanks_share_one_count()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        string[] names = [user.Username, user.Email!, user.Username.ToUpperInvariant(), user.Email!.ToUpperInvariant(), $" {user.Username} "];
        await FailAsync(browser, 10, names);

        foreach (var name in names)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(browser, name)).StatusCode);
        }
    }

    [Fact]
    public async Task Names_that_nobody_has_are_locked_the_same_way()
    {
        using var browser = app.CreateBrowser();
        await FailAsync(browser, 10, "nobody-here", "NOBODY-HERE", " nobody-here ");

        var locked = await TryAsync(browser, "Nobody-Here");

        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.Contains("Wait 1 minute", await Walk.TextOf(locked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_account_being_locked_leaves_the_others_alone()
    {
        var (locked, other) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = app.CreateBrowser();
        await FailAsync(browser, 10, locked.Username);

        Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(browser, other.Username)).StatusCode);
    }

    [Fact]
    public async Task A_signed_in_person_goes_on_and_signs_in_again_while_strangers_at_the_same_address_are_locked_out()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        using var stranger = app.CreateBrowser();
        await FailAsync(stranger, 10, user.Username);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(stranger, user.Username)).StatusCode);

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty))));
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty).With("prompt", "login"));
        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(page, user)));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(stranger, user.Username)).StatusCode);
    }

    [Fact]
    public async Task A_session_of_one_person_is_no_way_to_guess_anothers_password()
    {
        var (attacker, victim) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(attacker);
        await FailAsync(browser, 10, victim.Username);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(browser, victim.Username)).StatusCode);
        using var second = await app.NewSessionAsync(attacker);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(second, victim.Username)).StatusCode);
    }

    [Fact]
    public async Task A_session_does_not_give_its_own_person_endless_guesses_either()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await FailAsync(browser, 10, user.Username);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(browser, user.Username)).StatusCode);
    }

    [Fact]
    public async Task Fifty_wrong_passwords_at_once_are_no_more_than_ten_looked_at()
    {
        var user = await app.NewUserAsync();
        var browsers = Enumerable.Range(0, 50).Select(_ => app.CreateBrowser()).ToArray();
        var pages = await Task.WhenAll(browsers.Select(browser => browser.GetAsync("/login")));
        var hasher = app.Get<PasswordHasher>();
        var before = hasher.WorkDone;
        await hasher.VerifyAsync(null, "wrong", CancellationToken.None);
        var one = hasher.WorkDone - before;
        before = hasher.WorkDone;

        var answers = await Task.WhenAll(browsers.Zip(pages, (browser, page) => browser.SubmitAsync(page, ("username", user.Username), ("password", "wrong"))));

        Assert.Equal(10 * one, hasher.WorkDone - before);
        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(40, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Array.ForEach(browsers, browser => browser.Dispose());
    }

    [Fact]
    public async Task The_count_is_kept_in_the_database_and_holds_on_a_second_node()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        await FailAsync(browser, 10, user.Username);
        await using var node = app.StartSecondNode();
        using var elsewhere = app.CreateBrowser(node);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(elsewhere, user.Username)).StatusCode);
    }

    private static async Task FailAsync(TestBrowser browser, int times, params string[] names)
    {
        for (var i = 0; i < times; i++)
        {
            var answer = await TryAsync(browser, names[i % names.Length], "wrong");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> TryAsync(TestBrowser browser, string name, string password = AuthCoreApp.Password) =>
        await browser.SubmitAsync(await browser.GetAsync("/login"), ("username", name), ("password", password));
}
