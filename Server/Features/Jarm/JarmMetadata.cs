using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.Jarm;

/// <summary>JARM §3, §4.</summary>
internal sealed class JarmMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        ResponseModes = [.. capabilities.ResponseModes, .. JwtResponses.Modes],
        ClientMetadata = [.. capabilities.ClientMetadata, "authorization_signed_response_alg"],
    };

    /// <summary>The keys that sign ID tokens sign responses too.</summary>
    public void Describe(JsonObject metadata, string issuer) =>
        metadata["authorization_signing_alg_values_supported"] = metadata["id_token_signing_alg_values_supported"]!.DeepClone();
}
