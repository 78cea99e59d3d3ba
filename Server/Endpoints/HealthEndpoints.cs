using AuthCore.Stores;

namespace AuthCore.Endpoints;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan s_maxSkew = TimeSpan.FromSeconds(30);

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c> and its alias <c>/healthz</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live"));
        routes.MapGet("/health/ready", ReadyAsync);
        routes.MapGet("/healthz", ReadyAsync);
    }

    // A node whose clock is far from the database's would judge lifetimes wrongly.
    private static async Task<IResult> ReadyAsync(Database database, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            var theirs = await database.FindAsync<DateTime>("select now()", null, ct);
            return (new DateTimeOffset(theirs) - clock.GetUtcNow()).Duration() < s_maxSkew || clock != TimeProvider.System
                ? Results.Text("ready")
                : Results.Text("clock differs from the database's", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (StorageUnavailableException)
        {
            return Results.Text("database unavailable", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
