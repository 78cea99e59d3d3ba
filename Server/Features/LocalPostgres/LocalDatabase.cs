using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>The private database, in use by this process until it is disposed of. The last user stops PostgreSQL.</summary>
internal sealed class LocalDatabase : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Func<Task> stop;
    private readonly DataFolder folder;
    private readonly TimeProvider time;
    private FileStream? inUse;

    private LocalDatabase(DataFolder folder, TimeProvider time, FileStream inUse, Func<Task> stop) =>
        (this.folder, this.time, this.inUse, this.stop) = (folder, time, inUse, stop);

    public required string ConnectionString { get; init; }

    /// <summary>A line for the operator.</summary>
    public required string Note { get; init; }

    /// <summary>Makes, starts or adopts it; one process at a time.</summary>
    public static async Task<LocalDatabase> StartAsync(DataFolder folder, string? binariesFolder, TimeProvider time, CancellationToken ct)
    {
        await using var startLock = await FileLock.WaitExclusiveAsync(folder.StartLock, StartLimit, time, ct)
            ?? throw new StartupException($"Another AuthCore has been starting or stopping the database in {folder.Path} for a minute. Wait for it, or end it.");
        var binaries = await PostgresBinaries.FindAsync(binariesFolder, PostgresCluster.VersionIn(folder), UsualFolders.All(), ct);

        // Nobody holds it exclusively without the start lock.
        var lease = FileLock.TryShared(folder.UsersLock) ?? throw new StartupException($"{folder.UsersLock} is held by another program.");
        try
        {
            SecretFile.Ensure(folder.DatabasePassword);
            var cluster = new PostgresCluster(new ClusterPrograms(binaries, folder), folder, time);
            await cluster.EnsureMadeAsync(ct);
            var connection = await ClusterConnection.OpenAsync(cluster, folder, time, ct);
            return new LocalDatabase(folder, time, lease, () => cluster.StopAsync(CancellationToken.None))
            {
                ConnectionString = connection.ConnectionString,
                Note = $"PostgreSQL {binaries.Version} on port {connection.Port}, data in {folder.Path}",
            };
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops PostgreSQL where no other process uses it. A start meanwhile waits for the lock and begins anew.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref inUse, null) is not { } lease) { return; }
        using var startLock = FileLock.WaitExclusiveAsync(folder.StartLock, StopLimit, time, CancellationToken.None).GetAwaiter().GetResult();
        lease.Dispose();
        using var alone = startLock is null ? null : FileLock.TryExclusive(folder.UsersLock);
        if (alone is not null) { stop().GetAwaiter().GetResult(); }
    }
}
