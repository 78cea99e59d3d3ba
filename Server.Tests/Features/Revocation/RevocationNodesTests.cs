using System.Net;
using AuthCore.Features.Revocation;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>What one server revokes is dead on the others within a second, and costs those who read tokens no round trip.</summary>
public sealed class RevocationNodesTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly Client s_client = Seed.FirstParty;

    [Fact]
    public async Task An_access_token_revoked_on_one_server_is_dead_on_another_that_answers_from_memory_within_a_second()
    {
        await using var node = app.StartSecondNode();
        foreach (var client in await app.InEveryFormAsync(s_client))
        {
            var token = (await app.BeginAsync(client)).AccessToken;
            await FillMemoryAsync(node, token);

            Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync(client, token)).StatusCode);
            var since = TimeProvider.System.GetTimestamp();

            await app.AssertDeadAsync(client, token);   // here at once
            await UntilDeadAsync(node, token, since);
            await app.AssertDeadAsync(client, token, node);
        }
    }

    [Fact]
    public async Task A_revoked_family_is_dead_on_another_server_at_once()
    {
        await using var node = app.StartSecondNode();
        using var there = app.CreateBrowser(node);
        var tokens = await app.BeginAsync(s_client);
        await app.AssertAliveAsync(s_client, tokens.AccessToken, node);

        await app.RevokeAsync(s_client, tokens.RefreshToken);

        await app.AssertDeadAsync(s_client, tokens.AccessToken, node);
        Assert.Equal(TokenAnswer.InvalidGrant, (await there.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task What_was_revoked_before_a_server_started_is_dead_there_from_its_first_request()
    {
        var token = (await app.BeginAsync(s_client)).AccessToken;
        await app.RevokeAsync(s_client, token);

        await using var node = app.StartSecondNode();

        Assert.False(await IsTakenAsync(node, token));
        await FillMemoryAsync(node, (await app.BeginAsync(s_client)).AccessToken);
        Assert.False(await IsTakenAsync(node, token));
    }

    [Fact]
    public async Task A_server_that_hears_nothing_any_more_asks_the_database()
    {
        await using var node = app.StartSecondNode();
        var token = (await app.BeginAsync(s_client)).AccessToken;
        await FillMemoryAsync(node, token);
        var feed = node.Services.GetRequiredService<ChangeFeed>();
        var gap = feed.Gap;

        await app.Get<Database>().ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'authcore changes'", null, CancellationToken.None);
        await app.RevokeAsync(s_client, token);
        var since = TimeProvider.System.GetTimestamp();

        await UntilDeadAsync(node, token, since);
        await FillMemoryAsync(node, (await app.BeginAsync(s_client)).AccessToken);   // it hears again, and has read what it missed
        Assert.NotEqual(gap, feed.Gap);
        Assert.False(await IsTakenAsync(node, token));
    }

    [Fact]
    public async Task A_row_written_by_hand_counts_as_well()
    {
        var token = (await app.BeginAsync(s_client)).AccessToken;
        await FillMemoryAsync(null, token);

        await app.Get<Database>().ExecuteAsync(
            "insert into revoked_access_tokens (jti, expires_at) values (@jti, @expiresAt)",
            new { jti = TestBrowser.ClaimsOf(token).GetProperty("jti").GetString(), expiresAt = app.Time!.GetUtcNow().AddHours(1) }, CancellationToken.None);
        var since = TimeProvider.System.GetTimestamp();

        await UntilDeadAsync(null, token, since);
    }

    [Fact]
    public async Task A_revocation_makes_nothing_else_old_that_servers_keep_in_memory()
    {
        var token = (await app.BeginAsync(s_client)).AccessToken;
        var other = (await app.BeginAsync(s_client)).AccessToken;
        await FillMemoryAsync(null, token);
        var generation = app.Get<ChangeFeed>().Generation;

        await app.RevokeAsync(s_client, token);
        await FillMemoryAsync(null, other);
        await app.Get<Database>().ExecuteAsync("select pg_notify('authcore_changed', 'clients')", null, CancellationToken.None);   // comes after what the revocation announced
        while (app.Get<ChangeFeed>().Generation == generation)
        {
            Assert.True(app.Get<ChangeFeed>().IsProven());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(generation + 1, app.Get<ChangeFeed>().Generation);
    }

    [Fact]
    public async Task Revocation_costs_userinfo_no_round_trip()
    {
        using var statements = new Statements(app.ConnectionString);
        foreach (var client in await app.InEveryFormAsync(s_client))
        {
            var token = (await app.BeginAsync(client)).AccessToken;
            await FillMemoryAsync(null, token);

            Assert.Single(await statements.OfAsync(() => IsTakenAsync(null, token)));
        }
    }

    // The server reads the revoked tokens at the first question after it is proven to hear; until then each question goes to the database.
    private async Task FillMemoryAsync(WebApplicationFactory<Program>? node, string token)
    {
        var revoked = (node?.Services ?? app.Services).GetRequiredService<RevokedAccessTokens>();
        for (var round = 0; round < 200; round++)
        {
            Assert.True(await IsTakenAsync(node, token));
            if (revoked.AnswersFromMemory)
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("Memory was never whole.");
    }

    private async Task UntilDeadAsync(WebApplicationFactory<Program>? node, string token, long since)
    {
        while (await IsTakenAsync(node, token))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < s_second, "still alive a second after");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private async Task<bool> IsTakenAsync(WebApplicationFactory<Program>? node, string token)
    {
        using var browser = app.CreateBrowser(node);
        return await browser.UserInfoStatusAsync(token) == HttpStatusCode.OK;
    }
}
