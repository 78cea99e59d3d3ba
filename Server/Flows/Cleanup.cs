using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Takes away what has expired. One server is enough; several do no harm, and a table in trouble keeps no other from its turn.</summary>
internal sealed partial class Cleanup(ExpiredRows expired, TimeProvider clock, ILogger<Cleanup> log) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(10);

    /// <summary>One round over all tables.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var total = 0;
        foreach (var table in expired.Tables)
        {
            try
            {
                bool mayBeMore;
                do
                {
                    (var rows, mayBeMore) = await expired.DeleteBatchAsync(table, clock.GetUtcNow(), ct);
                    total += rows;
                }
                while (mayBeMore);
            }
            catch (StorageUnavailableException fault)
            {
                Postponed(log, table, fault.Message);
            }
        }

        return total;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, clock);
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
