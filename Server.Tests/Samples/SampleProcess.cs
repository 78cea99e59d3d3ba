using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Samples;

/// <summary>A program in a process of its own, with what it says.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _said = new(0);

    private SampleProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that it said, on both streams.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a sample by its folder and project.</summary>
    public static SampleProcess StartSample(string folder, string project, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // bin/<configuration>/<framework>, as of these tests
        var built = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar)[^2..];
        return Start(Path.Combine([SourceTree.Root, "samples", folder, "bin", .. built, project + ".dll"]), environment, arguments);
    }

    /// <summary>Starts a built program; of this process's settings it sees none.</summary>
    public static SampleProcess Start(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(program)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] ours = ["AUTHCORE", "DATABASE_URL", "ASPNETCORE", "ISSUER", "PORT", "API", "SPA", "COUNT", "EVERY", "CLIENT_SECRET"];
        foreach (var name in start.Environment.Keys.Where(name => ours.Any(our => name.StartsWith(our, StringComparison.OrdinalIgnoreCase))).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The first line that has this in it.</summary>
    public async Task<string> LineAsync(string part)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (; ; )
        {
            if (_lines.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            Assert.False(_process.HasExited && !await _said.WaitAsync(TimeSpan.FromSeconds(1)), $"It ended without saying \"{part}\":\n{Output}");
            await _said.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
        }
    }

    /// <summary>Its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is { } text)
        {
            _lines.Enqueue(text);
            _said.Release();
        }
    }
}
