using AuthCore.Flows;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Flows;

/// <summary>What is over leaves, however much there is of it, and nothing else does.</summary>
public sealed class CleanupTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task More_than_a_batch_of_what_is_over_leaves_in_one_round_and_what_lives_stays()
    {
        var database = app.Get<Database>();
        var now = app.Time!.GetUtcNow();
        await database.ExecuteAsync(
            """
            insert into login_failures (account, source, failures, window_ends_at)
            select 'cleanup', i::text, 1, case when i <= 1200 then @over else @within end from generate_series(1, 1300) i
            """,
            new { over = now.AddDays(-2).AddSeconds(-1), within = now.AddDays(-2).AddSeconds(1) }, TestContext.Current.CancellationToken);

        await app.Get<Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(100, await database.FindAsync<int>("select count(*)::int from login_failures where account = @account", new { account = "cleanup" }, TestContext.Current.CancellationToken));
    }
}
