using AuthCore.Flows;

namespace AuthCore.Features.OpaqueTokens;

/// <summary>The line of the composition root; there is nothing to map.</summary>
internal static class OpaqueTokensExtensions
{
    /// <summary>RFC 6749 §1.4: access tokens that only this server can read, as a choice of a client or a resource.</summary>
    public static IServiceCollection AddOpaqueAccessTokens(this IServiceCollection services) => services
        .AddSingleton<OpaqueTokenStore>()
        .AddSingleton(OpaqueTokenStore.Expiring)
        .AddSingleton<IAccessTokenFormat, OpaqueAccessTokens>();
}
