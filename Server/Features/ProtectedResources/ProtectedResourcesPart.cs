using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.ProtectedResources;

/// <summary>RFC 9728 §4: this server names the resources it publishes, as their documents name this server.</summary>
internal sealed class ProtectedResourcesPart(ResourceDocuments documents) : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) =>
        capabilities with { ResourceSettings = [.. capabilities.ResourceSettings, "publish_metadata"] };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer)
    {
        var identifiers = documents.Identifiers.Select(identifier => (JsonNode)identifier).ToArray();
        if (identifiers.Length > 0)   // RFC 8414 §3.2: an empty list is left out
        {
            metadata["protected_resources"] = new JsonArray(identifiers);
        }
    }
}
