using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Takes away what has expired, in batches that hold no lock for long; one server at a time is enough, several do no harm.</summary>
internal sealed partial class Cleanup(Database database, TimeProvider clock, ILogger<Cleanup> log) : BackgroundService
{
    private const int Batch = 1000;

    // A code row stays a day as proof of replay; a dead family stays a day for whoever asks why.
    private static readonly string[] s_statements =
    [
        "delete from interactions where id in (select id from interactions where expires_at < @now - interval '1 day' limit @Batch)",
        "delete from authorization_codes where (grant_id, code_hash) in (select grant_id, code_hash from authorization_codes where expires_at < @now - interval '1 day' limit @Batch)",
        "delete from grants where id in (select id from grants where expires_at < @now - interval '1 day' limit @Batch)",
        "delete from refresh_tokens where (grant_id, token_hash) in (select grant_id, token_hash from refresh_tokens where expires_at < @now - interval '1 day' limit @Batch)",
        "delete from sessions where id in (select id from sessions where expires_at < @now - interval '1 day' limit @Batch)",
        "delete from login_failures where (account, source) in (select account, source from login_failures where window_ends_at < @now - interval '2 days' limit @Batch)",
    ];

    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(10);

    /// <summary>One round over all tables.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var total = 0;
        var now = clock.GetUtcNow();
        foreach (var statement in s_statements)
        {
            int deleted;
            do
            {
                deleted = await database.ExecuteAsync(statement, new { now, Batch }, ct);
                total += deleted;
            }
            while (deleted == Batch);
        }

        return total;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Cleaned(log, await RunOnceAsync(stoppingToken));
            }
            catch (StorageUnavailableException fault)
            {
                Postponed(log, fault.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "cleanup.done {Rows} rows")]
    private static partial void Cleaned(ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cleanup.postponed {Reason}")]
    private static partial void Postponed(ILogger logger, string reason);
}
