using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 8414 §2, RFC 9701 §7: the lines of discovery, and what of an entry is obeyed.</summary>
internal sealed class IntrospectionMetadata : IMetadataPart
{
    /// <summary>Under the issuer.</summary>
    public const string Path = "/introspect";

    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        ClientMetadata = [.. capabilities.ClientMetadata, "introspection_signed_response_alg", "require_signed_introspection"],
        ResourceSettings = [.. capabilities.ResourceSettings, "introspection_clients"],
    };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer)
    {
        metadata["introspection_endpoint"] = issuer + Path;

        // As at the token endpoint, but for those who prove nothing.
        metadata["introspection_endpoint_auth_methods_supported"] = new JsonArray(
            [.. metadata["token_endpoint_auth_methods_supported"]!.AsArray().Select(method => method!.GetValue<string>()).Where(method => method != "none").Select(method => (JsonNode)method)]);

        // What signs ID tokens signs these.
        metadata["introspection_signing_alg_values_supported"] = metadata["id_token_signing_alg_values_supported"]!.DeepClone();
    }
}
