using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Introspection;

/// <summary>The two lines of the composition root.</summary>
internal static class IntrospectionExtensions
{
    /// <summary>RFC 7662: clients ask what a token is worth.</summary>
    public static IServiceCollection AddIntrospection(this IServiceCollection services) => services
        .AddSingleton<IntrospectionFlow>()
        .AddSingleton<IMetadataPart, IntrospectionMetadata>();

    /// <summary>Maps the endpoint under the issuer's path.</summary>
    public static void MapIntrospection(this WebApplication app) =>
        app.MapGroup(app.Services.GetRequiredService<PageFrame>().PathBase).MapIntrospectionEndpoint();
}
