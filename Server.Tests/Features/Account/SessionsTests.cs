using System.Net;
using AuthCore.Endpoints;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Features.Account;

/// <summary>A server with an application that hears in a frame of the end of each session.</summary>
public sealed class FramingServer : IAsyncLifetime
{
    public AuthCoreApp App { get; } = new() { ServicesChange = services => services.AddSingleton<ISignOutFrames, Frames>() };

    public ValueTask InitializeAsync() => App.InitializeAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private sealed class Frames : ISignOutFrames
    {
        public Task<IReadOnlyList<string>> FindAsync(SessionRow session, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([$"https://other.example/out?{session.Id}"]);
    }
}

public sealed class SessionsTests(FramingServer server) : IClassFixture<FramingServer>
{
    private const string Page = "/account/sessions";
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private static readonly Dictionary<string, string> s_silent = TestBrowser.Request(Seed.FirstParty).With("prompt", "none");

    private AuthCoreApp App => server.App;

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_comes_back()
    {
        var user = await App.NewUserAsync();
        using var browser = App.CreateBrowser();

        var answer = await browser.SubmitAsync(await browser.FollowAsync(await browser.GetAsync(Page)), ("username", user.Username), ("password", AuthCoreApp.Password));

        Assert.Equal(Page, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Each_session_is_shown_with_browser_start_and_last_visit_and_this_one_is_marked()
    {
        var user = await App.NewUserAsync();
        using var there = App.CreateBrowser();
        there.Http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Firefox);
        await there.SignInAsync(user.Username);
        App.Time!.Advance(TimeSpan.FromHours(3));
        using var here = await App.NewSessionAsync(user);
        App.Time.Advance(TimeSpan.FromMinutes(10));

        var document = await Walk.DocumentOf(await here.GetAsync(Page));

        var entries = document.QuerySelectorAll(".entries > li");
        Assert.Equal(2, entries.Length);
        Assert.Contains("An unknown browser", entries[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("This browser", entries[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("10 minutes ago", entries[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Firefox on Windows", entries[1].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("This browser", entries[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("3 hours ago", entries[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("and in 1 more", document.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alone_one_is_told_so()
    {
        using var browser = await App.NewSessionAsync(await App.NewUserAsync());

        Assert.Contains("in this browser, and in no other", await Walk.TextOf(await browser.GetAsync(Page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_session_is_ended_and_this_one_lives()
    {
        var user = await App.NewUserAsync();
        using var there = await App.NewSessionAsync(user);
        var online = await there.BeginAsync(Seed.FirstParty, "read:files", user.Username);
        using var here = await App.NewSessionAsync(user);

        var answer = await PostAsync(here, "end", index: 1);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("That session has ended", await Walk.TextOf(await here.FollowAsync(answer)), StringComparison.Ordinal);
        Assert.Equal("login_required", Walk.ErrorOf(await there.AuthorizeAsync(s_silent)));
        Assert.Equal(TokenAnswer.InvalidGrant, (await there.RefreshAsync(Seed.FirstParty, online.RefreshToken)).Verdict);
        Assert.NotNull(Walk.CodeOf(await here.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task Ending_this_one_signs_out_here_and_nowhere_else()
    {
        var user = await App.NewUserAsync();
        using var there = await App.NewSessionAsync(user);
        using var here = await App.NewSessionAsync(user);

        var answer = await PostAsync(here, "end", index: 0);

        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), line => line.StartsWith("__Host-authcore-session=;", StringComparison.Ordinal));
        Assert.Contains("You are signed out", await Walk.TextOf(await here.FollowAsync(answer)), StringComparison.Ordinal);
        Assert.Equal("login_required", Walk.ErrorOf(await here.AuthorizeAsync(s_silent)));
        Assert.NotNull(Walk.CodeOf(await there.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_and_every_access_and_nobody_elses()
    {
        var (user, other) = (await App.NewUserAsync(), await App.NewUserAsync());
        using var there = await App.NewSessionAsync(user);
        using var others = await App.NewSessionAsync(other);
        var offline = await there.BeginAsync(Seed.FirstParty, username: user.Username);
        var code = Walk.CodeOf(await there.AuthorizeAsync(s_silent))!;
        using var here = await App.NewSessionAsync(user);

        var answer = await PostAsync(here, "everywhere", index: 0);

        Assert.Contains("You are signed out", await Walk.TextOf(await here.FollowAsync(answer)), StringComparison.Ordinal);
        foreach (var browser in new[] { here, there })
        {
            Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(s_silent)));
        }

        Assert.Equal(TokenAnswer.InvalidGrant, (await there.RefreshAsync(Seed.FirstParty, offline.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await there.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.NotNull(Walk.CodeOf(await others.AuthorizeAsync(s_silent)));
    }

    // Front-Channel Logout §3: frames reach applications in the browser that holds their cookies, and in no other
    [Theory]
    [InlineData("end", 0, true)]
    [InlineData("everywhere", 1, true)]
    [InlineData("end", 1, false)]
    public async Task Whoever_signs_out_here_has_the_frames_of_this_session_loaded_and_of_no_other(string decision, int index, bool isHere)
    {
        var user = await App.NewUserAsync();
        using var there = await App.NewSessionAsync(user);
        using var here = await App.NewSessionAsync(user);
        var mine = (await FieldsAsync(here, 0))["ending"];

        var page = await here.FollowAsync(await PostAsync(here, decision, index));

        string[] framed = [.. (await Walk.DocumentOf(page)).QuerySelectorAll("iframe").Select(frame => frame.GetAttribute("src")!)];
        Assert.Equal(isHere ? ["https://other.example/out?" + mine] : [], framed);
        Assert.Equal(isHere, page.Headers.GetValues("Content-Security-Policy").Single().Contains("frame-src https://other.example;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("decision", "")]
    [InlineData("decision", "stay")]
    [InlineData("session", "")]
    [InlineData("ending", "")]
    [InlineData("ending", "x")]
    [InlineData("ending", "00000000-0000-0000-0000-000000000000")]
    [InlineData("form_token", "")]
    public async Task A_form_that_is_not_as_the_page_made_it_ends_nothing(string field, string value)
    {
        var user = await App.NewUserAsync();
        using var there = await App.NewSessionAsync(user);
        using var here = await App.NewSessionAsync(user);

        _ = await PostAsync(here, "end", index: 1, (field, value));

        Assert.NotNull(Walk.CodeOf(await here.AuthorizeAsync(s_silent)));
        Assert.NotNull(Walk.CodeOf(await there.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task Somebody_elses_session_cannot_be_ended()
    {
        var (user, other) = (await App.NewUserAsync(), await App.NewUserAsync());
        using var here = await App.NewSessionAsync(user);
        using var others = await App.NewSessionAsync(other);
        var theirs = (await FieldsAsync(others, 0))["ending"];

        var answer = await PostAsync(here, "end", index: 0, ("ending", theirs));

        Assert.Equal(Page, answer.Headers.Location!.OriginalString);
        Assert.NotNull(Walk.CodeOf(await others.AuthorizeAsync(s_silent)));
        Assert.DoesNotContain("That session has ended", await Walk.TextOf(await here.GetAsync($"{Page}?ended={theirs}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_can_not_make_the_page_say_that_a_living_session_has_ended()
    {
        using var here = await App.NewSessionAsync(await App.NewUserAsync());
        var mine = (await FieldsAsync(here, 0))["ending"];

        foreach (var id in new[] { mine, "x", Guid.Empty.ToString() })
        {
            Assert.DoesNotContain("That session has ended", await Walk.TextOf(await here.GetAsync($"{Page}?ended={id}")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_that_is_idle_or_over_is_not_shown()
    {
        var user = await App.NewUserAsync();
        using var there = await App.NewSessionAsync(user);
        App.Time!.Advance(TimeSpan.FromHours(8));
        using var here = await App.NewSessionAsync(user);

        Assert.Single((await Walk.DocumentOf(await here.GetAsync(Page))).QuerySelectorAll(".entries > li"));
    }

    [Fact]
    public async Task Of_the_browser_no_more_is_kept_than_is_shown()
    {
        var user = await App.NewUserAsync();
        using var browser = App.CreateBrowser();
        browser.Http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Firefox + " serial-0123456789");
        await browser.SignInAsync(user.Username);

        var kept = await App.Get<AuthCore.Stores.Database>().FindAsync<string>("select s::text from sessions s where subject = @Subject", new { user.Subject }, CancellationToken.None);

        Assert.Contains("Firefox on Windows", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("Gecko", kept, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> FieldsAsync(TestBrowser browser, int index)
    {
        var form = (await Walk.DocumentOf(await browser.GetAsync(Page))).Forms[index];
        return form.QuerySelectorAll("input").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value")!, StringComparer.Ordinal);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestBrowser browser, string decision, int index, params (string Name, string Value)[] changes)
    {
        var fields = await FieldsAsync(browser, index);
        fields["decision"] = decision;
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return await browser.PostAsync(Page, fields);
    }
}
