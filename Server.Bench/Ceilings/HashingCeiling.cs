using System.Diagnostics;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Measure;
using AuthCore.Keys;

namespace AuthCore.Bench.Ceilings;

/// <summary>Verifies the users' password, and nothing else, on as many threads as the server hashes on by default.</summary>
internal sealed class HashingCeiling(string storedHash, byte[] password) : Load("bcrypt alone", new Target(Environment.ProcessId, Probe: null))
{
    public static int Threads => Math.Max(1, Environment.ProcessorCount - 1);

    public override Task<Func<Tally>> PrepareAsync(TimeSpan duration, double rate, CancellationToken ct)
    {
        var stored = StoredPassword.Parse(storedHash)!;
        return Task.FromResult(() => Run(stored, duration));
    }

    private Tally Run(StoredPassword stored, TimeSpan duration)
    {
        var logs = Enumerable.Range(0, Threads).Select(_ => new List<int>()).ToArray();
        var start = Stopwatch.GetTimestamp();
        var threads = logs.Select(log => new Thread(() =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var began = Stopwatch.GetTimestamp();
                _ = stored.Verify(password);
                log.Add((int)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        int[] latencies = [.. logs.SelectMany(log => log).Order()];
        return new Tally(latencies.Length, Stopwatch.GetElapsedTime(start), latencies, []);
    }
}
