using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AuthCore.Options;
using AuthCore.Web;

namespace AuthCore.Tests.Web;

/// <summary>RFC 9700 §4.11: a URL that somebody registered leads to public hosts, or nowhere.</summary>
public sealed class OutboundHttpTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _connections;

    public OutboundHttpTests() => _listener.Start();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task However_it_is_spelt_an_address_of_special_use_is_never_connected_to(string host)
    {
        _ = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        var answer = await SendAsync(host, []);

        Assert.Contains("special use", answer.Fault, StringComparison.Ordinal);
        Assert.Equal(0, _connections);
    }

    [Fact]
    public async Task What_the_operator_named_may_be_called()
    {
        _ = ServeAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}");

        var answer = await SendAsync("127.0.0.1", ["127.0.0.0/8"]);

        Assert.Null(answer.Fault);
        Assert.Equal((200, "{}", "application/json"), (answer.Status, Encoding.ASCII.GetString(answer.Body), answer.MediaType));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        _ = ServeAsync($"HTTP/1.1 302 Found\r\nLocation: http://{_listener.LocalEndpoint}/elsewhere\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(302, (await SendAsync("127.0.0.1", ["127.0.0.1"])).Status);
        Assert.Equal(1, _connections);
    }

    // RFC 9525
    [Fact]
    public async Task A_server_whose_certificate_nobody_vouches_for_is_told_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var told = ServeTlsAsync(certificate);

        var answer = await SendAsync("localhost", ["127.0.0.1", "::1"], scheme: "https");

        Assert.Contains("the call failed", answer.Fault, StringComparison.Ordinal);
        Assert.Equal(0, await told);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")]
    public async Task A_body_that_is_too_long_is_a_fault(string head)
    {
        _ = ServeAsync(head + new string('x', 65));

        Assert.Equal("the answer is too long", (await SendAsync("127.0.0.1", ["127.0.0.1"])).Fault);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_left()
    {
        _ = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");

        Assert.Equal("it did not answer in time", (await SendAsync("127.0.0.1", ["127.0.0.1"], TimeSpan.FromMilliseconds(200))).Fault);
    }

    public void Dispose() => _listener.Dispose();

    private async Task<OutboundAnswer> SendAsync(string host, string[] allowed, TimeSpan? limit = null, string scheme = "http")
    {
        using var http = new OutboundHttp(new AuthCoreOptions { Issuer = "https://issuer.test", Database = "", MasterKey = [], OutboundAllowed = allowed }, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{scheme}://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        return await http.SendAsync(request, limit ?? s_limit, 64, TestContext.Current.CancellationToken);
    }

    // How many bytes of a request were told, once the handshake was done.
    private async Task<int> ServeTlsAsync(X509Certificate2 certificate)
    {
        using var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            return await tls.ReadAsync(new byte[4096], TestContext.Current.CancellationToken);
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return 0;
        }
    }

    // Keeps the connection open after its answer: whoever waits for more waits in vain.
    private async Task ServeAsync(string answer)
    {
        using var socket = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Interlocked.Increment(ref _connections);
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
        if (answer.Contains("Connection: close", StringComparison.Ordinal))
        {
            return;
        }

        await socket.ReceiveAsync(new byte[1]);
    }
}
