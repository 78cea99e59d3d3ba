using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AuthCore.Tests.Support;

/// <summary>What came back over a socket.</summary>
/// <param name="Status">The first status; 0 where nothing came.</param>
/// <param name="Text">Everything, head and body.</param>
/// <param name="Closed">True where the server closed the connection.</param>
internal sealed record WireAnswer(int Status, string Text, bool Closed)
{
    /// <summary>How many answers came.</summary>
    public int Answers => Text.Split("HTTP/1.1 ").Length - 1;
}

/// <summary>Bytes to a listening server and back, with no client library to tidy them up.</summary>
internal static class Wire
{
    /// <summary>Sends the bytes and reads until the server closes, or is silent.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="request">As it shall stand on the wire, one byte a character.</param>
    /// <param name="endAfter">True ends our side after the request, as a client does that gives up.</param>
    /// <param name="patience">How long silence is waited for.</param>
    public static async Task<WireAnswer> SendAsync(Uri address, string request, bool endAfter = false, TimeSpan? patience = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        var answer = ReadAsync(socket, patience ?? TimeSpan.FromSeconds(10));
        try
        {
            var bytes = Encoding.Latin1.GetBytes(request);
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent));
            }

            if (endAfter)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // the server has heard enough; what it said stands
        }

        return await answer;
    }

    /// <summary>A GET of exactly this target.</summary>
    public static string Get(string target, params string[] headers) => Request("GET", target, "", headers);

    /// <summary>A POST of exactly this form.</summary>
    public static string Post(string target, string form, params string[] headers) => Request(
        "POST", target, form, ["Content-Type: application/x-www-form-urlencoded", string.Create(CultureInfo.InvariantCulture, $"Content-Length: {form.Length}"), .. headers]);

    /// <summary>A request that asks for the connection to be closed.</summary>
    public static string Request(string method, string target, string body, params string[] headers) =>
        $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}";

    private static async Task<WireAnswer> ReadAsync(Socket socket, TimeSpan patience)
    {
        using var silence = new CancellationTokenSource(patience);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        var closed = false;
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer, silence.Token)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            closed = true;
        }
        catch (SocketException)
        {
            closed = true;
        }
        catch (OperationCanceledException)
        {
            // silent
        }

        var head = text.ToString();
        return new WireAnswer(
            head.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture) : 0, head, closed);
    }
}
