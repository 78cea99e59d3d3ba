using System.Net;
using System.Net.Sockets;
using System.Text;
using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Web;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 7591 §2 <c>jwks_uri</c>, over a socket.</summary>
public sealed class KeySetDownloadTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private string? _request;

    public KeySetDownloadTests() => _listener.Start();

    [Theory]
    [InlineData("", null)]
    [InlineData("Cache-Control: public, max-age=300\r\n", 300)]
    [InlineData("Cache-Control: max-age=300, no-cache\r\n", 0)]
    [InlineData("Cache-Control: no-store\r\n", 0)]
    [InlineData("Cache-Control: nonsense=;;\r\n", null)]
    public async Task The_document_comes_with_its_age(string header, int? seconds)
    {
        var answer = await FetchAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/jwk-set+json\r\n{header}Content-Length: 11\r\n\r\n{{\"keys\":[]}}");

        Assert.Equal("""{"keys":[]}""", Encoding.UTF8.GetString(answer.Body!));
        Assert.Equal(seconds is { } value ? TimeSpan.FromSeconds(value) : null, answer.MaxAge);
        Assert.Contains("Accept: application/jwk-set+json, application/json\r\n", _request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 11\r\n\r\n{\"keys\":[]}", "it answered 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "it answered 302")]
    [InlineData("HTTP/1.1 304 Not Modified\r\n\r\n", "it answered 304")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", "the answer is too long")]
    public async Task Any_other_answer_is_none(string response, string fault)
    {
        var answer = await FetchAsync(response + (response.Contains("65537", StringComparison.Ordinal) ? new string(' ', 65_537) : ""));

        Assert.Null(answer.Body);
        Assert.Equal(fault, answer.Fault);
    }

    [Theory]
    [InlineData("not a url")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://")]
    public async Task What_is_no_web_address_is_not_opened(string uri)
    {
        using var http = Http(["127.0.0.1"]);

        Assert.Equal("it is no URL", (await new KeySetDownload(http).FetchAsync(uri, TestContext.Current.CancellationToken)).Fault);
    }

    [Fact]
    public async Task An_address_of_special_use_is_not_called()
    {
        using var http = Http([]);

        var answer = await new KeySetDownload(http).FetchAsync(Address, TestContext.Current.CancellationToken);

        Assert.Contains("special use", answer.Fault, StringComparison.Ordinal);
        Assert.False(_listener.Pending());
    }

    public void Dispose() => _listener.Dispose();

    private string Address => $"http://{_listener.LocalEndpoint}/jwks";

    private static OutboundHttp Http(string[] allowed) => new(new AuthCoreOptions { Issuer = "https://issuer.test", Database = "", MasterKey = [], OutboundAllowed = allowed }, TimeProvider.System);

    private async Task<KeySetAnswer> FetchAsync(string response)
    {
        using var http = Http(["127.0.0.1"]);
        var served = ServeAsync(response);
        var answer = await new KeySetDownload(http).FetchAsync(Address, TestContext.Current.CancellationToken);
        await served;
        return answer;
    }

    private async Task ServeAsync(string response)
    {
        using var connection = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        var buffer = new byte[4096];
        _request = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(response), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // it had read enough
        }
    }
}
