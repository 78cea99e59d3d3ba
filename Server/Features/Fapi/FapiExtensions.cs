using AuthCore.Protocol;

namespace AuthCore.Features.Fapi;

/// <summary>The line of the composition root: there are no endpoints to map.</summary>
internal static class FapiExtensions
{
    /// <summary>FAPI 2.0 by one word in a client's registration.</summary>
    public static void AddFapi(this IServiceCollection services) => services.AddSingleton<IMetadataPart, FapiMetadata>();
}

/// <summary>The two profiles. Discovery has no name for them: it says what the server can, and they say what a client must.</summary>
internal sealed class FapiMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with { Profiles = [.. capabilities.Profiles, FapiProfile.Security, FapiProfile.MessageSigning] };
}
