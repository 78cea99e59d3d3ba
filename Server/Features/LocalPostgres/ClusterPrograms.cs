using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Runs PostgreSQL's programs, as the user `postgres` where we are root, whom they refuse.</summary>
internal sealed class ClusterPrograms(PostgresBinaries binaries, DataFolder folder)
{
    private const string User = "postgres";

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>Creates the folder that PostgreSQL's user owns.</summary>
    public async Task PrepareFolderAsync(CancellationToken ct)
    {
        if (!Directory.Exists(folder.Postgres))
        {
            if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(folder.Postgres); }
            else { Directory.CreateDirectory(folder.Postgres, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); }
        }

        await GiveAsync(folder.Postgres, ct);
    }

    /// <summary>Makes PostgreSQL's user the owner of a path.</summary>
    public async Task GiveAsync(string path, CancellationToken ct)
    {
        if (!IsRoot) { return; }
        var run = await Command.RunAsync("chown", [$"{User}:", path], folder.Path, ct);
        if (run.ExitCode != 0)
        {
            throw new StartupException($"PostgreSQL does not run as root, and there is no user '{User}' it could run as ({run.Output}). Start AuthCore as another user.");
        }
    }

    public Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var path = binaries.Program(program);
        if (!IsRoot) { return Command.RunAsync(path, arguments, folder.Postgres, ct); }
        string[] prefix = OnPath("setpriv") ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups", "--"]
            : OnPath("runuser") ? ["runuser", "-u", User, "--"]
            : throw new StartupException("PostgreSQL does not run as root, and neither setpriv nor runuser is here to change the user. Start AuthCore as another user.");

        return Command.RunAsync(prefix[0], [.. prefix[1..], path, .. arguments], folder.Postgres, ct);
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(place => File.Exists(Path.Combine(place, program)));
}
