using System.Diagnostics;
using System.Net;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Stores;

/// <summary>What servers keep in memory is never further behind than a second, whatever happens to the connection that tells them.</summary>
public sealed class ClientCacheTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Dictionary<string, string> s_request = new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };

    [Fact]
    public async Task A_client_disabled_by_plain_sql_is_refused_on_every_node_within_a_second()
    {
        var client = Seed.Machine with { ClientId = "cached" };
        await app.SaveAsync(client);
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        await WarmAsync(() => here.TokenAsync(client, s_request));
        await WarmAsync(() => there.TokenAsync(client, s_request));

        await ExecuteAsync("update clients set disabled_at = now() where client_id = 'cached'");

        Assert.InRange(await TimeUntilRefusedAsync(() => here.TokenAsync(client, s_request)), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(await TimeUntilRefusedAsync(() => there.TokenAsync(client, s_request)), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_change_made_on_this_node_counts_at_once()
    {
        var client = Seed.Machine with { ClientId = "changed-here" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        await WarmAsync(() => browser.TokenAsync(client, s_request));

        await app.SaveAsync(client with { DisabledAt = DateTimeOffset.UnixEpoch });

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.TokenAsync(client, s_request)).StatusCode);
    }

    [Fact]
    public async Task Nothing_old_is_served_when_the_listening_connection_is_lost_before_the_change()
    {
        var client = Seed.Machine with { ClientId = "lost" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        await WarmAsync(() => browser.TokenAsync(client, s_request));

        await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'authcore changes' and datname = current_database()");
        await ExecuteAsync("update clients set disabled_at = now() where client_id = 'lost'");

        Assert.InRange(await TimeUntilRefusedAsync(() => browser.TokenAsync(client, s_request)), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_client_in_memory_costs_no_round_trip()
    {
        var client = Seed.Machine with { ClientId = "in-memory" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        await WarmAsync(() => browser.TokenAsync(client, s_request));

        // Whoever reads the table waits for this lock; who needs no row does not.
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("lock table clients in access exclusive mode", transaction: transaction);
        var answer = await browser.TokenAsync(client, s_request);
        for (var again = 0; again < 5 && answer.StatusCode != HttpStatusCode.OK; again++)   // on a busy machine what is in memory may be a second old, and then is not believed
        {
            answer = await browser.TokenAsync(client, s_request);
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task WarmAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 500)
        {
            Assert.Equal(HttpStatusCode.OK, (await ask()).StatusCode);
        }
    }

    private static async Task<TimeSpan> TimeUntilRefusedAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 5000)
        {
            if ((await ask()).StatusCode == HttpStatusCode.Unauthorized)
            {
                break;
            }
        }

        return clock.Elapsed;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.ExecuteAsync(sql);
    }
}
