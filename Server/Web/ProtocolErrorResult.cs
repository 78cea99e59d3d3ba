using System.Text.Json;
using AuthCore.Protocol;
using Microsoft.Extensions.Primitives;

namespace AuthCore.Web;

/// <summary>RFC 6749 §5.2: an error as JSON.</summary>
/// <param name="error">What goes on the wire.</param>
/// <param name="challenge">The <c>WWW-Authenticate</c> headers, if any.</param>
internal sealed class ProtocolErrorResult(ProtocolError error, StringValues challenge = default) : IResult
{
    /// <summary>How long a client should wait before it tries again, in seconds.</summary>
    public const string RetryAfter = "2";

    /// <summary>RFC 6749 §5.2: the error of an endpoint that clients authenticate at; a client that tried the header is told how.</summary>
    public static ProtocolErrorResult ForClient(ProtocolError error, HttpRequest request) => new(
        error, error.Code == "invalid_client" && request.Headers.Authorization.Count > 0 ? "Basic realm=\"authcore\", charset=\"UTF-8\"" : null);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error.Status;
        if (challenge.Count > 0)
        {
            response.Headers.WWWAuthenticate = challenge;
        }

        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = RetryAfter;
        }

        if (error.Code.Length == 0)   // RFC 6750 §3.1: nothing was tried, so nothing is said but the challenge
        {
            response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }

        return JsonResult.WriteAsync(httpContext, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", error.Code);
            json.WriteString("error_description", error.Description);
            json.WriteEndObject();
        });
    }
}

/// <summary>JSON that must not be kept by anybody on the way (RFC 6749 §5.1).</summary>
/// <param name="write">Writes the object.</param>
internal sealed class JsonResult(Action<Utf8JsonWriter> write) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, write);

    /// <summary>Writes the object as the body.</summary>
    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        write(json);
        await json.FlushAsync(http.RequestAborted);
    }
}
