using AuthCore.Bench.Http;
using AuthCore.Bench.Processes;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>What workloads play on.</summary>
/// <param name="Server">The measured server.</param>
/// <param name="Ceiling">The bare endpoints.</param>
/// <param name="Population">Who is in the database.</param>
/// <param name="ConnectionString">The server's database.</param>
/// <param name="Connections">Virtual users, each with a connection.</param>
internal sealed record Stage(ChildProcess Server, ChildProcess Ceiling, Population Population, string ConnectionString, int Connections)
{
    /// <summary>The server's.</summary>
    public string Issuer => $"http://{Server.Address}";

    /// <summary>Of the web client.</summary>
    public string Credentials { get; } = RequestBytes.Basic(Population.WebClient, Population.WebSecret);

    /// <summary>Families whose time is over, for the workload that has them taken away.</summary>
    public required long ExpiredFamilies { get; init; }

    /// <summary>Access tokens that a round may have made before it begins.</summary>
    public required int MostMinted { get; init; }

    /// <summary>Starts another node of the server that does nothing but take expired rows away, and ends with the run.</summary>
    public required Func<CancellationToken, Task<ChildProcess>> StartCleaner { get; init; }

    /// <summary>Never the credentials.</summary>
    public override string ToString() => Issuer;
}
