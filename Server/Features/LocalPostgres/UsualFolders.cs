using System.Globalization;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Where installers put PostgreSQL, the newest version first.</summary>
internal static class UsualFolders
{
    private static readonly (string Parent, string Pattern, string Below)[] Unix =
    [
        ("/usr/lib/postgresql", "*", "bin"),                             // Debian, Ubuntu
        ("/usr", "pgsql-*", "bin"),                                      // Red Hat, from PostgreSQL's own packages
        ("/opt/homebrew/opt", "postgresql@*", "bin"),                    // Homebrew on Apple silicon
        ("/usr/local/opt", "postgresql@*", "bin"),                       // Homebrew on Intel
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql@*", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
    ];

    public static IEnumerable<string> All()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return path.Where(Path.IsPathFullyQualified).Concat((OperatingSystem.IsWindows() ? Windows() : Unix).SelectMany(Newest));
    }

    private static (string Parent, string Pattern, string Below)[] Windows() =>
        [(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*", "bin")];

    private static IEnumerable<string> Newest((string Parent, string Pattern, string Below) place) =>
        Directory.Exists(place.Parent)
            ? Directory.EnumerateDirectories(place.Parent, place.Pattern).OrderByDescending(Number).Select(folder => Path.Combine(folder, place.Below))
            : [];

    private static int Number(string folder) =>
        int.TryParse(new string([.. Path.GetFileName(folder).Where(char.IsAsciiDigit).Take(4)]), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
