using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Runtime;

namespace AuthCore.Bench.Measure;

/// <summary>
/// Asks a process how much it has allocated, and how many commands it sent to PostgreSQL. The process answers on a socket, from a
/// thread that sleeps while nobody asks; the server is loaded with it by the runtime's start-up hook and is otherwise as it ships.
/// </summary>
internal sealed class RuntimeProbe(string path)
{
    /// <summary>Names the socket, to the process that is to answer.</summary>
    public const string Variable = "SERVER_BENCH_PROBE";

    private const byte Allocated = (byte)'a';
    private const byte Count = (byte)'c';
    private const byte Counted = (byte)'n';
    private const byte Compiled = (byte)'j';

    private static long s_commands;

    /// <summary>Bytes since the process began; null where nobody answers.</summary>
    public long? AllocatedBytes() => Ask(Allocated);

    /// <summary>Methods compiled since the process began, each as often as it was compiled anew.</summary>
    public long? CompiledMethods() => Ask(Compiled);

    /// <summary>From now on commands are counted, which costs each of them a little.</summary>
    public long? StartCounting() => Ask(Count);

    /// <summary>Commands since <see cref="StartCounting"/>.</summary>
    public long? StopCounting() => Ask(Counted);

    /// <summary>In the process that is measured: answers from now on.</summary>
    public static void Answer()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path)
        {
            return;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => AnswerAll(listener), 256 * 1024) { IsBackground = true, Name = "bench probe" }.Start();
    }

    private static void AnswerAll(Socket listener)
    {
        MeterListener? counter = null;
        var question = new byte[1];
        while (true)
        {
            using var asker = listener.Accept();
            asker.Receive(question);
            switch (question[0])
            {
                case Count:
                    Interlocked.Exchange(ref s_commands, 0);
                    counter = CountCommands();
                    break;
                case Counted:
                    counter?.Dispose();
                    break;
            }

            asker.Send(BitConverter.GetBytes(question[0] switch
            {
                Allocated => GC.GetTotalAllocatedBytes(precise: true),
                Compiled => JitInfo.GetCompiledMethodCount(),
                _ => Interlocked.Read(ref s_commands),
            }));
        }
    }

    private static MeterListener CountCommands()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Npgsql" && instrument.Name == "db.client.operation.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref s_commands));
        listener.Start();
        return listener;
    }

    private long? Ask(byte question)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send([question]);
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            for (var read = 0; read < bytes.Length;)
            {
                read += socket.Receive(bytes[read..]) is > 0 and var received ? received : throw new SocketException((int)SocketError.ConnectionReset);
            }

            return BitConverter.ToInt64(bytes);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
