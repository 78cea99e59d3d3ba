using Npgsql;

namespace AuthCore.Bench.Measure;

/// <summary>What PostgreSQL has done so far.</summary>
/// <param name="CpuMicroseconds">Of all its processes; null where they are not on this machine.</param>
/// <param name="Writes">Transactions that wrote: each is a commit that waits for the disk.</param>
/// <param name="WalBytes">Write-ahead log.</param>
internal sealed record DatabaseState(double? CpuMicroseconds, long Writes, long WalBytes);

/// <summary>Reads <see cref="DatabaseState"/>.</summary>
internal sealed class DatabaseMeter : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private int? _postmaster;

    private DatabaseMeter(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Its version, and whether commits wait for the disk.</summary>
    public string Description { get; private set; } = "";

    public static async Task<DatabaseMeter> OpenAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "bench meter" }.ConnectionString);
        await connection.OpenAsync(ct);
        var meter = new DatabaseMeter(connection);
        await using var command = new NpgsqlCommand(
            "select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'), pg_backend_pid()", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        meter.Description = $"PostgreSQL {reader.GetString(0)} fsync={reader.GetString(1)} synchronous_commit={reader.GetString(2)}";
        meter._postmaster = FindPostmaster(reader.GetInt32(3));
        return meter;
    }

    public async Task<DatabaseState> ReadAsync(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint", _connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new DatabaseState(_postmaster is { } pid ? ProcessCpu.OfFamily(pid) : null, reader.GetInt64(0), reader.GetInt64(1));
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // A backend's number may be another process's here, where PostgreSQL runs elsewhere.
    private static int? FindPostmaster(int backend)
    {
        try
        {
            return File.ReadAllText($"/proc/{backend}/comm").StartsWith("postgres", StringComparison.Ordinal) ? ProcessCpu.ParentOf(backend) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
