using System.Text.Json.Nodes;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>RFC 8705 §2.1.1, §2.2.1, §3.3, §5: what discovery says, and what clients may register.</summary>
internal sealed class MutualTlsMetadata(MutualTlsOptions options, AuthCoreOptions core) : IMetadataPart
{
    // Those that clients call themselves; where a browser goes, nobody is asked for a certificate.
    private static readonly string[] s_endpoints =
    [
        "token_endpoint", "userinfo_endpoint", "introspection_endpoint", "revocation_endpoint", "pushed_authorization_request_endpoint",
        "device_authorization_endpoint", "registration_endpoint", "backchannel_authentication_endpoint",
    ];

    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities)
    {
        var isPki = options.Anchors.Count > 0;
        return capabilities with
        {
            TokenEndpointAuthMethods = [.. capabilities.TokenEndpointAuthMethods, .. isPki ? [ClientKeyRules.TlsClientAuth] : Array.Empty<string>(), ClientKeyRules.SelfSignedTls],
            ClientMetadata = [.. capabilities.ClientMetadata, "jwks", "jwks_uri", "tls_client_certificate_bound_access_tokens", .. isPki ? ClientCertificateRules.Names : []],
        };
    }

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer) => metadata["tls_client_certificate_bound_access_tokens"] = true;

    /// <inheritdoc/>
    public void Conclude(JsonObject metadata, string issuer)
    {
        if (options.AliasOf(core.Issuer) is not { } alias)
        {
            return;
        }

        var origin = RedirectUri.OriginOf(issuer)!;
        var aliases = new JsonObject();
        foreach (var name in s_endpoints)
        {
            if (metadata[name]?.GetValue<string>() is { } uri)
            {
                aliases[name] = alias + uri[origin.Length..];
            }
        }

        metadata["mtls_endpoint_aliases"] = aliases;
    }
}
