namespace AuthCore.Web;

/// <summary>OAuth 2.1 §7.5.3: 303, so that no browser repeats a POST, with a password in it, at the next place.</summary>
/// <param name="location">A path of ours, or a checked redirect URI.</param>
internal sealed class SeeOther(string location) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
