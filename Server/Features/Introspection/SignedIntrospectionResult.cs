namespace AuthCore.Features.Introspection;

/// <summary>RFC 9701 §5: the answer as a JWT, which nobody on the way may keep.</summary>
/// <param name="jwt">RFC 7515 §3.1: the compact serialization.</param>
internal sealed class SignedIntrospectionResult(string jwt) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = IntrospectionAccept.MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.ContentLength = jwt.Length;   // ASCII
        return response.WriteAsync(jwt, httpContext.RequestAborted);
    }
}
