using System.Globalization;
using AuthCore.Protocol;

namespace AuthCore.Features.Fapi;

/// <summary>FAPI 2.0 Security Profile (Final) §5.3.2, §5.4, and FAPI 2.0 Message Signing (Final) §5.3 to §5.5, as demands on a client's registration. Pure.</summary>
internal sealed class FapiProfile : IClientProfile
{
    private const string PushedRequests = "pushed authorization requests (RFC 9126)";
    private const string SignedRequests = "signed requests (RFC 9101)";
    private const string SignedResponses = "signed responses (JARM)";
    private const string Introspection = "signed introspection (RFC 9701)";
    private const string Proofs = "DPoP (RFC 9449)";

    private static readonly string[] s_methods = [ClientKeyRules.PrivateKeyJwt, "tls_client_auth", ClientKeyRules.SelfSignedTls];
    private static readonly string[] s_algorithms = ["ES256", "PS256"];
    private static readonly string[] s_signedModes = ["jwt", "query.jwt", "form_post.jwt"];

    // §5.4.1
    private static readonly Demand s_allowed =
        new("allowed_signing_algs", string.Join(" or ", s_algorithms), c => Demand.Words(c.AllowedSigningAlgs), c => c.AllowedSigningAlgs.Length > 0 && c.AllowedSigningAlgs.All(s_algorithms.Contains))
        {
            TurnOn = c => c with { AllowedSigningAlgs = s_algorithms },
        };

    private static readonly Demand[] s_security =
    [
        // §5.3.2.1 items 3, 6, 8
        new("token_endpoint_auth_method", string.Join(" or ", s_methods), c => Demand.Words([c.TokenEndpointAuthMethod]), c => s_methods.Contains(c.TokenEndpointAuthMethod))
        {
            TurnOn = c => c with { TokenEndpointAuthMethod = ClientKeyRules.PrivateKeyJwt },
        },
        new("client_secret", "none", _ => "given", c => c.Secrets.Count == 0),
        Demand.Switch("client_assertion_legacy_audience", false, c => c.ClientAssertionLegacyAudience, c => c),

        // §5.3.2.1 items 4, 5: by a certificate where that is written, else by proofs.
        new Demand("dpop_bound_access_tokens", "true, or tls_client_certificate_bound_access_tokens: true", c => Demand.Word(c.DpopBoundAccessTokens), c => c.DpopBoundAccessTokens || c.TlsClientCertificateBoundAccessTokens)
        {
            TurnOn = c => c with { DpopBoundAccessTokens = !c.TlsClientCertificateBoundAccessTokens },
        }.EnforcedBy(Proofs, c => c.DpopBoundAccessTokens),

        // §5.3.2.1 items 9, 11
        Demand.Switch("refresh_token_rotation", false, c => c.RefreshTokenRotation, c => c with { RefreshTokenRotation = false }),
        new("authorization_code_lifetime", "60 or less", c => c.AuthorizationCodeLifetime?.ToString(CultureInfo.InvariantCulture) ?? "not given", c => c.AuthorizationCodeLifetime is <= 60)
        {
            TurnOn = c => c with { AuthorizationCodeLifetime = 60 },
        },

        // §5.3.2.2 items 3, 5, 6, 8
        Demand.Switch("require_pushed_authorization_requests", true, c => c.RequirePushedAuthorizationRequests || !UsesCodes(c), c => c with { RequirePushedAuthorizationRequests = UsesCodes(c) })
            .EnforcedBy(PushedRequests, UsesCodes),
        Demand.Switch("require_pkce", true, c => c.RequirePkce, c => c with { RequirePkce = true }),
        Demand.Switch("strict_redirect_uris", true, c => c.StrictRedirectUris, c => c with { StrictRedirectUris = true }),

        // What signs ID tokens follows, for its own default is RS256.
        s_allowed,
        new("id_token_signed_response_alg", "", _ => "", _ => true) { TurnOn = c => c with { IdTokenSignedResponseAlg = c.AllowedSigningAlgs.FirstOrDefault(s_algorithms.Contains) ?? s_algorithms[0] } },
    ];

    private static readonly Demand[] s_messages =
    [
        Demand.Switch("require_signed_request_object", true, c => c.RequireSignedRequestObject || !UsesCodes(c), c => c with { RequireSignedRequestObject = UsesCodes(c) })
            .EnforcedBy(SignedRequests, UsesCodes),
        new("response_modes", string.Join(", ", s_signedModes), c => Demand.Words(c.ResponseModes), c => c.ResponseModes.Length > 0 && c.ResponseModes.All(s_signedModes.Contains))
        {
            TurnOn = c => c with { ResponseModes = s_signedModes },
            By = SignedResponses,
            IsOffered = (_, capabilities) => s_signedModes.All(capabilities.ResponseModes.Contains),
        },
        Demand.Switch("require_signed_introspection", true, c => c.RequireSignedIntrospection, c => c with { RequireSignedIntrospection = true })
            .EnforcedBy(Introspection, c => c.RequireSignedIntrospection),
    ];

    private readonly Demand[] _demands;

    private FapiProfile(string name, Demand[] demands) => (Name, _demands) = (name, demands);

    /// <summary>FAPI 2.0 Security Profile.</summary>
    public static FapiProfile Security { get; } = new("fapi2", s_security);

    /// <summary>The same and FAPI 2.0 Message Signing, all three parts of it.</summary>
    public static FapiProfile MessageSigning { get; } = new("fapi2-message-signing", [.. s_security, .. s_messages]);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Client Complete(Client client, Func<string, bool> isWritten) =>
        _demands.Where(demand => demand.TurnOn is not null && !isWritten(demand.Name)).Aggregate(client, (so, demand) => demand.TurnOn!(so));

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities) =>
    [
        .. _demands.Where(demand => !demand.IsMet(client)).Select(demand => (demand.Name, $"is {demand.Says(client)}; profile {Name} demands {demand.Wants}")),
        .. _demands.Where(demand => !demand.IsOffered(client, capabilities)).Select(demand => ("profile", $"{Name} demands {demand.By}, which this server does not offer")),
        .. ClientAlgorithmRules.FindFaults(s_allowed.IsMet(client) ? client : client with { AllowedSigningAlgs = s_algorithms }),
        .. client.StrictRedirectUris ? [] : RedirectFaults(client),
    ];

    /// <inheritdoc/>
    public bool Misses(string name, Client client, ServerCapabilities capabilities) => _demands.Any(demand => demand.Name == name && !demand.IsOffered(client, capabilities));

    // What the switch would have found, had it not been written off.
    private static IEnumerable<(string Name, string Fault)> RedirectFaults(Client client) =>
        from uri in client.RedirectUris
        where RedirectUriRules.FindFault(uri, client.ApplicationType) is null
        let fault = RedirectUriRules.FindFault(uri, client.ApplicationType, isStrict: true)
        where fault is not null
        select ("redirect_uris", $"has '{uri}': {fault}");

    private static bool UsesCodes(Client client) => client.GrantTypes.Contains("authorization_code");
}
