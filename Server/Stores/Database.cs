using Dapper;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>The one door to PostgreSQL. Every call ends within <see cref="Deadline"/>, and trouble of the database is a <see cref="StorageUnavailableException"/>.</summary>
internal sealed class Database(NpgsqlDataSource source, string connectionString) : IAsyncDisposable
{
    /// <summary>How long a call may take, waiting for a connection included: clients are answered within 2 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1.7);

    // The database gives up when we do: what we no longer wait for must not happen later. Statements look up single rows by their keys, so a plan
    // is made once a connection and goes by indexes, also where a table is small now, or its statistics are old.
    private const string ForEachConnection =
        """
        set statement_timeout = '1700ms'; set idle_in_transaction_session_timeout = '10s';
        set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off
        """;

    /// <summary>A pool for the connection string, with what AuthCore needs of it.</summary>
    public static Database Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "authcore",
            Timeout = 2,
            CommandTimeout = 0,         // the deadline's part; Npgsql would cancel on a thread of the pool
            CancellationTimeout = -1,   // a connection that does not answer a cancel is dropped, not waited for
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UsePhysicalConnectionInitializer(
            connection => connection.Execute(ForEachConnection),
            connection => connection.ExecuteAsync(ForEachConnection));
        return new Database(source.Build(), settings.ConnectionString);
    }

    /// <summary>One row, or null.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters, CancellationToken ct) =>
        RunAsync((connection, token) => connection.QuerySingleOrDefaultAsync<T?>(new CommandDefinition(sql, parameters, cancellationToken: token)), ct);

    /// <summary>All rows.</summary>
    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters, CancellationToken ct) =>
        RunAsync<IReadOnlyList<T>>(async (connection, token) => (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: token))).AsList(), ct);

    /// <summary>How many rows the last part of the statement wrote.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken ct) =>
        RunAsync((connection, token) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)), ct);

    /// <summary>One row read by hand, or null: for the paths where a mapper would cost more than the query.</summary>
    /// <param name="sql">A constant with <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">In that order.</param>
    /// <param name="read">Makes the result of the row.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<T?> ReadAsync<T>(string sql, NpgsqlParameter[] values, Func<RowReader, T> read, CancellationToken ct)
        where T : class
    {
        T? found = null;
        await ReadEachAsync(sql, values, row => found = read(row), Deadline, ct);
        return found;
    }

    /// <summary>All rows, each read by hand.</summary>
    /// <param name="sql">A constant with <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">In that order.</param>
    /// <param name="each">Takes a row.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many there were.</returns>
    public Task<int> ReadEachAsync(string sql, NpgsqlParameter[] values, Action<RowReader> each, TimeSpan within, CancellationToken ct) => RunAsync(
        async (connection, token) =>
        {
            await using var command = CommandOf(connection, sql, values);
            await using var rows = await command.ExecuteReaderAsync(token);
            var count = 0;
            for (; await rows.ReadAsync(token); count++)
            {
                each(new RowReader(rows));
            }

            return count;
        },
        within, ct);

    /// <summary>How many rows the last part of the statement wrote.</summary>
    /// <param name="sql">A constant with <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">In that order.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<int> WriteAsync(string sql, NpgsqlParameter[] values, CancellationToken ct) => RunAsync(
        async (connection, token) =>
        {
            await using var command = CommandOf(connection, sql, values);
            return await command.ExecuteNonQueryAsync(token);
        },
        ct);

    /// <summary>How many rows a statement wrote; another may go along in the same round trip and transaction.</summary>
    /// <param name="sql">A constant with <c>$1</c>, <c>$2</c>, …</param>
    /// <param name="values">In that order.</param>
    /// <param name="along">The other, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<int> WriteAsync(string sql, NpgsqlParameter[] values, Statement? along, CancellationToken ct) => along is null ? WriteAsync(sql, values, ct) : RunAsync(
        async (connection, token) =>
        {
            await using var batch = connection.CreateBatch();   // sent at once and ended by one Sync, which is one transaction
            batch.BatchCommands.Add(BatchCommandOf(sql, values));
            batch.BatchCommands.Add(BatchCommandOf(along.Sql, along.Values));
            await batch.ExecuteNonQueryAsync(token);
            return (int)batch.BatchCommands[0].Rows;
        },
        ct);

    /// <summary>Runs on one connection, under the deadline.</summary>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) => RunAsync(work, Deadline, ct);

    private async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, TimeSpan within, CancellationToken ct)
    {
        var attempt = new Attempt();
        var running = RunToEndAsync(work, attempt);
        try
        {
            return await running.WaitAsync(within > TimeSpan.Zero ? within : TimeSpan.Zero, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _ = attempt.StopAsync(running, Deadline);   // whoever went away takes no statement and no connection along
            throw;
        }
        catch (Exception fault) when (IsTrouble(fault))
        {
            attempt.Stop(running);
            throw new StorageUnavailableException("The database did not answer.", fault);
        }
    }

    /// <summary>The database's clock.</summary>
    public async Task<DateTimeOffset> ReadClockAsync(CancellationToken ct) => new(await FindAsync<DateTime>("select now()", null, ct));

    /// <summary>A connection outside the pool, for whoever keeps it.</summary>
    public async Task<NpgsqlConnection> OpenDedicatedAsync(CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "authcore changes" };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> RunToEndAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, Attempt attempt)
    {
        await using var connection = await source.OpenConnectionAsync(attempt.Token);
        attempt.IsConnected = true;
        return await work(connection, attempt.Token);
    }

    private static NpgsqlCommand CommandOf(NpgsqlConnection connection, string sql, NpgsqlParameter[] values)
    {
#pragma warning disable CA2100 // constants: SourceRulesTests looks at them all
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(values);
        return command;
    }

    private static NpgsqlBatchCommand BatchCommandOf(string sql, NpgsqlParameter[] values)
    {
#pragma warning disable CA2100 // as above
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(values);
        return command;
    }

    // SQLSTATE classes: 08 connection, 25006 read-only, 40 rollback, 53 resources, 55 not in state, 57 operator, 58 system, XX internal.
    private static bool IsTrouble(Exception fault) => fault switch
    {
        PostgresException postgres => postgres.SqlState is "25006" or "3D000" || postgres.SqlState[..2] is "08" or "28" or "40" or "53" or "55" or "57" or "58" or "XX",
        NpgsqlException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException or IOException => true,
        _ => false,
    };
}
