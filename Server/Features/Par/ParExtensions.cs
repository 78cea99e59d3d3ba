using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Par;

/// <summary>The two lines of the composition root.</summary>
internal static class ParExtensions
{
    /// <summary>RFC 9126: clients push their authorization requests. To be called before the options are loaded.</summary>
    /// <exception cref="StartupException">A setting of the feature is wrong.</exception>
    public static void AddPar(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton(ParOptions.Read(builder.Configuration))
        .AddSingleton<PushFlow>()
        .AddSingleton<IAuthorizationRequestSource, PushedRequests>()
        .AddSingleton<IMetadataPart, ParMetadata>();

    /// <summary>Maps the endpoint under the issuer's path.</summary>
    public static void MapPar(this WebApplication app) =>
        app.MapGroup(app.Services.GetRequiredService<PageFrame>().PathBase).MapPush();
}
