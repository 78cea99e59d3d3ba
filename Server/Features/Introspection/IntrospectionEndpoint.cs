using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Web;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 7662 §2: the introspection endpoint; for servers, so without CORS.</summary>
internal static class IntrospectionEndpoint
{
    // RFC 9110 §15.5.7
    private static readonly ProtocolError s_signedOnly = new("invalid_request", $"This client is answered by {IntrospectionAccept.MediaType} only, which Accept excludes.", StatusCodes.Status406NotAcceptable);

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
        var accept = http.Request.Headers.Accept;
        if (asking.RequireSignedIntrospection && !IntrospectionAccept.TakesJwt(accept))
        {
            return new ProtocolErrorResult(s_signedOnly);
        }

        if (!asking.RequireSignedIntrospection && !IntrospectionAccept.WantsJwt(accept))
        {
            return new JsonResult(answer.Write);
        }

        var claims = new SignedIntrospection(options.Issuer, asking.ClientId, clock.GetUtcNow(), answer);
        return new SignedIntrospectionResult(JsonSigner.Sign(await keys.ActiveAsync(asking.IntrospectionSignedResponseAlg ?? asking.DefaultSigningAlg, ct), SignedIntrospection.Type, claims.Write));
    }
}
