using AuthCore.Features.ClientAssertions;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>RFC 7523 §3: an assertion works once: also in parallel, on another server, and after a restart.</summary>
public sealed class AssertionReplayTests(AssertionServer server) : IClassFixture<AssertionServer>
{
    private static readonly Client s_client = AssertionServer.Service("once");

    [Fact]
    public async Task A_second_use_is_refused_also_under_the_other_signature()
    {
        await server.App.SaveAsync(s_client);
        var assertion = server.Assertion(s_client);

        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(assertion)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(assertion)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Malleate(assertion))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(s_client, ("jti", TestBrowser.ClaimsOf(assertion).GetProperty("jti").GetString()), ("exp", server.Now + 500)))).Verdict);
    }

    [Fact]
    public async Task A_name_is_used_up_whatever_became_of_the_request()
    {
        await server.App.SaveAsync(s_client);
        var assertion = server.Assertion(s_client);

        Assert.Equal(TokenAnswer.InvalidScope, (await server.AskAsync(assertion, ("scope", "nothing-of-the-kind"))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(assertion)).Verdict);
    }

    [Fact]
    public async Task Nobody_else_can_use_up_a_name()
    {
        var other = AssertionServer.Service("once-other");
        await server.App.SaveAsync(s_client);
        await server.App.SaveAsync(other);
        var claims = server.Claims("once", ("jti", "shared"));

        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, claims))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, claims, ("kid", AssertionServer.Key.Kid)))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(s_client, ("jti", "shared"), ("aud", "https://other.test")))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(server.Assertion(other, ("jti", "shared")))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.Key, claims))).Verdict);
    }

    [Fact]
    public async Task Of_one_name_used_several_times_at_once_one_use_counts_and_others_names_are_none_of_its_business()
    {
        var (store, until) = (server.App.Get<SpentAssertionStore>(), server.App.Time!.GetUtcNow().AddMinutes(1));
        (string Client, string Name)[] uses = [("once", "goes alone"), ("once", "a"), ("once", "b"), ("once-other", "b"), ("once", "b"), ("once", "a"), ("once", "c")];

        var used = await RowLock.AtOnceAsync(
            server.App.ConnectionString, "spent_client_assertions", () => uses.Select(use => store.TrySpendAsync(use.Client, $"at once {use.Name}", until, CancellationToken.None)));

        Assert.Equal([true, true, true, true, false, false, true], used);
    }

    [Fact]
    public async Task Of_two_uses_that_meet_on_two_servers_one_succeeds()
    {
        await server.App.SaveAsync(s_client);
        await using var node = server.App.StartSecondNode();
        using var here = server.App.CreateBrowser();
        using var there = server.App.CreateBrowser(node);
        await AssertionServer.AskAsync(here, server.Assertion(s_client));
        await AssertionServer.AskAsync(there, server.Assertion(s_client));
        var assertion = server.Assertion(s_client, ("jti", "meeting"));
        await using var held = await HoldAsync("meeting");

        var both = Task.WhenAll(AssertionServer.AskAsync(here, assertion), AssertionServer.AskAsync(there, assertion));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        Assert.Equal([TokenAnswer.Ok, TokenAnswer.InvalidClient], (await both).Select(answer => answer.Verdict).OrderBy(verdict => verdict.Status));
    }

    [Fact]
    public async Task A_use_that_meets_one_which_succeeds_is_refused()
    {
        await server.App.SaveAsync(s_client);
        using var browser = server.App.CreateBrowser();
        var assertion = server.Assertion(s_client);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AssertionServer.AskAsync(browser, assertion)));

        Assert.Single(answers, answer => answer.Verdict == TokenAnswer.Ok);
        Assert.Equal(9, answers.Count(answer => answer.Verdict == TokenAnswer.InvalidClient));
    }

    [Fact]
    public async Task What_was_used_before_a_restart_is_refused_after_it()
    {
        await server.App.SaveAsync(s_client);
        var assertion = server.Assertion(s_client);
        await using (var before = server.App.StartSecondNode())
        {
            using var browser = server.App.CreateBrowser(before);
            Assert.Equal(TokenAnswer.Ok, (await AssertionServer.AskAsync(browser, assertion)).Verdict);
        }

        await using var after = server.App.StartSecondNode();
        using var again = server.App.CreateBrowser(after);
        Assert.Equal(TokenAnswer.InvalidClient, (await AssertionServer.AskAsync(again, assertion)).Verdict);
    }

    [Fact]
    public async Task Trouble_of_the_database_is_no_verdict_and_leaves_the_assertion_usable()
    {
        await server.App.SaveAsync(s_client);
        var assertion = server.Assertion(s_client, ("jti", "troubled"));
        await using var held = await HoldAsync("troubled");

        var lost = server.AskAsync(assertion);
        await held.KillWaitersAsync();

        var answer = await lost;
        Assert.Equal(TokenAnswer.Unavailable, answer.Verdict);
        Assert.NotNull(answer.Http.Headers.RetryAfter);
        await held.ReleaseAsync();
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(assertion)).Verdict);
    }

    [Fact]
    public async Task A_name_is_kept_until_its_assertion_cannot_be_used_any_more_and_then_goes()
    {
        var client = AssertionServer.Service("cleaned");
        await server.App.SaveAsync(client);
        await server.AskAsync(server.Assertion(client, ("exp", server.Now + 600)));
        async Task<long> LeftAsync()
        {
            await server.App.Get<Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);
            await using var connection = new NpgsqlConnection(server.App.ConnectionString);
            return await connection.QuerySingleAsync<long>("select count(*) from spent_client_assertions where client_id = 'cleaned'");
        }

        server.App.Time!.Advance(TimeSpan.FromSeconds(660 + 299));
        Assert.Equal(1, await LeftAsync());
        server.App.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await LeftAsync());
    }

    // Somebody has inserted the name, and has not yet said whether they mean it.
    private Task<RowLock> HoldAsync(string jti) => RowLock.TakeAsync(
        server.App.ConnectionString,
        $"insert into spent_client_assertions values ('once', decode('{Convert.ToHexString(Handle.HashOf(jti))}', 'hex'), now()) returning @id",
        Guid.Empty);
}
