using Dapper;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>Holds rows in an open transaction, so that requests which have loaded cannot apply until it is released.</summary>
internal sealed class RowLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _holder;
    private readonly NpgsqlConnection _watcher;
    private NpgsqlTransaction? _transaction;

    private RowLock(NpgsqlConnection holder, NpgsqlConnection watcher, NpgsqlTransaction transaction) =>
        (_holder, _watcher, _transaction) = (holder, watcher, transaction);

    /// <summary>Takes the rows that the statement, a <c>select … for update</c> with <c>@id</c>, finds.</summary>
    public static async Task<RowLock> TakeAsync(string connectionString, string sql, Guid id)
    {
        var held = await BeginAsync(connectionString);
        Assert.NotEmpty(await held._holder.QueryAsync(sql, new { id }, held._transaction));
        return held;
    }

    /// <summary>Takes a whole table: nobody reads or writes it.</summary>
    public static async Task<RowLock> TakeTableAsync(string connectionString, string table)
    {
        var held = await BeginAsync(connectionString);
        await held._holder.ExecuteAsync($"lock table {table} in access exclusive mode", transaction: held._transaction);
        return held;
    }

    /// <summary>What comes of requests that all wait for the table, so that they go together: one that set out at once, and then the others.</summary>
    public static async Task<T[]> AtOnceAsync<T>(string connectionString, string table, Func<IEnumerable<Task<T>>> ask)
    {
        await using var held = await TakeTableAsync(connectionString, table);
        var asked = ask().ToArray();
        await held.WaitersAsync(2);
        await held.ReleaseAsync();
        return await Task.WhenAll(asked);
    }

    /// <summary>Waits until so many statements wait for rows: their requests have loaded and are about to apply.</summary>
    public Task<int[]> WaitersAsync(int count) => UntilAsync(waiting => waiting.Length >= count);

    /// <summary>Waits until no statement waits for rows any more, because whoever sent it gave up.</summary>
    public Task NoWaitersAsync() => UntilAsync(waiting => waiting.Length == 0);

    /// <summary>PostgreSQL drops the connections on which statements wait.</summary>
    public async Task KillWaitersAsync() =>
        await _watcher.ExecuteAsync("select pg_terminate_backend(pid) from unnest(@pids) pid", new { pids = await WaitersAsync(1) });

    /// <summary>Gives the rows back as they were.</summary>
    public async Task ReleaseAsync()
    {
        if (_transaction is { } transaction)
        {
            _transaction = null;
            await transaction.RollbackAsync();
            await transaction.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await _holder.DisposeAsync();
        await _watcher.DisposeAsync();
    }

    private static async Task<RowLock> BeginAsync(string connectionString)
    {
        var holder = await OpenAsync(connectionString);
        return new RowLock(holder, await OpenAsync(connectionString), await holder.BeginTransactionAsync());
    }

    private async Task<int[]> UntilAsync(Func<int[], bool> isSo)
    {
        for (var round = 0; round < 2000; round++)
        {
            var waiting = (await _watcher.QueryAsync<int>("select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).ToArray();
            if (isSo(waiting))
            {
                return waiting;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The statements never waited, or never ceased to.");
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
