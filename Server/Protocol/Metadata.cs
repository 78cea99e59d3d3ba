using System.Text.Json.Nodes;

namespace AuthCore.Protocol;

/// <summary>RFC 8414 §2, OIDC Discovery §3: what this server says of itself, computed from what it enforces.</summary>
public static class Metadata
{
    private static readonly string[] s_protocolClaims = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];

    /// <summary>Builds the document. Values whose absence would mean "yes" are said explicitly.</summary>
    /// <param name="issuer">Exactly as in tokens.</param>
    /// <param name="capabilities">What is enforced.</param>
    /// <param name="scopes">What can be asked for.</param>
    public static JsonObject Build(string issuer, ServerCapabilities capabilities, ScopeCatalog scopes) => new()
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = issuer + "/authorize",
        ["token_endpoint"] = issuer + "/token",
        ["userinfo_endpoint"] = issuer + "/userinfo",
        ["jwks_uri"] = issuer + "/jwks",
        ["scopes_supported"] = ArrayOf(scopes.Scopes.Select(s => s.Name)),
        ["response_types_supported"] = ArrayOf(["code"]),
        ["response_modes_supported"] = ArrayOf(capabilities.ResponseModes),
        ["grant_types_supported"] = ArrayOf(capabilities.GrantTypes),
        ["token_endpoint_auth_methods_supported"] = ArrayOf(capabilities.TokenEndpointAuthMethods),
        ["code_challenge_methods_supported"] = ArrayOf([Pkce.S256]),
        ["authorization_response_iss_parameter_supported"] = true,   // RFC 9207 §3
        ["subject_types_supported"] = ArrayOf(capabilities.SubjectTypes),
        ["id_token_signing_alg_values_supported"] = ArrayOf(capabilities.IdTokenSigningAlgs),
        ["acr_values_supported"] = ArrayOf(capabilities.AcrValues),
        ["claim_types_supported"] = ArrayOf(["normal"]),
        ["claims_supported"] = ArrayOf(s_protocolClaims.Concat(scopes.Claims).Distinct()),
        ["claims_parameter_supported"] = true,
        ["request_parameter_supported"] = false,
        ["request_uri_parameter_supported"] = false,
        ["require_request_uri_registration"] = false,
        ["prompt_values_supported"] = ArrayOf(AuthorizationRequestRules.Prompts),
        ["display_values_supported"] = ArrayOf(["page"]),
        ["ui_locales_supported"] = ArrayOf(["en"]),
    };

    /// <summary>RFC 8414 §2: wherever a client may authenticate by an assertion, what it may be signed with is said, too. Last, when every part has said where.</summary>
    /// <param name="metadata">The whole document.</param>
    /// <param name="capabilities">What is enforced.</param>
    public static void Complete(JsonObject metadata, ServerCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(capabilities);
        const string Methods = "_endpoint_auth_methods_supported";
        foreach (var (name, methods) in metadata.ToArray())
        {
            if (name.EndsWith(Methods, StringComparison.Ordinal) && methods is JsonArray list && list.Any(method => (string?)method == ClientKeyRules.PrivateKeyJwt))
            {
                metadata[name[..^Methods.Length] + "_endpoint_auth_signing_alg_values_supported"] = ArrayOf(capabilities.TokenEndpointAuthSigningAlgs);
            }
        }
    }

    private static JsonArray ArrayOf(IEnumerable<string> values) => [.. values.Select(v => (JsonNode)v)];
}
