using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Features.ProtectedResources;

/// <summary>RFC 9728 §2: what this server can truthfully say of a resource that takes its tokens.</summary>
/// <remarks>
/// Left out: <c>jwks_uri</c> and <c>resource_signing_alg_values_supported</c>, which are about keys of the resource, not ours; and whatever only the resource
/// knows of itself.
/// </remarks>
internal static class ResourceMetadata
{
    /// <summary>RFC 9728 §3.1: the suffix that is put between host and path.</summary>
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>The document.</summary>
    public static JsonObject Build(ResourceDefinition resource, string issuer)
    {
        var metadata = new JsonObject
        {
            ["resource"] = resource.Identifier,
            ["authorization_servers"] = new JsonArray(issuer),
        };
        if (resource.Scopes.Length > 0)
        {
            metadata["scopes_supported"] = new JsonArray([.. resource.Scopes.Select(scope => (JsonNode)scope)]);
        }

        metadata["bearer_methods_supported"] = new JsonArray("header");   // RFC 6750 §2.1: every resource must take it; of the other ways we know nothing
        if (resource.Name != resource.Identifier)
        {
            metadata["resource_name"] = resource.Name;
        }

        return metadata;
    }

    /// <summary>RFC 9728 §3.3: the identifiers whose metadata has its place at this target of our own origin; none where it is no such place.</summary>
    /// <param name="target">RFC 9112 §3.2.1: path and query as sent.</param>
    /// <param name="issuer">The issuer, whose origin is ours.</param>
    public static string[] IdentifiersAt(string target, string issuer)
    {
        if (!target.StartsWith(WellKnown, StringComparison.Ordinal))
        {
            return [];
        }

        var rest = target[WellKnown.Length..];
        var origin = OriginOf(issuer);
        return rest.Length == 0 || rest[0] == '?' ? [origin + rest, origin + "/" + rest]   // §3.1: a slash that only ends the host is left out
            : rest[0] == '/' ? [origin + rest]
            : [];
    }

    /// <summary>Scheme, host and port.</summary>
    private static string OriginOf(string issuer)
    {
        var path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? issuer : issuer[..path];
    }
}
