namespace AuthCore.Bench;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>Names; all where none was given.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    public TimeSpan Round { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of the load that a workload is compared with.</summary>
    public TimeSpan CeilingRound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Zero for none.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);

    public int Rounds { get; init; } = 5;

    /// <summary>Whether another second of each workload is spent on counting its round trips.</summary>
    public bool CountCommands { get; init; } = true;

    public int Connections { get; init; } = 32;

    /// <summary>Families to fill a second database with; zero = none.</summary>
    public long Rows { get; init; }

    public bool Peer { get; init; }

    public string? JsonFile { get; init; }

    /// <summary>Of bcrypt.</summary>
    public int HashingCost { get; init; } = 12;

    /// <summary>Variables of the measured server.</summary>
    public IReadOnlyList<(string Name, string Value)> ServerEnvironment { get; init; } = [];

    /// <summary>Looks for errors alone: no figure of it means anything.</summary>
    public BenchOptions Smoke() => this with
    {
        Round = TimeSpan.FromSeconds(2),
        CeilingRound = TimeSpan.FromSeconds(0.5),
        WarmUp = TimeSpan.Zero,
        Rounds = 1,
        CountCommands = false,
        HashingCost = 10,
    };
}
