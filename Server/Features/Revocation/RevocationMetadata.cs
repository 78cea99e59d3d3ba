using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.Revocation;

/// <summary>RFC 8414 §2: the lines of discovery.</summary>
internal sealed class RevocationMetadata : IMetadataPart
{
    /// <summary>Under the issuer.</summary>
    public const string Path = "/revoke";

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer)
    {
        metadata["revocation_endpoint"] = issuer + Path;
        metadata["revocation_endpoint_auth_methods_supported"] = metadata["token_endpoint_auth_methods_supported"]!.DeepClone();
    }
}
