using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Web;

namespace AuthCore.Endpoints;

/// <summary>OIDC Core §5.3: userinfo, by GET and POST; errors as RFC 6750 §3 says.</summary>
internal static class UserInfoEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapUserInfo(this IEndpointRouteBuilder routes) => routes.MapMethods("/userinfo", ["GET", "POST"], Handle).RequireCors(Cors.Clients);

    private static async Task<IResult> Handle(
        HttpContext http, UserInfoFlow flow, IEnumerable<IUserInfoFormat> formats, TokenBindings bindings, AuthCoreOptions options, CancellationToken ct)
    {
        var form = HttpMethods.IsPost(http.Request.Method) ? http.FormParameters() : Parameters.Empty;
        if (!form.Try(out var parameters, out var error)
            || !(await flow.FindAsync(http.Facts(parameters), ct)).Try(out var info, out error))
        {
            return new ProtocolErrorResult(error, Challenges.Of(error, http.Request.Headers.Authorization, bindings, More(error, options.UserInfo)));
        }

        return formats.FirstOrDefault(format => format.IsFor(info.Client)) is { } other ? new TextResult(await other.MakeAsync(info, ct), other.MediaType) : new JsonResult(info.Write);
    }

    // RFC 6750 §3: the scope that would do. RFC 9470 §3: what sign-in would do.
    private static string More(ProtocolError error, AuthenticationDemand demand) => error.Code switch
    {
        "insufficient_scope" => ", scope=\"openid\"",
        "insufficient_user_authentication" => demand.Challenge,
        _ => "",
    };
}
