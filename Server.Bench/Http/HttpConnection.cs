using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace AuthCore.Bench.Http;

/// <summary>One connection, kept: a request out, its answer in, no pipelining. Blocking, on a thread of its own: two system calls a request.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
    private byte[] _buffer = new byte[32 * 1024];
    private int _filled;

    public HttpConnection(IPEndPoint server) => _socket.Connect(server);

    /// <summary>Sends and waits for the whole answer.</summary>
    /// <exception cref="IOException">The connection ended, or what came is not HTTP/1.1.</exception>
    public HttpAnswer Exchange(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        _filled = 0;
        int headLength;
        while ((headLength = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Receive();
        }

        headLength += 2;   // with its last line break
        var bodyStart = headLength + 2;
        if (_filled < 12 || !_buffer.AsSpan().StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _))
        {
            throw new IOException("An answer that is not HTTP/1.1.");
        }

        var length = ContentLength(_buffer.AsSpan(0, headLength)) is { } given ? ReceiveBody(bodyStart, given) : ReceiveChunks(bodyStart);
        return new HttpAnswer(status, _buffer.AsSpan(0, headLength), _buffer.AsSpan(bodyStart, length));
    }

    public void Dispose() => _socket.Dispose();

    private static int? ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "\nContent-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : null;
    }

    private int ReceiveBody(int start, int length)
    {
        while (_filled < start + length)
        {
            Receive();
        }

        return length;
    }

    /// <summary>RFC 9112 §7.1: moves the chunks together, in place.</summary>
    private int ReceiveChunks(int start)
    {
        var (read, written) = (start, start);
        while (true)
        {
            int lineEnd;
            while ((lineEnd = _buffer.AsSpan(read, _filled - read).IndexOf("\r\n"u8)) < 0)
            {
                Receive();
            }

            if (!Utf8Parser.TryParse(_buffer.AsSpan(read, lineEnd), out int size, out _, 'x'))
            {
                throw new IOException("A chunk without its size.");
            }

            read += lineEnd + 2;
            while (_filled < read + size + 2)
            {
                Receive();
            }

            _buffer.AsSpan(read, size).CopyTo(_buffer.AsSpan(written));
            written += size;
            read += size + 2;
            if (size == 0)
            {
                return written - start;
            }
        }
    }

    private void Receive()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var received = _socket.Receive(_buffer.AsSpan(_filled));
        _filled += received > 0 ? received : throw new IOException("The connection was closed in the middle of an answer.");
    }
}
