using AuthCore.Protocol;

namespace AuthCore.Features.ProtectedResources;

/// <summary>The two lines of the composition root.</summary>
internal static class ProtectedResourcesExtensions
{
    /// <summary>RFC 9728: metadata of resources that ask for it.</summary>
    public static IServiceCollection AddProtectedResources(this IServiceCollection services) =>
        services.AddSingleton<ResourceDocuments>().AddSingleton<IMetadataPart, ProtectedResourcesPart>();

    /// <summary>Maps the documents.</summary>
    public static void MapProtectedResources(this WebApplication app) => app.MapResourceMetadata();
}
