namespace AuthCore.Bench.Loads;

/// <summary>What a load did in one round.</summary>
/// <param name="Requests">All that were begun before the time was over; each was waited for.</param>
/// <param name="Elapsed">Until the last of them was answered.</param>
/// <param name="Latencies">Microseconds, sorted.</param>
/// <param name="Faults">Every answer that was not as expected.</param>
internal sealed record Tally(int Requests, TimeSpan Elapsed, int[] Latencies, IReadOnlyList<string> Faults)
{
    public double Rate => Requests / Elapsed.TotalSeconds;
}
