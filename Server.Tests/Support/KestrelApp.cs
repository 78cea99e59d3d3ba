using System.Net;
using System.Net.Sockets;

namespace AuthCore.Tests.Support;

/// <summary>The whole server on Kestrel, for programs that come over a socket: on a free port of loopback, with the computer's clock.</summary>
public sealed class KestrelApp : IAsyncLifetime
{
    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Its issuer.</summary>
    public string Issuer => App.Issuer;

    /// <summary>The server, to seed and to look into.</summary>
    public AuthCoreApp App { get; }

    /// <summary>Chooses the port; nothing runs yet.</summary>
    public KestrelApp()
    {
        Port = FreePort();
        App = new AuthCoreApp { Issuer = $"http://localhost:{Port}", Port = Port, Time = null };
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => App.InitializeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>A browser that comes over the socket.</summary>
    public TestBrowser CreateBrowser() =>
        new(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() }), Issuer);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
