using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>
/// Takes away what has expired. One server is enough; several do no harm, and a table in trouble keeps no other from its turn.
/// Nobody waits for it, so it stands back: a tenth of the time of one connection, however much there is to do.
/// </summary>
internal sealed partial class Cleanup(ExpiredRows expired, AuthCoreOptions options, TimeProvider clock, ILogger<Cleanup> log) : BackgroundService
{
    private const int RestsPerBatch = 9;

    /// <summary>One round over all tables, for what had expired when the turn of each came.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var total = 0;
        foreach (var table in expired.Tables)
        {
            try
            {
                total += await CleanAsync(table, ct);
            }
            catch (StorageUnavailableException fault)
            {
                Postponed(log, table, fault.Message);
            }
        }

        return total;
    }

    private async Task<int> CleanAsync(string table, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        for (var total = 0; ;)
        {
            var began = clock.GetTimestamp();
            var (rows, mayBeMore) = await expired.DeleteBatchAsync(table, now, ct);
            total += rows;
            if (!mayBeMore)
            {
                return total;
            }

            await Task.Delay(RestsPerBatch * clock.GetElapsedTime(began), clock, ct);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CleanupInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Cleaned(log, await RunOnceAsync(stoppingToken));
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "cleanup.done {Rows} rows")]
    private static partial void Cleaned(ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cleanup.postponed {Table}: {Reason}")]
    private static partial void Postponed(ILogger logger, string table, string reason);
}
