using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.SignedRequests;

/// <summary>The line of the composition root.</summary>
internal static class SignedRequestsExtensions
{
    /// <summary>RFC 9101: authorization requests as signed JWTs, by value.</summary>
    public static void AddSignedRequests(this IServiceCollection services) => services
        .AddSingleton<IAuthorizationRequestSource, RequestObjects>()
        .AddSingleton<IMetadataPart, SignedRequestsMetadata>();
}
