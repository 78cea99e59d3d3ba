using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace AuthCore.Features.LocalPostgres;

/// <summary>PostgreSQL's own note of the server that runs on a cluster: postmaster.pid; line 1 its process, line 4 its port.</summary>
internal sealed record PostmasterFile(int ProcessId, int? Port)
{
    private const string Name = "postmaster.pid";

    public static PostmasterFile? Read(string cluster)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(cluster, Name));
            return Number(lines, 0) is { } process ? new PostmasterFile(process, Number(lines, 3)) : null;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Takes away a note whose process is surely not PostgreSQL: another program has its number now, as after a restart of the machine, or it
    /// is dead and nobody collected it, as in containers. PostgreSQL would refuse to start. A note that may be true stays: two servers on
    /// one cluster would ruin it.
    /// </summary>
    public static void RemoveIfUntrue(string cluster)
    {
        if (Read(cluster) is { } note && IsSurelyNotPostgres(note.ProcessId)) { File.Delete(Path.Combine(cluster, Name)); }
    }

    private static bool IsSurelyNotPostgres(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) || IsZombie(processId);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;   // no such process: PostgreSQL sees that by itself
        }
    }

    /// <summary>On Linux, /proc/N/stat reads `N (name) state …`.</summary>
    internal static bool IsZombie(int processId)
    {
        var file = $"/proc/{processId}/stat";
        return OperatingSystem.IsLinux() && File.Exists(file) && File.ReadAllText(file) is var stat
            && stat[(stat.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');
    }

    private static int? Number(string[] lines, int index) =>
        lines.Length > index && int.TryParse(lines[index].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
