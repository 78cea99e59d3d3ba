using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Measure;

/// <summary>One round with what it cost; each cost is of all its requests together.</summary>
internal sealed record Round(Tally Tally, double? ServerCpu, double? DatabaseCpu, double GeneratorCpu, long? Allocated, long? ResidentBytes, long Writes, long WalBytes)
{
    /// <summary>Bytes in memory after each minute of a long round.</summary>
    public IReadOnlyList<long> ResidentByMinute { get; init; } = [];
}

/// <summary>Measures rounds.</summary>
internal sealed class Meter(DatabaseMeter database)
{
    /// <summary>Commands that the server sent to PostgreSQL for each request; counted apart, because counting costs time.</summary>
    public static async Task<double?> CountCommandsAsync(Load load, double rate, CancellationToken ct)
    {
        var run = await load.PrepareAsync(TimeSpan.FromSeconds(1), rate, ct);
        if (load.Target.Probe?.StartCounting() is null)
        {
            return null;
        }

        var tally = await Task.Factory.StartNew(run, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return load.Target.Probe.StopCounting() / (double)Math.Max(1, tally.Requests);
    }

    /// <summary>Prepares a round, runs it, and takes the costs from just before and just after.</summary>
    public async Task<Round> MeasureAsync(Load load, TimeSpan duration, double rate, CancellationToken ct)
    {
        var run = await load.PrepareAsync(duration, rate, ct);
        GC.Collect();   // now rather than in the round
        var allocated = load.Target.Probe?.AllocatedBytes();
        var databaseBefore = await database.ReadAsync(ct);
        var serverBefore = ProcessCpu.Of(load.Target.ProcessId);
        var ownBefore = Environment.CpuUsage.TotalTime;

        var running = Task.Factory.StartNew(run, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var byMinute = await WatchMemoryAsync(running, load.Target.ProcessId, ct);
        var tally = await running;

        var own = (Environment.CpuUsage.TotalTime - ownBefore).TotalMicroseconds;
        var server = ProcessCpu.Of(load.Target.ProcessId) - serverBefore;
        var databaseAfter = await database.ReadAsync(ct);
        return new Round(
            tally, server, databaseAfter.CpuMicroseconds - databaseBefore.CpuMicroseconds, load.Target.ProcessId == Environment.ProcessId ? 0 : own,
            load.Target.Probe?.AllocatedBytes() - allocated, ProcessCpu.ResidentBytes(load.Target.ProcessId),
            databaseAfter.Writes - databaseBefore.Writes, databaseAfter.WalBytes - databaseBefore.WalBytes)
        { ResidentByMinute = byMinute };
    }

    private static async Task<List<long>> WatchMemoryAsync(Task running, int processId, CancellationToken ct)
    {
        var seen = new List<long>();
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromMinutes(1), ct)) != running)
        {
            ct.ThrowIfCancellationRequested();
            seen.Add(ProcessCpu.ResidentBytes(processId) ?? 0);
        }

        return seen;
    }
}
