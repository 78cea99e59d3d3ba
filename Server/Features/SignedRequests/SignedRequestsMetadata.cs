using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Features.SignedRequests;

/// <summary>RFC 9101 §10.5, OIDC Discovery §3. A <c>request_uri</c> of the client's is never fetched, as the core's lines say.</summary>
internal sealed class SignedRequestsMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        ClientMetadata = [.. capabilities.ClientMetadata.Union(["jwks", "jwks_uri", "require_signed_request_object", "request_object_signing_alg"])],
    };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer)
    {
        metadata["request_parameter_supported"] = true;
        metadata["require_signed_request_object"] = false;
        metadata["request_object_signing_alg_values_supported"] = new JsonArray([.. SigningAlgorithm.All.Select(algorithm => (JsonNode)algorithm.Name)]);
    }
}
