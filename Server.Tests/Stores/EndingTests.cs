using System.Net;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>What has ended is dead for good; and of an ending and a beginning that meet, made to meet by a row that the test holds, nothing is left alive.</summary>
public sealed class EndingTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string TheFamily = "select 1 from grants where id = @id for update";

    private static readonly CancellationToken s_ct = CancellationToken.None;
    private static readonly Dictionary<string, string> s_silent = TestBrowser.Request(Seed.FirstParty).With("prompt", "none");

    [Fact]
    public async Task Ending_a_user_kills_sessions_codes_and_families_of_theirs_and_of_nobody_else()
    {
        var (user, other) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        using var second = await app.NewSessionAsync(user);
        using var others = await app.NewSessionAsync(other);
        var (offline, online) = (await BeginAsync(browser), await BeginAsync(browser, "read:files"));
        var code = Walk.CodeOf(await second.AuthorizeAsync(s_silent))!;
        var theirs = await BeginAsync(others);

        await EndAsync(user);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, offline.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, online.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(offline.AccessToken));
        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(s_silent)));
        Assert.Equal("login_required", Walk.ErrorOf(await second.AuthorizeAsync(s_silent)));
        Assert.Equal(0, await LivingAsync(user));
        Assert.Equal(TokenAnswer.Ok, (await others.RefreshAsync(Seed.FirstParty, theirs.RefreshToken)).Verdict);
        Assert.NotNull(Walk.CodeOf(await others.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task After_an_ending_the_person_can_sign_in_again()
    {
        var user = await app.NewUserAsync();
        await EndAsync(user);

        using var browser = await app.NewSessionAsync(user);

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task A_user_who_is_enabled_again_gets_nothing_of_old_back()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await BeginAsync(browser);
        var code = Walk.CodeOf(await browser.AuthorizeAsync(s_silent))!;

        await app.SaveAsync(user with { DisabledAt = app.Time!.GetUtcNow() });
        await app.SaveAsync(user);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, tokens.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken));
        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(s_silent)));
        Assert.Equal(0, await LivingAsync(user));
    }

    [Fact]
    public async Task Another_password_ends_what_was_begun_under_the_old_one_and_a_profile_ends_nothing()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await BeginAsync(browser);
        await app.SaveAsync(user with { GivenName = "Somebody" });
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(s_silent)));

        await ChangePasswordAsync(user);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, tokens.RefreshToken)).Verdict);
        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(s_silent)));
        Assert.Equal(0, await LivingAsync(user));
    }

    [Fact]
    public async Task Ending_one_session_leaves_the_other_and_the_family_that_works_while_away()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        using var other = await app.NewSessionAsync(user);
        var (offline, online) = (await BeginAsync(browser), await BeginAsync(browser, "read:files"));
        var elsewhere = await BeginAsync(other, "read:files");

        await browser.SignOutAsync();

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, online.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.FirstParty, offline.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await other.RefreshAsync(Seed.FirstParty, elsewhere.RefreshToken)).Verdict);
        Assert.NotNull(Walk.CodeOf(await other.AuthorizeAsync(s_silent)));
    }

    [Fact]
    public async Task An_answer_given_before_a_withdrawal_is_delivered_as_a_no()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var allowed = await browser.SubmitAsync(await browser.OpenAsync(TestBrowser.Request(Seed.Web)), ("decision", "allow"));

        await app.Get<Endings>().WithdrawAsync(user.Subject, Seed.Web.ClientId, s_ct);

        Assert.Equal("access_denied", Walk.ErrorOf(await browser.FollowAsync(allowed)));
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"))));
    }

    // Order: the ending holds the person's row and waits; what begins waits for the ending, and finds that it was faster.

    [Fact]
    public async Task A_code_that_meets_the_end_of_everything_is_not_issued()
    {
        var (user, browser, held) = await MeetAsync();

        var ending = EndAsync(user);
        await held.WaitersAsync(1);
        var answer = browser.AuthorizeAsync(s_silent);
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await ending;
        Assert.Equal("login_required", Walk.ErrorOf(await answer));
        Assert.Equal(0, await LivingAsync(user));
        await DisposeAsync(browser, held);
    }

    [Fact]
    public async Task A_code_that_meets_the_end_of_its_session_is_not_issued()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var online = await BeginAsync(browser, "read:files");
        var page = await browser.GetAsync("/logout");
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(online.RefreshToken));

        var ending = browser.SubmitAsync(page, ("decision", "signout"));
        await held.WaitersAsync(1);
        var answer = browser.AuthorizeAsync(s_silent);
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await ending;
        Assert.Equal("login_required", Walk.ErrorOf(await answer));
        Assert.Equal(0, await LivingAsync(user));
    }

    // A code is a sign-in under way: an application that redeemed it after the end would never hear of that end.
    [Fact]
    public async Task A_code_of_a_session_that_has_ended_is_dead_although_its_family_would_have_outlived_the_session()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var redeemed = await BeginAsync(browser);
        var code = Walk.CodeOf(await browser.AuthorizeAsync(s_silent))!;

        await browser.SignOutAsync();

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.FirstParty, redeemed.RefreshToken)).Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_code_and_the_end_of_its_session_that_meet_the_first_one_counts(bool endFirst)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var code = Walk.CodeOf(await browser.AuthorizeAsync(s_silent))!;
        var page = await browser.GetAsync("/logout");
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(code));

        var first = endFirst ? browser.SubmitAsync(page, ("decision", "signout")) : (Task)browser.RedeemAsync(Seed.FirstParty, code);
        await held.WaitersAsync(1);
        var second = endFirst ? browser.RedeemAsync(Seed.FirstParty, code) : (Task)browser.SubmitAsync(page, ("decision", "signout"));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await Task.WhenAll(first, second);
        var answer = await (Task<TokenAnswer>)(endFirst ? second : first);
        Assert.Equal(endFirst ? TokenAnswer.InvalidGrant : TokenAnswer.Ok, answer.Verdict);
        Assert.Equal(endFirst ? 0 : 1, await LiveFamiliesAsync(user));
    }

    [Fact]
    public async Task A_code_that_meets_a_withdrawal_is_not_issued_on_the_consent_that_is_gone()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(tokens.RefreshToken));

        var withdrawal = app.Get<Endings>().WithdrawAsync(user.Subject, Seed.Web.ClientId, s_ct);
        await held.WaitersAsync(1);
        var answer = browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await withdrawal;
        Assert.Equal("consent_required", Walk.ErrorOf(await answer));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sign_in_with_the_old_password_that_meets_the_new_one_begins_and_renews_nothing(bool renews)
    {
        var (user, browser, held) = await MeetAsync();
        using var stranger = app.CreateBrowser();
        var typing = renews ? browser : stranger;
        var login = await typing.GetAsync("/login");

        var change = ChangePasswordAsync(user);
        await held.WaitersAsync(1);
        var answer = typing.SubmitAsync(login, ("username", user.Username), ("password", AuthCoreApp.Password));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await change;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await answer).StatusCode);
        Assert.Equal(0, await LivingAsync(user));
        await DisposeAsync(browser, held);
    }

    [Fact]
    public async Task A_sign_in_that_meets_the_disabling_of_its_user_begins_nothing()
    {
        var (user, browser, held) = await MeetAsync();
        using var again = app.CreateBrowser();
        var login = await again.GetAsync("/login");

        var disabling = app.SaveAsync(user with { DisabledAt = app.Time!.GetUtcNow() });
        await held.WaitersAsync(1);
        var answer = again.SubmitAsync(login, ("username", user.Username), ("password", AuthCoreApp.Password));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await disabling;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await answer).StatusCode);
        Assert.Equal(0, await LivingAsync(user));
        await DisposeAsync(browser, held);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("rotating")]
    [InlineData("staying")]
    public async Task A_code_or_refresh_token_that_meets_the_end_of_everything_gives_nothing(string what)
    {
        var client = what == "staying" ? Seed.FirstParty with { ClientId = "a-staying", RefreshTokenRotation = false } : Seed.FirstParty;
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var code = Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(client)))!;
        var token = what == "code" ? null : (await browser.RedeemAsync(client, code)).RefreshToken;
        var last = await browser.BeginAsync(Seed.Web, username: user.Username);   // the ending comes to it after it has the first
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(last.RefreshToken));

        var ending = EndAsync(user);
        await held.WaitersAsync(1);
        var answer = token is null ? browser.RedeemAsync(client, code) : browser.RefreshAsync(client, token);
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await ending;
        Assert.Equal(TokenAnswer.InvalidGrant, (await answer).Verdict);
        Assert.Equal(0, await LivingAsync(user));
    }

    // The other order: the ending waits until what began is there, and takes it along.

    [Theory]
    [InlineData("everything")]
    [InlineData("withdrawal")]
    [InlineData("disabling")]
    public async Task A_code_issued_while_the_ending_waits_is_dead(string kind)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await using var held = await HoldPersonAsync(user);

        var ending = kind switch
        {
            "everything" => EndAsync(user),
            "withdrawal" => app.Get<Endings>().WithdrawAsync(user.Subject, Seed.FirstParty.ClientId, s_ct),
            _ => app.SaveAsync(user with { DisabledAt = app.Time!.GetUtcNow() }),
        };
        await held.WaitersAsync(1);
        var code = Walk.CodeOf(await browser.AuthorizeAsync(s_silent));
        Assert.NotNull(code);
        await held.ReleaseAsync();

        await ending;
        await app.SaveAsync(user);   // enabled again
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.Equal(0, await LiveFamiliesAsync(user));
    }

    [Fact]
    public async Task A_session_begun_while_the_ending_waits_is_dead()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        await using var held = await HoldPersonAsync(user);

        var ending = EndAsync(user);
        await held.WaitersAsync(1);
        await browser.SignInAsync(user.Username);
        await held.ReleaseAsync();

        await ending;
        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(s_silent)));
        Assert.Equal(0, await LivingAsync(user));
    }

    [Fact]
    public async Task A_refresh_that_is_faster_than_the_end_of_everything_leaves_a_dead_token()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var first = await BeginAsync(browser);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(first.RefreshToken));

        var refresh = browser.RefreshAsync(Seed.FirstParty, first.RefreshToken);
        await held.WaitersAsync(1);
        var ending = EndAsync(user);
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        await ending;
        var answer = await refresh;
        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, answer.RefreshToken)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(answer.AccessToken));
        Assert.Equal(0, await LivingAsync(user));
    }

    // A signed-in person with a family whose row is held, so that an ending of theirs gets as far as it and no further.
    private async Task<(User User, TestBrowser Browser, RowLock Held)> MeetAsync()
    {
        var user = await app.NewUserAsync();
        var browser = await app.NewSessionAsync(user);
        var tokens = await BeginAsync(browser);
        return (user, browser, await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(tokens.RefreshToken)));
    }

    // As whoever begins something holds it: others may begin too, an ending waits.
    private Task<RowLock> HoldPersonAsync(User user) =>
        RowLock.TakeAsync(app.ConnectionString, $"select 1 from users where subject = '{user.Subject}' for share", Guid.Empty);

    private static async Task DisposeAsync(TestBrowser browser, RowLock held)
    {
        browser.Dispose();
        await held.DisposeAsync();
    }

    private static async Task<TokenAnswer> BeginAsync(TestBrowser browser, string scope = "openid profile offline_access") =>
        await browser.RedeemAsync(Seed.FirstParty, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, scope)))!);

    private Task EndAsync(User user) => app.Get<Endings>().EndUserAsync(user.Subject, "test", s_ct);

    private async Task ChangePasswordAsync(User user) => await app.Get<UserStore>().ChangePasswordAsync(
        user.Subject, await app.Get<PasswordHasher>().HashAsync("another password altogether", s_ct), app.Time!.GetUtcNow(), s_ct);

    private Task<int> LiveFamiliesAsync(User user) => app.Get<Database>().FindAsync<int>(
        "select count(*)::int from grants where subject = @Subject and revoked_at is null", new { user.Subject }, s_ct);

    private async Task<int> LivingAsync(User user) => await LiveFamiliesAsync(user) + await app.Get<Database>().FindAsync<int>(
        "select count(*)::int from sessions where subject = @Subject and ended_at is null", new { user.Subject }, s_ct);
}
