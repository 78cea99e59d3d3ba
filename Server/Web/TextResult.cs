namespace AuthCore.Web;

/// <summary>An answer that is no JSON, such as a JWT; nobody on the way may keep it.</summary>
/// <param name="text">The body, ASCII.</param>
/// <param name="mediaType">Its <c>Content-Type</c>.</param>
internal sealed class TextResult(string text, string mediaType) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = mediaType;
        response.ContentLength = text.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        return response.WriteAsync(text, httpContext.RequestAborted);
    }
}
