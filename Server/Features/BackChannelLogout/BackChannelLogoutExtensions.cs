using System.Text.Json.Nodes;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>The line of the composition root.</summary>
internal static class BackChannelLogoutExtensions
{
    /// <summary>OpenID Connect Back-Channel Logout 1.0.</summary>
    public static IServiceCollection AddBackChannelLogout(this IServiceCollection services) => services
        .AddSingleton<LogoutMessageStore>()
        .AddSingleton<LogoutRequest>()
        .AddSingleton<LogoutSignal>().AddHostedService(provider => provider.GetRequiredService<LogoutSignal>())
        .AddSingleton<LogoutDelivery>().AddHostedService(provider => provider.GetRequiredService<LogoutDelivery>())
        .AddSingleton(s_done)
        .AddSingleton<IMetadataPart, Part>();

    // A week, for whoever asks what became of a logout.
    private static readonly ExpiringRows s_done = new(
        "logout_messages",
        1000,
        """
        delete from logout_messages where jti in (
            select jti from logout_messages where next_attempt_at is null and created_at < @now - interval '7 days' limit @Batch for update skip locked)
        """);

    private sealed class Part : IMetadataPart
    {
        public ServerCapabilities Extend(ServerCapabilities capabilities) =>
            capabilities with { ClientMetadata = [.. capabilities.ClientMetadata, "backchannel_logout_uri", "backchannel_logout_session_required"] };

        public void Describe(JsonObject metadata, string issuer)
        {
            metadata["backchannel_logout_supported"] = true;
            metadata["backchannel_logout_session_supported"] = true;
        }
    }
}
