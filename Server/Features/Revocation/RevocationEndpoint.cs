using AuthCore.Endpoints;
using AuthCore.Web;

namespace AuthCore.Features.Revocation;

/// <summary>RFC 7009 §2: the revocation endpoint; also for applications in a browser.</summary>
internal static class RevocationEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapRevocationEndpoint(this IEndpointRouteBuilder routes) => routes.MapPost(RevocationMetadata.Path, Handle).RequireCors(Cors.Clients);

    private static async Task<IResult> Handle(HttpContext http, RevocationFlow flow, CancellationToken ct)
    {
        if (!http.FormParameters().Try(out var parameters, out var error)
            || !(await flow.RevokeAsync(http.Facts(parameters), ct)).Try(out _, out error))
        {
            return ProtocolErrorResult.ForClient(error, http.Request);
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Ok();   // RFC 7009 §2.2: whether there was anything to revoke is not told
    }
}
