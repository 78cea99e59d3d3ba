using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.Dpop;

/// <summary>RFC 9449 §5.1, §5.2: what discovery says, and what clients may register.</summary>
internal sealed class DpopMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) =>
        capabilities with { ClientMetadata = [.. capabilities.ClientMetadata, "dpop_bound_access_tokens", "require_dpop_nonce"] };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer) =>
        metadata["dpop_signing_alg_values_supported"] = new JsonArray([.. DpopProofRules.Algorithms.Select(algorithm => (JsonNode)algorithm.Name)]);
}
