using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Web;

namespace AuthCore.Endpoints;

/// <summary>OIDC Core §5.3: userinfo, by GET and POST; errors as RFC 6750 §3 says.</summary>
internal static class UserInfoEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapUserInfo(this IEndpointRouteBuilder routes) => routes.MapMethods("/userinfo", ["GET", "POST"], Handle).RequireCors(Cors.Clients);

    private static async Task<IResult> Handle(HttpContext http, UserInfoFlow flow, TokenBindings bindings, CancellationToken ct)
    {
        var form = HttpMethods.IsPost(http.Request.Method) ? http.FormParameters() : Parameters.Empty;
        if (!form.Try(out var parameters, out var error)
            || !(await flow.FindAsync(http.Facts(parameters), ct)).Try(out var info, out error))
        {
            return new ProtocolErrorResult(error, Challenges.Of(error, http.Request.Headers.Authorization, bindings, error.Code == "insufficient_scope" ? ", scope=\"openid\"" : ""));
        }

        return new JsonResult(info.Write);
    }
}
