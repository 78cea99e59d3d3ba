using System.Diagnostics;
using AuthCore.Features.LocalPostgres;
using AuthCore.Options;

namespace AuthCore.Tests.Features.LocalPostgres;

/// <summary>The built server in a process of its own, which may be killed.</summary>
internal sealed class ChildServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private ChildServer(Process process, Task<string> errors, Task serves) => (this.process, Errors, Serves) = (process, errors, serves);

    public Task<string> Errors { get; }

    /// <summary>Completes with the first line that names an address, or with the end.</summary>
    public Task Serves { get; }

    public int ExitCode => process.ExitCode;

    public static ChildServer Start(string folder, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { typeof(AuthCoreOptions).Assembly.Location },
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AUTHCORE", StringComparison.Ordinal) || name.StartsWith("DATABASE_URL", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["AUTHCORE__LOCALPOSTGRES__FOLDER"] = folder;
        foreach (var (name, value) in settings) { start.Environment[name] = value; }

        var started = Process.Start(start)!;
        var serves = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        started.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("http:", StringComparison.Ordinal)) { serves.TrySetResult(); }
        };
        started.BeginOutputReadLine();
        return new ChildServer(started, started.StandardError.ReadToEndAsync(), serves.Task);
    }

    /// <summary>Waits until it has a running database, so that its end can be watched.</summary>
    public async Task<int> PostmasterAsync(DataFolder folder, CancellationToken ct)
    {
        for (; ; await Task.Delay(20, ct))
        {
            Assert.False(process.HasExited, process.HasExited ? await Errors : "");
            var note = Path.Combine(folder.Cluster, "postmaster.pid");
            if (File.Exists(note) && (await File.ReadAllTextAsync(note, ct)).Contains("ready", StringComparison.Ordinal)
                && FileLock.TryExclusive(folder.StartLock) is { } free)
            {
                await free.DisposeAsync();
                return PostmasterFile.Read(folder.Cluster)!.ProcessId;
            }
        }
    }

    public async Task KillAsync(CancellationToken ct)
    {
        process.Kill();
        await process.WaitForExitAsync(ct);
    }

    public async Task EndAsync(string signal, CancellationToken ct)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.WaitForExitAsync(ct).WaitAsync(Limit, ct);
    }

    /// <summary>Whether a child inherits the order not to hear it, as of Ctrl+C in what a shell runs in the background, and of HUP under nohup.</summary>
    public static bool Ignores(string signal)
    {
        var bit = signal switch { "HUP" => 1, "INT" => 2, _ => 0 };
        return bit > 0 && OperatingSystem.IsLinux()
            && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var ignored
            && (Convert.ToUInt64(ignored[7..].Trim(), 16) & (1UL << (bit - 1))) != 0;
    }

    public Task WaitAsync(CancellationToken ct) => process.WaitForExitAsync(ct);

    public void Dispose()
    {
        if (!process.HasExited) { process.Kill(); }
        process.Dispose();
    }
}
