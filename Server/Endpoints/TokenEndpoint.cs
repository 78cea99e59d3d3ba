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
        if (!http.FormParameters().Try(out var parameters, out var error)
            || !(await flow.IssueAsync(http.Facts(parameters), ct)).Try(out var tokens, out error))
        {
            return ProtocolErrorResult.ForClient(error, http.Request);
        }

        return new JsonResult(tokens.Write);
    }
}
