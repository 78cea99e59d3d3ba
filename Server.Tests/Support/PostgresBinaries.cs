using System.Globalization;

namespace AuthCore.Tests.Support;

/// <summary>Finds the folder with <c>initdb</c> and <c>pg_ctl</c>: PATH first, then where the usual installers put them, newest first.</summary>
internal static class PostgresBinaries
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public static string? Find() => Candidates().FirstOrDefault(IsComplete);

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb" + Suffix)) && File.Exists(Path.Combine(folder, "pg_ctl" + Suffix));

    private static IEnumerable<string> Candidates() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. Versions("/usr/lib/postgresql", ""),
        .. Versions("/opt/homebrew/opt", "postgresql@"),
        .. Versions("/usr/local/opt", "postgresql@"),
        .. Versions("/usr", "pgsql-"),
        .. Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), ""),
    ];

    /// <summary>The <c>bin</c> folders of <c>root/prefixN</c>, the highest N first.</summary>
    private static IEnumerable<string> Versions(string root, string prefix) =>
        !Directory.Exists(root)
            ? []
            : Directory.GetDirectories(root, prefix + "*")
                .Select(folder => (folder, number: Number(Path.GetFileName(folder)[prefix.Length..])))
                .Where(found => found.number > 0)
                .OrderByDescending(found => found.number)
                .Select(found => Path.Combine(found.folder, "bin"));

    private static int Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
