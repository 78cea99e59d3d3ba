using System.Globalization;
using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>A folder with `initdb`, `pg_ctl` and `postgres`, and their major version.</summary>
internal sealed record PostgresBinaries(string Folder, int Version)
{
    /// <summary>The oldest version that is still maintained and known to work.</summary>
    public const int Oldest = 14;

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The binaries for a cluster of a version (null: for a new one), out of those that the folders hold.</summary>
    public static async Task<PostgresBinaries> FindAsync(string? chosen, int? clusterVersion, IEnumerable<string> folders, CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(chosen) && !HasAll(chosen))
        {
            throw new StartupException($"AUTHCORE__LOCALPOSTGRES__BINARIES names {chosen}, which does not hold initdb, pg_ctl and postgres.");
        }

        var found = new List<int>();
        foreach (var folder in (string.IsNullOrWhiteSpace(chosen) ? folders : [chosen]).Where(HasAll).Select(Real).Distinct(StringComparer.Ordinal))
        {
            if (await VersionAsync(folder, ct) is not { } version) { continue; }
            if (version >= Oldest && version == (clusterVersion ?? version)) { return new PostgresBinaries(folder, version); }
            found.Add(version);
        }

        throw new StartupException(found.Count == 0 ? StartupMessages.NoBinaries : StartupMessages.WrongVersion(clusterVersion, found));
    }

    public string Program(string name) => Path.Combine(Folder, name + Suffix);

    private static bool HasAll(string folder) => Needed.All(name => File.Exists(Path.Combine(folder, name + Suffix)));

    /// <summary>Where a link leads to: the programs look for each other beside themselves.</summary>
    private static string Real(string folder) =>
        File.ResolveLinkTarget(Path.Combine(folder, "initdb" + Suffix), returnFinalTarget: true) is { } target && HasAll(Path.GetDirectoryName(target.FullName)!)
            ? Path.GetDirectoryName(target.FullName)!
            : Path.GetFullPath(folder);

    /// <summary>15 of "postgres (PostgreSQL) 15.14 (…)"; null for a program that does not run.</summary>
    private static async Task<int?> VersionAsync(string folder, CancellationToken ct)
    {
        var run = await Command.RunAsync(Path.Combine(folder, "postgres" + Suffix), ["--version"], folder, ct);
        var number = run.Output.Split(' ').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0])) ?? "";
        return int.TryParse(new string([.. number.TakeWhile(char.IsAsciiDigit)]), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
