using System.Globalization;
using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Makes, starts and stops the cluster. The caller holds the start lock.</summary>
internal sealed class PostgresCluster(ClusterPrograms programs, DataFolder folder, TimeProvider time)
{
    public const string Superuser = "authcore";

    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    /// <summary>The major version of the cluster in a folder; null where there is none.</summary>
    public static int? VersionIn(DataFolder folder)
    {
        var file = Path.Combine(folder.Cluster, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    /// <summary>Makes it beside its place and then moves it there, so that a half-made one is never taken for a cluster.</summary>
    public async Task EnsureMadeAsync(CancellationToken ct)
    {
        if (VersionIn(folder) is not null) { return; }
        await programs.PrepareFolderAsync(ct);
        RemoveUnfinished();

        var unfinished = folder.UnfinishedCluster + Path.GetRandomFileName();
        SecretFile.Write(folder.PasswordForInitdb, (await File.ReadAllTextAsync(folder.DatabasePassword, ct)).Trim());
        try
        {
            await programs.GiveAsync(folder.PasswordForInitdb, ct);
            Check(await programs.RunAsync("initdb",
                ["-D", unfinished, "-U", Superuser, "--auth=scram-sha-256", $"--pwfile={folder.PasswordForInitdb}",
                 "--encoding=UTF8", "--no-locale", "--no-instructions"], ct), "be made");
        }
        finally
        {
            File.Delete(folder.PasswordForInitdb);
        }

        Directory.Move(unfinished, folder.Cluster);
    }

    /// <summary>Starts it, or finds it running, as after the end by force of the server that started it.</summary>
    /// <returns>Its port on loopback.</returns>
    public async Task<int> EnsureRunningAsync(CancellationToken ct)
    {
        PostmasterFile.RemoveIfUntrue(folder.Cluster);
        var port = LoopbackPort.KeptOrFree(folder);
        for (var tries = 1; ; tries++)
        {
            if (await IsRunningAsync(ct) && PostmasterFile.Read(folder.Cluster)?.Port is { } running) { return running; }
            var run = await StartAsync(port, ct);
            if (run.ExitCode == 0) { break; }
            if (tries == Tries) { Check(run, "be started"); }

            // PostgreSQL ended by force leaves processes that hold its memory for a moment, and a port may be taken meanwhile.
            await Task.Delay(Pause, time, ct);
            if (!LoopbackPort.IsFree(port)) { port = LoopbackPort.Free(); }
        }

        LoopbackPort.Keep(folder, port);
        return port;
    }

    /// <summary>In order: sessions are ended, everything is on disk, no recovery at the next start.</summary>
    public Task<CommandResult> StopAsync(CancellationToken ct) =>
        programs.RunAsync("pg_ctl", ["stop", "-D", folder.Cluster, "-m", "fast", "-w", "-t", "20"], ct);

    private async Task<bool> IsRunningAsync(CancellationToken ct) =>
        (await programs.RunAsync("pg_ctl", ["status", "-D", folder.Cluster], ct)).ExitCode == 0;

    /// <summary>pg_ctl gives it a session of its own, so that the terminal's Ctrl+C reaches the server alone.</summary>
    private Task<CommandResult> StartAsync(int port, CancellationToken ct)
    {
        var settings = string.Create(CultureInfo.InvariantCulture,
            $"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60 -c shared_buffers=32MB -c log_checkpoints=off");
        return programs.RunAsync("pg_ctl", ["start", "-D", folder.Cluster, "-l", folder.Log, "-o", settings, "-w", "-t", "60"], ct);
    }

    /// <summary>What servers that were ended by force left behind; one may still be at work on it.</summary>
    private void RemoveUnfinished()
    {
        foreach (var leftover in Directory.EnumerateDirectories(folder.Postgres, Path.GetFileName(folder.UnfinishedCluster) + "*"))
        {
            try { Directory.Delete(leftover, recursive: true); }
            catch (IOException) { }
        }
    }

    private void Check(CommandResult run, string what)
    {
        if (run.ExitCode == 0) { return; }
        throw new StartupException(
            $"The local PostgreSQL in {folder.Postgres} could not {what}:{Environment.NewLine}{run.Output}{Environment.NewLine}Its log is {folder.Log}; AUTHCORE__DATABASE may name another database.");
    }
}
