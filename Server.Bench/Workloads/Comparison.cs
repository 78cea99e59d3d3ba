using AuthCore.Bench.Loads;
using AuthCore.Bench.Reports;

namespace AuthCore.Bench.Workloads;

/// <summary>A workload and what it is compared with; null where there is nothing.</summary>
internal sealed record Comparison(string Workload, Load Load, Load? Ceiling)
{
    /// <summary>Whether it is compared with a plainer flow of the same server, rather than with a bare endpoint or another server.</summary>
    public bool IsWithinServer => Ceiling?.Target == Load.Target;

    /// <summary>What else is to be said of it once it is measured.</summary>
    public Func<Summary, Summary?, string?> Note { get; init; } = (_, _) => null;
}
