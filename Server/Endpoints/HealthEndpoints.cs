using AuthCore.Stores;

namespace AuthCore.Endpoints;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static partial class HealthEndpoints
{
    private static readonly TimeSpan s_worthSaying = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_maxSkew = TimeSpan.FromSeconds(30);

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c> and its alias <c>/healthz</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        string[] read = ["GET", "HEAD"];
        routes.MapMethods("/health/live", read, () => Results.Text("live"));
        routes.MapMethods("/health/ready", read, ReadyAsync);
        routes.MapMethods("/healthz", read, ReadyAsync);
    }

    // A node whose clock is far from the database's would judge lifetimes wrongly.
    private static async Task<IResult> ReadyAsync(Database database, TimeProvider clock, ILogger<Database> log, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            var skew = (await database.ReadClockAsync(ct) - clock.GetUtcNow()).Duration();
            if (skew > s_worthSaying)
            {
                Skewed(log, (int)skew.TotalSeconds);
            }

            return skew < s_maxSkew ? Results.Text("ready") : Results.Text("clock differs from the database's", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (StorageUnavailableException)
        {
            return Results.Text("database unavailable", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "clock.skewed this server's clock and the database's differ by {Seconds} s")]
    private static partial void Skewed(ILogger logger, int seconds);
}
