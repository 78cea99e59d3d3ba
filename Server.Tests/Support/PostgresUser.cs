using System.Diagnostics;

namespace AuthCore.Tests.Support;

/// <summary>Who runs a private PostgreSQL, and where that user may keep its data.</summary>
internal static class PostgresUser
{
    /// <summary>PostgreSQL refuses to run as root: there, the command runs as the user the distribution made for it.</summary>
    public static ProcessStartInfo Run(ProcessStartInfo start, params string[] command)
    {
        string[] prefix = !Environment.IsPrivilegedProcess ? []
            : File.Exists("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
            : ["runuser", "-u", "postgres", "--"];
        string[] all = [.. prefix, .. command];
        start.FileName = all[0];
        foreach (var argument in all[1..])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>The temporary folder; for root one that the user <c>postgres</c> may enter too.</summary>
    public static string Folder()
    {
        var folder = new DirectoryInfo(Path.GetTempPath());
        return !Environment.IsPrivilegedProcess || OpenToAll(folder) ? folder.FullName : "/var/tmp";

        static bool OpenToAll(DirectoryInfo folder) =>
            folder.UnixFileMode.HasFlag(UnixFileMode.OtherWrite | UnixFileMode.OtherExecute)
            && (folder.Parent is null || Enterable(folder.Parent));

        static bool Enterable(DirectoryInfo folder) =>
            folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute) && (folder.Parent is null || Enterable(folder.Parent));
    }
}
