using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Web;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 7662 §2: the introspection endpoint; for servers, so without CORS.</summary>
internal static class IntrospectionEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapIntrospectionEndpoint(this IEndpointRouteBuilder routes) => routes.MapPost(IntrospectionMetadata.Path, Handle);

    private static async Task<IResult> Handle(HttpContext http, IntrospectionFlow flow, SigningKeys keys, AuthCoreOptions options, TimeProvider clock, CancellationToken ct)
    {
        if (!http.FormParameters().Try(out var parameters, out var error)
            || !(await flow.AskAsync(http.Facts(parameters), ct)).Try(out var introspection, out error))
        {
            return ProtocolErrorResult.ForClient(error, http.Request);
        }

        var (asking, answer) = introspection;
        if (!IntrospectionAccept.WantsJwt(http.Request.Headers.Accept))
        {
            return new JsonResult(answer.Write);
        }

        var claims = new SignedIntrospection(options.Issuer, asking.ClientId, clock.GetUtcNow(), answer);
        return new SignedIntrospectionResult(JsonSigner.Sign(await keys.ActiveAsync(asking.IntrospectionSignedResponseAlg ?? SigningAlgorithm.RS256.Name, ct), SignedIntrospection.Type, claims.Write));
    }
}
