using AuthCore.Flows;
using AuthCore.Web;

namespace AuthCore.Endpoints;

/// <summary>RFC 6749 §3.2: the token endpoint.</summary>
internal static class TokenEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapToken(this IEndpointRouteBuilder routes) => routes.MapPost("/token", Handle).RequireCors(Cors.Clients);

    private static async Task<IResult> Handle(HttpContext http, TokenFlow flow, CancellationToken ct)
    {
        string? authorization = http.Request.Headers.Authorization;
        if (!http.FormParameters().Try(out var parameters, out var error)
            || !(await flow.IssueAsync(http.Facts(parameters), ct)).Try(out var tokens, out error))
        {
            // RFC 6749 §5.2: a client that tried the header is told how.
            return new ProtocolErrorResult(error, error.Code == "invalid_client" && authorization is not null ? "Basic realm=\"authcore\", charset=\"UTF-8\"" : null);
        }

        return new JsonResult(tokens.Write);
    }
}
