using System.Globalization;

namespace AuthCore.Web;

/// <summary>`AuthCore.dll healthcheck`: asks the server beside it whether it is ready; images need no other program for that.</summary>
internal static class HealthcheckVerb
{
    public const string Name = "healthcheck";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <returns>The exit code: 0 where the answer is 200.</returns>
    public static async Task<int> RunAsync()
    {
        // The first of the ports that the framework's own variable names.
        var ports = (Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var port = ports.Length > 0 && int.TryParse(ports[0], NumberStyles.None, CultureInfo.InvariantCulture, out var named) ? named : 8080;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Limit };
        try
        {
            using var answer = await client.GetAsync(new UriBuilder("http", "127.0.0.1", port, "/health/ready").Uri, HttpCompletionOption.ResponseHeadersRead);
            return answer.StatusCode == System.Net.HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }
}
