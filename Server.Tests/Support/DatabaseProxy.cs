using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>Stands between the server and its database, and can make the database be gone in two ways.</summary>
internal sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly EndPoint _database;
    private readonly int _port;
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private Socket? _listener;
    private volatile TaskCompletionSource _flow = Flowing();

    private DatabaseProxy(NpgsqlConnectionStringBuilder target)
    {
        _database = target.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}")
            : new DnsEndPoint(target.Host, target.Port);
        _port = Listen(0);
        ConnectionString = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Host = "127.0.0.1", Port = _port }.ConnectionString;
    }

    /// <summary>The same database, through this proxy.</summary>
    public string ConnectionString { get; }

    public static DatabaseProxy To(string connectionString) => new(new NpgsqlConnectionStringBuilder(connectionString));

    /// <summary>The machine answers, PostgreSQL does not run: open connections are reset, new ones refused.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var socket in _open)
            {
                Reset(socket);
            }

            _open.Clear();
        }
    }

    /// <summary>The machine is gone: connections stay, or are made, but no byte flows.</summary>
    public void BlackHole()
    {
        if (_flow.Task.IsCompleted)
        {
            _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>All well again, on the same port; what was held back flows.</summary>
    public void Restore()
    {
        _flow.TrySetResult();
        lock (_lock)
        {
            if (_listener is null)
            {
                Listen(_port);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        _flow.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private int Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        _listener = listener;
        _ = AcceptAsync(listener);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // cut
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var upstream = new Socket(_database.AddressFamily == AddressFamily.Unix ? AddressFamily.Unix : AddressFamily.InterNetwork,
            SocketType.Stream, _database.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        lock (_lock)
        {
            if (_listener is null)
            {
                Reset(client);
                return;
            }

            _open.Add(client);
        }

        try
        {
            await _flow.Task;
            await upstream.ConnectAsync(_database);
            await Task.WhenAny(PumpAsync(client, upstream), PumpAsync(upstream, client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // cut, or the database is gone by itself
        }
        finally
        {
            lock (_lock)
            {
                _open.Remove(client);
            }

            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await _flow.Task;
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // either side ended; the caller closes the other
        }
    }

    private static void Reset(Socket socket)
    {
        // a linger time of zero closes with RST, as a killed machine's kernel answers
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        flow.SetResult();
        return flow;
    }
}
