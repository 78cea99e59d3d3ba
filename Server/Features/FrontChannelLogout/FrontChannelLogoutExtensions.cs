using System.Text.Json.Nodes;
using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.FrontChannelLogout;

/// <summary>The line of the composition root.</summary>
internal static class FrontChannelLogoutExtensions
{
    /// <summary>OpenID Connect Front-Channel Logout 1.0: hidden frames on the page that follows a sign-out.</summary>
    public static IServiceCollection AddFrontChannelLogout(this IServiceCollection services) => services
        .AddSingleton<FrontChannelStore>()
        .AddSingleton<ISignOutFrames, Frames>()
        .AddSingleton<IMetadataPart, Part>();

    private sealed class Frames(FrontChannelStore store, ClientCache clients, Subjects subjects, AuthCoreOptions options) : ISignOutFrames
    {
        public async Task<IReadOnlyList<string>> FindAsync(SessionRow session, CancellationToken ct)
        {
            var frames = new List<string>();
            foreach (var id in await store.ListClientsAsync(session.Id, ct))
            {
                if (await clients.FindAsync(id, ct) is { } client && FrontChannelUri.For(client, options.Issuer, subjects.SessionFor(client, session.Id)) is { } uri)
                {
                    frames.Add(uri);
                }
            }

            return frames;
        }
    }

    private sealed class Part : IMetadataPart
    {
        public ServerCapabilities Extend(ServerCapabilities capabilities) =>
            capabilities with { ClientMetadata = [.. capabilities.ClientMetadata, "frontchannel_logout_uri", "frontchannel_logout_session_required"] };

        public void Describe(JsonObject metadata, string issuer)
        {
            metadata["frontchannel_logout_supported"] = true;
            metadata["frontchannel_logout_session_supported"] = true;
        }
    }
}
