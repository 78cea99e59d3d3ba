using AuthCore.Protocol;

namespace AuthCore.Features.ClientAssertions;

/// <summary>RFC 8414 §2: what this feature adds to the server.</summary>
internal sealed class ClientAssertionMetadata : IMetadataPart
{
    private static readonly string[] s_algorithms = [.. ClientAssertionRules.Algorithms.Select(algorithm => algorithm.Name)];

    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        TokenEndpointAuthMethods = [.. capabilities.TokenEndpointAuthMethods, ClientKeyRules.PrivateKeyJwt],
        TokenEndpointAuthSigningAlgs = [.. capabilities.TokenEndpointAuthSigningAlgs, .. s_algorithms],
        ClientMetadata = [.. capabilities.ClientMetadata, "token_endpoint_auth_signing_alg", "client_assertion_legacy_audience", "jwks", "jwks_uri"],
    };
}
