using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.ClientAssertions;

/// <summary>RFC 7523 §2.2: clients prove who they are by a signed assertion, <c>private_key_jwt</c>.</summary>
internal static class ClientAssertionsExtensions
{
    /// <summary>Registers the method, its lines of discovery, and the cleaning of its table.</summary>
    public static void AddClientAssertions(this IServiceCollection services) => services
        .AddSingleton<SpentAssertionStore>()
        .AddSingleton<IClientAuthMethod, PrivateKeyJwt>()
        .AddSingleton<IMetadataPart, ClientAssertionMetadata>()
        .AddSingleton(SpentAssertionStore.Expiring);
}
