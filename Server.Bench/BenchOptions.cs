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

    /// <summary>Whether workloads that are compared with a plainer flow of the same server measure that flow too.</summary>
    public bool PlainFlows { get; init; } = true;

    /// <summary>Clients that act for themselves.</summary>
    public int Machines { get; init; } = 1000;

    /// <summary>Access tokens that a round may have made before it begins.</summary>
    public int MostMinted { get; init; } = 4000;

    /// <summary>Families with a token, and as many with a code: a plan made on empty tables reads them whole, and is kept until statistics are taken again.</summary>
    public int RowsAtFirst { get; init; } = 20_000;

    /// <summary>Families whose time is over, for the workload that has them taken away.</summary>
    public long ExpiredFamilies { get; init; } = 1_000_000;

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
        CeilingRound = TimeSpan.FromSeconds(0.25),
        WarmUp = TimeSpan.Zero,
        Rounds = 1,
        PlainFlows = false,
        Machines = 100,
        MostMinted = 1000,
        RowsAtFirst = 2000,
        ExpiredFamilies = 10_000,
        CountCommands = false,
        HashingCost = 10,
    };
}
