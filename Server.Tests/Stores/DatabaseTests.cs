using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>Whoever gives up waiting takes neither a statement nor a connection along.</summary>
public sealed class DatabaseTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly CancellationToken s_ct = CancellationToken.None;

    [Fact]
    public async Task A_caller_who_goes_away_leaves_the_statement_to_its_end_and_the_connection_in_the_pool()
    {
        await using var database = Database.Open(app.ConnectionString + ";Maximum Pool Size=1");
        var connection = await database.FindAsync<int>("select pg_backend_pid()", null, s_ct);
        using var gone = new CancellationTokenSource();

        var asked = database.ExecuteAsync("insert into key_ring (name, xml) select 'left to its end', '' from pg_sleep(0.3)", null, gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal(connection, await database.FindAsync<int>("select pg_backend_pid()", null, s_ct));
        Assert.True(await database.FindAsync<bool>("select exists (select 1 from key_ring where name = 'left to its end')", null, s_ct));
    }

    [Fact]
    public async Task Those_who_wait_in_vain_for_a_connection_are_told_so_in_time_and_leave_the_queue()
    {
        await using var database = Database.Open(app.ConnectionString + ";Maximum Pool Size=1");
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holder = database.RunAsync(
            async (_, _) =>
            {
                held.SetResult();
                await release.Task;
                return 0;
            },
            s_ct);
        await held.Task;

        await Assert.ThrowsAsync<StorageUnavailableException>(() => database.FindAsync<int>("select 1", null, s_ct));

        release.SetResult();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => holder);   // held beyond the deadline, too
        Assert.Equal(1, await database.FindAsync<int>("select 1", null, s_ct));
    }
}
