using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.Par;

/// <summary>RFC 9126 §5, §6.</summary>
internal sealed class ParMetadata(ParOptions options) : IMetadataPart
{
    /// <summary>Where requests are pushed, under the issuer's path.</summary>
    public const string Path = "/par";

    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        ClientMetadata = [.. capabilities.ClientMetadata, "require_pushed_authorization_requests", "allow_unregistered_redirect_uris"],
    };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer)
    {
        metadata["pushed_authorization_request_endpoint"] = issuer + Path;
        metadata["require_pushed_authorization_requests"] = options.Required;
    }
}
