using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>One entry under <c>clients:</c>; the keys are the names of the client metadata registry (RFC 7591 §2) and AuthCore's own.</summary>
internal static class ClientReader
{
    public static ClientEntry Read(MapReader map, SecretReader secretReader, IReadOnlyList<IClientProfile> profiles)
    {
        var (secrets, clear) = secretReader.Secrets(map);
        var clientId = map.Text("client_id") ?? "";
        var redirectUris = map.Texts("redirect_uris") ?? [];
        string[] grantTypes = map.Words("grant_types") ?? (redirectUris.Length > 0 ? ["authorization_code", "refresh_token"] : []);
        var client = new Client
        {
            ClientId = clientId,
            Profile = map.Text("profile"),
            ClientName = map.Text("client_name") ?? clientId,
            ClientUri = map.Text("client_uri"),
            LogoUri = map.Text("logo_uri"),
            TosUri = map.Text("tos_uri"),
            PolicyUri = map.Text("policy_uri"),
            InitiateLoginUri = map.Text("initiate_login_uri"),
            Contacts = map.Texts("contacts") ?? [],
            SoftwareId = map.Text("software_id"),
            SoftwareVersion = map.Text("software_version"),
            ApplicationType = map.Text("application_type") ?? "web",
            RedirectUris = redirectUris,
            StrictRedirectUris = map.Bool("strict_redirect_uris") ?? false,
            PostLogoutRedirectUris = map.Texts("post_logout_redirect_uris") ?? [],
            GrantTypes = grantTypes,
            ResponseTypes = map.Words("response_types") ?? (grantTypes.Contains("authorization_code") ? ["code"] : []),
            TokenEndpointAuthMethod = map.Text("token_endpoint_auth_method") ?? (secrets.Count > 0 ? "client_secret_basic" : "none"),
            TokenEndpointAuthSigningAlg = map.Text("token_endpoint_auth_signing_alg"),
            ClientAssertionLegacyAudience = map.Bool("client_assertion_legacy_audience") ?? false,
            Jwks = map.Json("jwks"),
            JwksUri = map.Text("jwks_uri"),
            TlsClientAuthSubjectDn = map.Text("tls_client_auth_subject_dn"),
            TlsClientAuthSanDns = map.Text("tls_client_auth_san_dns"),
            TlsClientAuthSanUri = map.Text("tls_client_auth_san_uri"),
            TlsClientAuthSanIp = map.Text("tls_client_auth_san_ip"),
            TlsClientAuthSanEmail = map.Text("tls_client_auth_san_email"),
            TlsClientCertificateBoundAccessTokens = map.Bool("tls_client_certificate_bound_access_tokens") ?? false,
            DpopBoundAccessTokens = map.Bool("dpop_bound_access_tokens") ?? false,
            RequireDpopNonce = map.Bool("require_dpop_nonce") ?? false,
            RequirePushedAuthorizationRequests = map.Bool("require_pushed_authorization_requests") ?? false,
            AllowUnregisteredRedirectUris = map.Bool("allow_unregistered_redirect_uris") ?? false,
            RequireSignedRequestObject = map.Bool("require_signed_request_object") ?? false,
            RequestObjectSigningAlg = map.Text("request_object_signing_alg"),
            AuthorizationSignedResponseAlg = map.Text("authorization_signed_response_alg"),
            ResponseModes = map.Words("response_modes") ?? [],
            Scope = map.Words("scope") ?? [],
            SubjectType = map.Text("subject_type") ?? "public",
            SectorIdentifierUri = map.Text("sector_identifier_uri"),
            IdTokenSignedResponseAlg = map.Text("id_token_signed_response_alg") ?? "RS256",
            UserinfoSignedResponseAlg = map.Text("userinfo_signed_response_alg"),
            IntrospectionSignedResponseAlg = map.Text("introspection_signed_response_alg"),
            RequireSignedIntrospection = map.Bool("require_signed_introspection") ?? false,
            AllowedSigningAlgs = map.Words("allowed_signing_algs") ?? [],
            DefaultMaxAge = map.Seconds("default_max_age"),
            RequireAuthTime = map.Bool("require_auth_time") ?? false,
            DefaultAcrValues = map.Words("default_acr_values") ?? [],
            BackchannelLogoutUri = map.Text("backchannel_logout_uri"),
            BackchannelLogoutSessionRequired = map.Bool("backchannel_logout_session_required") ?? false,
            FrontchannelLogoutUri = map.Text("frontchannel_logout_uri"),
            FrontchannelLogoutSessionRequired = map.Bool("frontchannel_logout_session_required") ?? false,
            RequirePkce = map.Bool("require_pkce") ?? true,
            RequireConsent = map.Bool("require_consent") ?? true,
            AccessTokenFormat = map.Text("access_token_format"),
            Resources = map.Words("resources") ?? [],
            DefaultResource = map.Text("default_resource"),
            AccessTokenLifetime = map.Seconds("access_token_lifetime"),
            IdTokenLifetime = map.Seconds("id_token_lifetime"),
            RefreshTokenIdleLifetime = map.Seconds("refresh_token_idle_lifetime"),
            RefreshTokenAbsoluteLifetime = map.Seconds("refresh_token_absolute_lifetime"),
            RefreshTokenRotation = map.Bool("refresh_token_rotation") ?? true,
            RefreshTokenRetryWindow = map.Seconds("refresh_token_retry_window"),
            RefreshTokenWithoutOfflineAccess = map.Bool("refresh_token_without_offline_access") ?? true,
            ClaimsInIdToken = map.Bool("claims_in_id_token") ?? false,
            AuthorizationCodeLifetime = map.Seconds("authorization_code_lifetime"),
            Secrets = secrets,
        };
        var disabled = map.Bool("disabled");
        map.RefuseUnknown();
        return new ClientEntry(profiles.FirstOrDefault(profile => profile.Name == client.Profile)?.Complete(client, map.Has) ?? client, disabled, clear, map);
    }
}
