// A machine worker: no person, no browser. It is itself the one who is let in, by client credentials (RFC 6749 §4.4).
//   dotnet run --project samples/worker [--count 3] [--every 10] [--issuer http://localhost:8080] [--api http://localhost:8083]
// Its secret comes from the environment variable CLIENT_SECRET; the one below is the public one of the demo.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

var issuer = Option("issuer", "http://localhost:8080");
var api = Option("api", "http://localhost:8083");
var count = int.Parse(Option("count", "0"));   // 0 = until Ctrl+C
var every = TimeSpan.FromSeconds(double.Parse(Option("every", "10")));

using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
var tokens = new TokenCache(http, issuer, resource: api);

for (var turn = 1; count == 0 || turn <= count; turn++)
{
    if (turn > 1)
    {
        await Task.Delay(every);
    }

    try
    {
        Console.WriteLine($"{turn}: {await CallApiAsync()}");
    }
    catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
    {
        Console.WriteLine($"{turn}: not now ({fault.Message}); trying again at the next turn");
        if (turn == count)
        {
            return 1;
        }
    }
    catch (TokenRefusedException refused)
    {
        await Console.Error.WriteLineAsync($"The authorization server refuses this worker: {refused.Message} Check its client id, secret and scope; trying again would not help.");
        return 1;
    }
}

return 0;

async Task<string> CallApiAsync()
{
    using var response = await SendAsync();
    if (response.StatusCode != HttpStatusCode.Unauthorized)
    {
        return await DescribeAsync(response);
    }

    // The token was refused before its time (a key withdrawn, say): once, a new one is worth a try.
    tokens.Forget();
    using var second = await SendAsync();
    return await DescribeAsync(second);
}

async Task<HttpResponseMessage> SendAsync()
{
    using var request = new HttpRequestMessage(HttpMethod.Get, $"{api}/api/files");
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync());
    return await http.SendAsync(request);
}

static async Task<string> DescribeAsync(HttpResponseMessage response)
{
    var body = await response.Content.ReadAsStringAsync();
    return response.IsSuccessStatusCode
        ? "files: " + string.Join(", ", JsonElement.Parse(body).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()))
        : throw new HttpRequestException($"the API says {(int)response.StatusCode}: {body}");
}

string Option(string name, string otherwise) =>
    Array.IndexOf(args, "--" + name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1]
        : Environment.GetEnvironmentVariable(name.ToUpperInvariant()) ?? otherwise;

/// <summary>The server says no, and will say no again.</summary>
internal sealed class TokenRefusedException(string message) : Exception(message);

/// <summary>One access token, kept until half a minute before it expires: a server asked for a new one at every call would be busy with nothing else.</summary>
internal sealed class TokenCache(HttpClient http, string issuer, string resource)
{
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(30);
    private string? _token;
    private DateTimeOffset _useUntil;

    public async Task<string> GetAsync()
    {
        if (_token is not null && TimeProvider.System.GetUtcNow() < _useUntil)
        {
            return _token;
        }

        var asked = TimeProvider.System.GetUtcNow();   // before the call: its way here counts, too
        var metadata = JsonElement.Parse(await http.GetStringAsync($"{issuer}/.well-known/oauth-authorization-server"));
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.GetProperty("token_endpoint").GetString())
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "read:files", ["resource"] = resource }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Credentials());

        using var response = await http.SendAsync(request);
        if ((int)response.StatusCode >= 500)
        {
            throw new HttpRequestException($"the authorization server says {(int)response.StatusCode}");
        }

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        if (!response.IsSuccessStatusCode)
        {
            throw new TokenRefusedException($"{body.GetProperty("error").GetString()}.");
        }

        var lifetime = TimeSpan.FromSeconds(body.GetProperty("expires_in").GetInt32());
        (_token, _useUntil) = (body.GetProperty("access_token").GetString(), asked + lifetime - s_early);
        Console.WriteLine($"   a new access token, good for {lifetime.TotalSeconds:0} s");
        return _token!;
    }

    public void Forget() => _token = null;

    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    private static string Credentials()
    {
        var secret = Environment.GetEnvironmentVariable("CLIENT_SECRET") ?? "demo-worker-secret-demo-worker-secret-0000";
        return Convert.ToBase64String(Encoding.UTF8.GetBytes($"demo-worker:{WebUtility.UrlEncode(secret)}"));
    }
}
