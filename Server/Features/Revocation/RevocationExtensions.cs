using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Revocation;

/// <summary>The two lines of the composition root.</summary>
internal static class RevocationExtensions
{
    /// <summary>RFC 7009: clients give tokens back.</summary>
    public static IServiceCollection AddRevocation(this IServiceCollection services) => services
        .AddSingleton<RevocationStore>()
        .AddSingleton<RevokedAccessTokens>()
        .AddSingleton<IAccessTokenCheck>(provider => provider.GetRequiredService<RevokedAccessTokens>())
        .AddSingleton<RevocationFlow>()
        .AddSingleton(RevocationStore.Expiring)
        .AddSingleton<IMetadataPart, RevocationMetadata>();

    /// <summary>Maps the endpoint under the issuer's path.</summary>
    public static void MapRevocation(this WebApplication app) =>
        app.MapGroup(app.Services.GetRequiredService<PageFrame>().PathBase).MapRevocationEndpoint();
}
