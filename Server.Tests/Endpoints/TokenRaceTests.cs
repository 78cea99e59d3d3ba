using AuthCore.Protocol;
using AuthCore.Tests.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>Requests made to meet: all have loaded before any applies, because the test holds the row.</summary>
public sealed class TokenRaceTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string TheFamily = "select 1 from grants where id = @id for update";

    private static readonly Client s_client = Seed.FirstParty;

    [Fact]
    public async Task Of_two_redemptions_on_two_nodes_one_wins_and_the_loser_ends_the_family()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var code = await here.GetCodeAsync(s_client);
        await WarmAsync(there);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(code));

        var both = Task.WhenAll(here.RedeemAsync(s_client, code), there.RedeemAsync(s_client, code));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        var answers = (await both).OrderBy(answer => answer.Verdict.Status).ToArray();
        Assert.Equal([TokenAnswer.Ok, TokenAnswer.InvalidGrant], answers.Select(answer => answer.Verdict));
        Assert.Equal(TokenAnswer.InvalidGrant, (await here.RefreshAsync(s_client, answers[0].RefreshToken)).Verdict);   // codes have no grace
    }

    [Fact]
    public async Task Of_two_refreshes_on_two_nodes_one_rotates_and_the_other_gets_the_same_successor()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var token = (await here.BeginAsync(s_client)).RefreshToken;
        var family = TokenSteps.GrantOf(token);
        await WarmAsync(there);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, family);

        var both = Task.WhenAll(here.RefreshAsync(s_client, token), there.RefreshAsync(s_client, token));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        var answers = await both;
        Assert.All(answers, answer => Assert.Equal(TokenAnswer.Ok, answer.Verdict));
        Assert.Equal(answers[0].RefreshToken, answers[1].RefreshToken);
        Assert.NotEqual(token, answers[0].RefreshToken);
        Assert.NotEqual(answers[0].AccessToken, answers[1].AccessToken);
        Assert.Equal(1, await LiveTokens.CountAsync(app, family));
        Assert.Equal(TokenAnswer.Ok, (await here.RefreshAsync(s_client, answers[1].RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Of_two_refreshes_without_a_window_one_wins_and_the_loser_ends_the_family()
    {
        var client = s_client with { ClientId = "racing-without-window", RefreshTokenRetryWindow = 0 };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(client)).RefreshToken;
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(token));

        var both = Task.WhenAll(browser.RefreshAsync(client, token), browser.RefreshAsync(client, token));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        var answers = (await both).OrderBy(answer => answer.Verdict.Status).ToArray();
        Assert.Equal([TokenAnswer.Ok, TokenAnswer.InvalidGrant], answers.Select(answer => answer.Verdict));
        Assert.Equal(0, await LiveTokens.CountAsync(app, TokenSteps.GrantOf(token)));
    }

    [Fact]
    public async Task A_refresh_that_meets_a_replay_of_its_code_leaves_nothing_alive()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var token = (await browser.RedeemAsync(s_client, code)).RefreshToken;
        await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(token));

        var refresh = browser.RefreshAsync(s_client, token);
        await held.WaitersAsync(1);
        var replay = browser.RedeemAsync(s_client, code);
        await held.WaitersAsync(2);   // it may not end the family under the refresh
        await held.ReleaseAsync();

        Assert.Equal(TokenAnswer.InvalidGrant, (await replay).Verdict);
        var answer = await refresh;
        Assert.Equal(0, await LiveTokens.CountAsync(app, TokenSteps.GrantOf(token)));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, answer.Has("refresh_token") ? answer.RefreshToken : token)).Verdict);
    }

    [Fact]
    public async Task Twenty_redemptions_over_two_nodes_give_tokens_once()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var code = await here.GetCodeAsync(s_client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? here : there).RedeemAsync(s_client, code)));

        Assert.Single(answers, answer => answer.Verdict == TokenAnswer.Ok);
        Assert.Equal(19, answers.Count(answer => answer.Verdict == TokenAnswer.InvalidGrant));
        Assert.Equal(0, await LiveTokens.CountAsync(app, TokenSteps.GrantOf(code)));
    }

    [Fact]
    public async Task Twenty_refreshes_over_two_nodes_leave_one_live_token_which_all_have()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var token = (await here.BeginAsync(s_client)).RefreshToken;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? here : there).RefreshAsync(s_client, token)));

        Assert.All(answers, answer => Assert.Equal(TokenAnswer.Ok, answer.Verdict));
        Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
        Assert.Equal(1, await LiveTokens.CountAsync(app, TokenSteps.GrantOf(token)));
    }

    // A connection and the client are there already, so that both requests arrive well within the deadline of a statement.
    private static Task<TokenAnswer> WarmAsync(TestBrowser browser) => browser.RedeemAsync(s_client, "nobody's");
}
