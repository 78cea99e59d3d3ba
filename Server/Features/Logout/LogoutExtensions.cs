using System.Text.Json.Nodes;
using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Logout;

/// <summary>The two lines of the composition root.</summary>
internal static class LogoutExtensions
{
    /// <summary>OpenID Connect RP-Initiated Logout 1.0.</summary>
    public static IServiceCollection AddRpInitiatedLogout(this IServiceCollection services) => services
        .AddSingleton<SealedRequest>()
        .AddSingleton<EndSessionEndpoint>()
        .AddSingleton<IMetadataPart, Part>();

    /// <summary>Maps the Logout Endpoint under the issuer's path.</summary>
    public static void MapRpInitiatedLogout(this WebApplication app) =>
        EndSessionEndpoint.Map(app.MapGroup(app.Services.GetRequiredService<PageFrame>().PathBase));

    private sealed class Part : IMetadataPart
    {
        public ServerCapabilities Extend(ServerCapabilities capabilities) =>
            capabilities with { ClientMetadata = [.. capabilities.ClientMetadata, "post_logout_redirect_uris"] };

        public void Describe(JsonObject metadata, string issuer) => metadata["end_session_endpoint"] = issuer + EndSessionEndpoint.Path;
    }
}
