using AuthCore.Bench.Measure;

namespace AuthCore.Bench.Reports;

/// <summary>All rounds of one load in one line. Rates are of rounds, everything else of all rounds together; costs are per request.</summary>
internal sealed record Summary
{
    public Summary(IReadOnlyList<Round> rounds)
    {
        Rates = [.. rounds.Select(round => round.Tally.Rate)];
        Faults = [.. rounds.SelectMany(round => round.Tally.Faults)];
        int[] latencies = [.. rounds.SelectMany(round => round.Tally.Latencies).Order()];
        P50 = Statistics.Percentile(latencies, 0.50) / 1000;
        P99 = Statistics.Percentile(latencies, 0.99) / 1000;
        double requests = Math.Max(1, rounds.Sum(round => round.Tally.Requests));
        ServerCpu = rounds.Sum(round => round.ServerCpu) / requests;
        DatabaseCpu = rounds.All(round => round.DatabaseCpu is not null) ? rounds.Sum(round => round.DatabaseCpu) / requests : null;
        GeneratorCpu = rounds.Sum(round => round.GeneratorCpu) / requests;

        // The runtime's count jumps where its collector changes the number of its heaps, so one round in some says nothing.
        Allocated = rounds.All(round => round.Allocated is not null)
            ? Statistics.Median([.. rounds.Select(round => round.Allocated!.Value / (double)Math.Max(1, round.Tally.Requests))]) : null;
        ResidentMegabytes = rounds.Max(round => round.ResidentBytes) / (1024.0 * 1024);
        Writes = rounds.Sum(round => round.Writes) / requests;
        WalBytes = rounds.Sum(round => round.WalBytes) / requests;
        ResidentByMinute = [.. rounds.SelectMany(round => round.ResidentByMinute)];
    }

    /// <summary>Requests a second, of each round.</summary>
    public IReadOnlyList<double> Rates { get; }

    public double Rate => Statistics.Median(Rates);

    /// <summary>Milliseconds.</summary>
    public double P50 { get; }

    /// <summary>Milliseconds.</summary>
    public double P99 { get; }

    public IReadOnlyList<string> Faults { get; }

    /// <summary>Microseconds.</summary>
    public double? ServerCpu { get; }

    /// <summary>Microseconds, of all of PostgreSQL.</summary>
    public double? DatabaseCpu { get; }

    /// <summary>Microseconds, of this program.</summary>
    public double GeneratorCpu { get; }

    /// <summary>Bytes.</summary>
    public double? Allocated { get; }

    public double? ResidentMegabytes { get; }

    /// <summary>Bytes, after each minute of long rounds.</summary>
    public IReadOnlyList<long> ResidentByMinute { get; }

    /// <summary>Commands sent to PostgreSQL; null where nobody counted.</summary>
    public double? Commands { get; init; }

    /// <summary>Transactions that wrote.</summary>
    public double Writes { get; }

    /// <summary>Bytes of write-ahead log.</summary>
    public double WalBytes { get; }

    /// <summary>The median of the rounds' ratios: two rounds that follow each other see the same machine.</summary>
    public static double Ratio(Summary measured, Summary other) => Statistics.Median(measured.Rates.Zip(other.Rates, (rate, otherRate) => rate / otherRate));
}
