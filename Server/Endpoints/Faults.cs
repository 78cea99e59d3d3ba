using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Connections;

namespace AuthCore.Endpoints;

/// <summary>Marks an endpoint whose answers people read.</summary>
internal sealed class PageEndpoint;

/// <summary>Faults become specified errors: JSON for programs, a page for people. Trouble of ours is 503 with <c>Retry-After</c>, never a verdict.</summary>
internal static partial class Faults
{
    /// <summary>Puts the handler in; first in the pipeline, after the security headers.</summary>
    public static void UseFaults(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (Exception fault) when (http.RequestAborted.IsCancellationRequested || fault is ConnectionResetException)
        {
            return;   // nobody is there any more to be told
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            await AnswerAsync(http, ErrorOf(fault, http));
            return;
        }

        if (!http.Response.HasStarted && http.Response.ContentLength is null && http.Response.ContentType is null
            && http.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed && WantsPage(http))
        {
            await PageOf(http, new ProtocolError("", "", http.Response.StatusCode)).ExecuteAsync(http);
        }
    });

    /// <summary>Answers with the error in the form the endpoint speaks.</summary>
    public static Task AnswerAsync(HttpContext http, ProtocolError error) =>
        WantsPage(http) ? PageOf(http, error).ExecuteAsync(http) : new ProtocolErrorResult(error).ExecuteAsync(http);

    /// <summary>What an error page says of the request.</summary>
    public static ErrorOccasion Occasion(HttpContext http, Client? client = null) => new(
        http.TraceIdentifier, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), client?.ClientName, client?.InitiateLoginUri);

    /// <summary>The page for a person.</summary>
    public static PageResult PageOf(HttpContext http, ProtocolError error)
    {
        var at = Occasion(http);
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = ProtocolErrorResult.RetryAfter;
        }

        return PageResult.For(error.Status switch
        {
            StatusCodes.Status404NotFound => ErrorPages.NotFound(at),
            StatusCodes.Status405MethodNotAllowed => ErrorPages.MethodNotAllowed(at),
            StatusCodes.Status503ServiceUnavailable => ErrorPages.Busy(at),
            StatusCodes.Status500InternalServerError => ErrorPages.Fault(at),
            _ => ErrorPages.BadRequest(at, error.Code, error.Description) with { Status = error.Status },
        });
    }

    private static bool WantsPage(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<PageEndpoint>() is not null
        || (http.GetEndpoint()?.Metadata.GetMetadata<HttpMethodMetadata>() is null && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));

    private static ProtocolError ErrorOf(Exception fault, HttpContext http)
    {
        var log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("AuthCore.Faults");
        switch (fault)
        {
            case StorageUnavailableException or HashingBusyException:
                Unavailable(log, fault.Message, fault.InnerException?.GetType().Name, http.TraceIdentifier);
                return ProtocolError.TemporarilyUnavailable();
            case BadHttpRequestException bad:
                return new ProtocolError("invalid_request", "The request is not well formed.", bad.StatusCode);
            default:
                Failed(log, fault, http.TraceIdentifier);
                return ProtocolError.ServerError();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "fault.unavailable {Message} ({Cause}) reference {TraceIdentifier}")]
    private static partial void Unavailable(ILogger logger, string message, string? cause, string traceIdentifier);

    [LoggerMessage(Level = LogLevel.Error, Message = "fault.unexpected reference {TraceIdentifier}")]
    private static partial void Failed(ILogger logger, Exception fault, string traceIdentifier);
}
