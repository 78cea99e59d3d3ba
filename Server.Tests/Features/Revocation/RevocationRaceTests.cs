using System.Net;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>A refresh and a revocation of the same family, made to meet: both have loaded before either applies, because the test holds the row that both need.</summary>
public sealed class RevocationRaceTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string TheFamily = "select 1 from grants where id = @id for update";

    public static TheoryData<string, bool> Ways => new() { { "rotates", true }, { "rotates", false }, { "keeps", true }, { "keeps", false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task When_the_revocation_is_first_the_refresh_gets_nothing(string way, bool onAnotherServer)
    {
        foreach (var client in await ClientsAsync(way))
        {
            await using var node = onAnotherServer ? app.StartSecondNode() : null;
            using var browser = app.CreateBrowser(node);
            var first = await app.BeginAsync(client);
            await browser.RefreshAsync(client, "nobody's");   // a connection and the client are there already
            await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(first.RefreshToken));

            var revocation = app.RevokeAsync(client, first.RefreshToken);
            await held.WaitersAsync(1);
            var refresh = browser.RefreshAsync(client, first.RefreshToken);   // still sees the family alive
            await held.WaitersAsync(2);
            await held.ReleaseAsync();

            Assert.Equal(HttpStatusCode.OK, (await revocation).StatusCode);
            Assert.Equal(TokenAnswer.InvalidGrant, (await refresh).Verdict);
            await AssertNothingLivesAsync(client, first);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task When_the_refresh_is_first_the_revocation_takes_what_it_gave(string way, bool onAnotherServer)
    {
        foreach (var client in await ClientsAsync(way))
        {
            await using var node = onAnotherServer ? app.StartSecondNode() : null;
            using var browser = app.CreateBrowser(node);
            var first = await app.BeginAsync(client);
            await browser.RefreshAsync(client, "nobody's");
            await using var held = await RowLock.TakeAsync(app.ConnectionString, TheFamily, TokenSteps.GrantOf(first.RefreshToken));

            var refresh = browser.RefreshAsync(client, first.RefreshToken);
            await held.WaitersAsync(1);
            var revocation = app.RevokeAsync(client, first.RefreshToken);
            await held.WaitersAsync(2);
            await held.ReleaseAsync();

            var second = await refresh;
            Assert.Equal(TokenAnswer.Ok, second.Verdict);
            Assert.Equal(HttpStatusCode.OK, (await revocation).StatusCode);
            await AssertNothingLivesAsync(client, first, second);
        }
    }

    [Fact]
    public async Task Twenty_refreshes_and_a_revocation_at_once_leave_nothing_alive()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var client = Seed.FirstParty;
        var first = await app.BeginAsync(client);

        var refreshes = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? here : there).RefreshAsync(client, first.RefreshToken)).ToArray();
        Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync(client, first.RefreshToken, node: node)).StatusCode);
        var answers = await Task.WhenAll(refreshes);

        Assert.All(answers, answer => Assert.Contains(answer.Verdict, new[] { TokenAnswer.Ok, TokenAnswer.InvalidGrant }));
        await AssertNothingLivesAsync(client, [first, .. answers.Where(answer => answer.Verdict == TokenAnswer.Ok).DistinctBy(answer => answer.RefreshToken)]);
    }

    private async Task<IReadOnlyList<Client>> ClientsAsync(string way) =>
        await app.InEveryFormAsync(Seed.FirstParty with { ClientId = "racing-" + way, RefreshTokenRotation = way == "rotates" });

    private async Task AssertNothingLivesAsync(Client client, params TokenAnswer[] given)
    {
        using var browser = app.CreateBrowser();
        foreach (var tokens in given)
        {
            await app.AssertDeadAsync(client, tokens.AccessToken);
            Assert.NotEqual(true, await app.IntrospectAsync(client, tokens.RefreshToken));
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
        }

        Assert.Equal(0, await LiveTokens.CountAsync(app, TokenSteps.GrantOf(given[0].RefreshToken)));
    }
}
