using System.Net.Sockets;

namespace AuthCore.Bench.Measure;

/// <summary>
/// Tells how many bytes a process has allocated since it began. The process that is measured answers on a socket, from a thread
/// that sleeps while nobody asks; the server is loaded with it by the runtime's start-up hook and is otherwise as it ships.
/// </summary>
internal sealed class AllocationProbe(string path)
{
    /// <summary>Names the socket, to the process that is to answer.</summary>
    public const string Variable = "SERVER_BENCH_PROBE";

    /// <summary>Bytes so far; null where nobody answers.</summary>
    public long? Read()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
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
        new Thread(() =>
        {
            while (true)
            {
                using var asker = listener.Accept();
                asker.Send(BitConverter.GetBytes(GC.GetTotalAllocatedBytes(precise: true)));
            }
        }, 128 * 1024)
        { IsBackground = true, Name = "allocation probe" }.Start();
    }
}
