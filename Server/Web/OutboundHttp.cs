using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Web;

/// <summary>What came of a call to somebody else's server.</summary>
/// <param name="Status">The status; 0 where none came.</param>
/// <param name="Body">The whole body; empty where there is a fault.</param>
/// <param name="MediaType">RFC 9110 §8.3: without its parameters; null where none was named.</param>
/// <param name="CacheControl">RFC 9111 §5.2; null where none was sent.</param>
/// <param name="Fault">Why there is no answer, or none that ends in time and size, in words for the operator; null where there is one.</param>
internal sealed record OutboundAnswer(int Status, byte[] Body, string? MediaType = null, CacheControlHeaderValue? CacheControl = null, string? Fault = null);

/// <summary>
/// The one way to a URL that somebody registered. RFC 9700 §4.11, RFC 7523 §5: the name is resolved here and the connection goes to the very
/// address that was checked; special-use addresses are refused unless the operator named them; no redirect, proxy, cookie or compression.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private const string Refused = "its address is of special use, and not among AUTHCORE__OUTBOUND__ALLOWED";

    private readonly IPNetwork[] _allowed;
    private readonly HttpClient _client;
    private readonly TimeProvider _clock;

    /// <summary>With what the operator allows, and the clock that limits are measured by.</summary>
    public OutboundHttp(AuthCoreOptions options, TimeProvider clock)
    {
        _clock = clock;
        _allowed = [.. options.OutboundAllowed.Select(Network)];
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },   // FAPI 2.0 §5.2.1, whatever the system allows
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),   // an address is looked up again at least so often
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,   // each call has its own
        };
    }

    /// <summary>Sends the request and reads the whole answer.</summary>
    /// <param name="request">To an absolute http or https URL.</param>
    /// <param name="limit">For all of it.</param>
    /// <param name="maxBytes">Of the body; a longer one is a fault.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<OutboundAnswer> SendAsync(HttpRequestMessage request, TimeSpan limit, int maxBytes, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(limit, _clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        var status = 0;
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            status = (int)response.StatusCode;
            return await ReadAsync(response.Content, maxBytes, deadline.Token) is { } body
                ? new OutboundAnswer(status, body, response.Content.Headers.ContentType?.MediaType, response.Headers.CacheControl)
                : Failed("the answer is too long");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed("it did not answer in time");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException)
        {
            return Failed((fault as HttpRequestException)?.InnerException is RefusedException ? Refused : $"the call failed: {fault.Message}");
        }

        OutboundAnswer Failed(string fault) => new(status, [], Fault: fault);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<byte[]?> ReadAsync(HttpContent content, int maxBytes, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var buffer = new byte[maxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > maxBytes ? null : buffer[..length];
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var endPoint = context.DnsEndPoint;
        var addresses = (await Dns.GetHostAddressesAsync(endPoint.Host, ct)).Where(MayCall).ToArray();
        if (addresses.Length == 0)
        {
            throw new RefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool MayCall(IPAddress address)
    {
        var plain = SpecialUseAddress.Plain(address);
        return !SpecialUseAddress.Contains(plain) || Array.Exists(_allowed, network => network.Contains(plain));
    }

    private static IPNetwork Network(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : IPNetwork.Parse(text);

    private sealed class RefusedException() : IOException("refused");
}
