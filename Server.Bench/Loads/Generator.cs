using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AuthCore.Bench.Http;

namespace AuthCore.Bench.Loads;

/// <summary>Runs virtual users against one server, each on a connection and a thread of its own.</summary>
internal sealed class Generator(IPEndPoint server, IReadOnlyList<VirtualUser> users)
{
    private const int StackBytes = 256 * 1024;

    private readonly List<string> _faults = [];
    private readonly Lock _gate = new();
    private volatile bool _over;

    /// <summary>Ends a run before its time.</summary>
    public void Stop() => _over = true;

    /// <summary>Runs for the time given, or until a user has nothing left to ask: from then on the load would be another.</summary>
    public Tally Run(TimeSpan duration)
    {
        using var ready = new CountdownEvent(users.Count);
        using var go = new ManualResetEventSlim();
        var logs = users.Select(_ => new List<int>(16 * 1024)).ToArray();
        var ends = new long[users.Count];
        var deadline = long.MaxValue;
        var threads = users.Select((user, i) => new Thread(() => ends[i] = Work(user, logs[i], ready, go, ref deadline), StackBytes) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        ready.Wait();   // every connection is made
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref deadline, start + (long)(duration.TotalSeconds * Stopwatch.Frequency));
        go.Set();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        int[] latencies = [.. logs.SelectMany(log => log)];
        Array.Sort(latencies);
        return new Tally(latencies.Length, Stopwatch.GetElapsedTime(start, Math.Max(ends.Max(), start + 1)), latencies, _faults);
    }

    /// <returns>When the last answer was there.</returns>
    private long Work(VirtualUser user, List<int> log, CountdownEvent ready, ManualResetEventSlim go, ref long deadline)
    {
        HttpConnection? connection = null;
        var now = 0L;
        try
        {
            connection = new HttpConnection(server);
            ready.Signal();
            go.Wait();
            var end = Volatile.Read(ref deadline);
            now = Stopwatch.GetTimestamp();
            while (now < end && !_over)
            {
                var request = user.Next();
                if (request.IsEmpty)
                {
                    Stop();
                    break;
                }

                var began = Stopwatch.GetTimestamp();
                var fault = user.Check(connection.Exchange(request.Span));
                while (fault is null && !user.IsDone)
                {
                    fault = user.Check(connection.Exchange(user.Next().Span));
                }

                now = Stopwatch.GetTimestamp();
                log.Add((int)Stopwatch.GetElapsedTime(began, now).TotalMicroseconds);
                if (fault is not null)
                {
                    Report(fault);
                    break;   // a chain is broken here
                }
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            if (connection is null)
            {
                ready.Signal();
            }

            Report(fault.Message);
        }

        connection?.Dispose();
        return now;
    }

    private void Report(string fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }
}
