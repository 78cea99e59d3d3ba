using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuthCore.Bench.Http;
using AuthCore.Bench.Measure;

namespace AuthCore.Bench.Processes;

/// <summary>
/// A server of this run. A shell stands between the two, which ends the server when its standard input closes: the death of this
/// process does that too. What the server prints goes to a file, so that reading it costs nobody anything.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Keeper =
        """
        trap '' INT TERM HUP
        "$@" >"$BENCH_LOG" 2>&1 </dev/null &
        echo $!
        cat >/dev/null
        kill -TERM $! 2>/dev/null
        wait
        """;

    private readonly Process _keeper;
    private readonly string _log;

    private ChildProcess(Process keeper, int id, string log, IPEndPoint address, RuntimeProbe probe)
    {
        _keeper = keeper;
        _log = log;
        Address = address;
        Target = new Target(id, probe);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public IPEndPoint Address { get; }

    public Target Target { get; }

    /// <summary>From its start to its first good answer.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="name">For its files.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Replaces what is inherited; AuthCore's and the runtime's own variables are not.</param>
    /// <param name="address">Where it will listen.</param>
    /// <param name="ready">A path that answers 200 once it can serve.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<ChildProcess> StartAsync(
        string name, string folder, string[] command, IEnumerable<(string Name, string Value)> environment, IPEndPoint address, string ready, CancellationToken ct)
    {
        var probe = Path.Combine(folder, name + ".probe");
        var log = Path.Combine(folder, name + ".log");
        var start = new ProcessStartInfo("sh", ["-c", Keeper, "sh", .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["BENCH_LOG"] = log;
        start.Environment[RuntimeProbe.Variable] = probe;
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        var began = Stopwatch.GetTimestamp();
        var keeper = Process.Start(start)!;
        var id = int.Parse((await keeper.StandardOutput.ReadLineAsync(ct))!, NumberStyles.None, CultureInfo.InvariantCulture);
        var child = new ChildProcess(keeper, id, log, address, new RuntimeProbe(probe));
        try
        {
            await child.WaitAsync(ready, ct);
        }
        catch
        {
            child.Dispose();
            throw;
        }

        child.ReadyAfter = Stopwatch.GetElapsedTime(began);
        return child;
    }

    /// <summary>A port of this machine that nobody listens on.</summary>
    public static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <summary>Takes its processor time away, until <see cref="GoOn"/>.</summary>
    public void Halt() => Signal("STOP");

    /// <summary>Ends <see cref="Halt"/>.</summary>
    public void GoOn() => Signal("CONT");

    public void Dispose()
    {
        try
        {
            _keeper.StandardInput.Close();
            _keeper.WaitForExit(20_000);
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException)
        {
            // disposed before
        }

        _keeper.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("sh", ["-c", FormattableString.Invariant($"kill -{name} {Target.ProcessId}")]);
        kill.WaitForExit();
    }

    // DOTNET_ROOT says where the runtime is; the rest would change how it runs.
    private static bool IsOurs(string variable) =>
        variable.StartsWith("AUTHCORE", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || variable.StartsWith("DATABASE_URL", StringComparison.Ordinal)
        || (variable.StartsWith("DOTNET_", StringComparison.Ordinal) && !variable.StartsWith("DOTNET_ROOT", StringComparison.Ordinal));

    private async Task WaitAsync(string path, CancellationToken ct)
    {
        var request = RequestBytes.Get(path);
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(5, ct))
        {
            try
            {
                using var connection = new HttpConnection(Address);
                if (connection.Exchange(request).Status == 200)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is SocketException or IOException)
            {
                // not yet
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > 60 || ProcessCpu.ParentOf(Target.ProcessId) is null)
            {
                var said = File.Exists(_log) ? string.Join(Environment.NewLine, File.ReadLines(_log).TakeLast(20)) : "";
                throw new BenchException($"A server did not start. It said: {said}");
            }
        }
    }
}
