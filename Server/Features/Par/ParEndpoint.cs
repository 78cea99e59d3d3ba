using AuthCore.Endpoints;
using AuthCore.Web;

namespace AuthCore.Features.Par;

/// <summary>RFC 9126 §2: the pushed authorization request endpoint.</summary>
internal static class ParEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapPush(this IEndpointRouteBuilder routes) => routes.MapPost(ParMetadata.Path, Handle).RequireCors(Cors.Clients);

    private static async Task<IResult> Handle(HttpContext http, PushFlow flow, CancellationToken ct)
    {
        if (!http.FormParameters().Try(out var parameters, out var error)
            || !(await flow.PushAsync(http.Facts(parameters), ct)).Try(out var pushed, out error))
        {
            return ProtocolErrorResult.ForClient(error, http.Request);
        }

        http.Response.StatusCode = StatusCodes.Status201Created;
        return new JsonResult(json =>
        {
            json.WriteStartObject();
            json.WriteString("request_uri", pushed.RequestUri);
            json.WriteNumber("expires_in", pushed.ExpiresIn);
            json.WriteEndObject();
        });
    }
}
