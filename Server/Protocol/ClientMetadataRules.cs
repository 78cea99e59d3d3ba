using FluentValidation;

namespace AuthCore.Protocol;

/// <summary>The one rule set for clients, whoever registers them: the resulting client is judged as a whole, and every fault is listed.</summary>
public sealed class ClientMetadataRules : AbstractValidator<Client>
{
    private const int MaxText = 200;
    private const int MaxLifetime = 86_400;

    /// <summary>Rules of a server that can do <paramref name="capabilities"/> and knows these scopes and resources.</summary>
    public ClientMetadataRules(ServerCapabilities capabilities, IReadOnlyCollection<string> scopes, IReadOnlyCollection<string> resources)
    {
        Identity();
        Uris();
        Flows(capabilities);
        Sector();
        KeysAndRequests(capabilities);
        Rights(scopes, resources);
        Lifetimes();
        Unsupported(capabilities);
    }

    private void Identity()
    {
        // RFC 6749 appendix A.1; an https id belongs to clients that publish their own metadata.
        Fault("client_id", c => c.ClientId.Length is 0 or > 255 || c.ClientId.Any(ch => ch is <= ' ' or > '~'), "must be 1 to 255 visible ASCII characters");
        Fault("client_id", c => c.ClientId.StartsWith("https://", StringComparison.Ordinal), "must not begin with https://");
        Fault("client_name", c => !IsText(c.ClientName), $"must be 1 to {MaxText} characters without control characters");
        Fault("contacts", c => c.Contacts.Length > 20 || c.Contacts.Any(x => !IsText(x)), "has an entry that is empty, too long or has control characters");
        Fault("software_id", c => c.SoftwareId is not null && !IsText(c.SoftwareId), "is not plain text");
        Fault("software_version", c => c.SoftwareVersion is not null && !IsText(c.SoftwareVersion), "is not plain text");
        Fault("application_type", c => c.ApplicationType is not ("web" or "native"), "must be web or native");
    }

    private void Uris()
    {
        RuleFor(c => c).Custom((client, context) =>
        {
            foreach (var (name, uris) in new[] { ("redirect_uris", client.RedirectUris), ("post_logout_redirect_uris", client.PostLogoutRedirectUris) })
            {
                foreach (var uri in uris)
                {
                    var isStrict = client.StrictRedirectUris && name == "redirect_uris";
                    if (RedirectUriRules.FindFault(uri, client.ApplicationType, isStrict) is { } fault)
                    {
                        context.AddFailure(name, $"has '{Printable(uri)}': {fault}");
                    }
                }
            }

            foreach (var (name, uri) in WebUris(client))
            {
                if (uri is not null && RedirectUriRules.FindWebFault(uri) is { } fault)
                {
                    context.AddFailure(name, fault);
                }
            }
        });
        Fault("redirect_uris", c => c.RedirectUris.Length > 50, "has more than 50 entries");
        Fault("post_logout_redirect_uris", c => c.PostLogoutRedirectUris.Length > 50, "has more than 50 entries");

        // Front-Channel Logout §2: a frame leads to where sign-ins lead, and nowhere else.
        Fault("frontchannel_logout_uri", c => c.FrontchannelLogoutUri is { } uri && !c.RedirectUris.Select(RedirectUri.OriginOf).Contains(RedirectUri.OriginOf(uri)), "must have scheme, host and port of one of redirect_uris");
        Fault("frontchannel_logout_session_required", c => c.FrontchannelLogoutSessionRequired && c.FrontchannelLogoutUri is null, "needs frontchannel_logout_uri");
        Fault("backchannel_logout_session_required", c => c.BackchannelLogoutSessionRequired && c.BackchannelLogoutUri is null, "needs backchannel_logout_uri");
        Fault("redirect_uris", c => c.GrantTypes.Contains("authorization_code") && c.RedirectUris.Length == 0, "must not be empty for authorization_code");
    }

    private void Flows(ServerCapabilities capabilities)
    {
        Fault("grant_types", c => c.GrantTypes.Length == 0, "must not be empty");
        Fault("grant_types", c => !c.GrantTypes.All(capabilities.GrantTypes.Contains), $"must be of {string.Join(", ", capabilities.GrantTypes)}");
        Fault("grant_types", c => c.GrantTypes.Contains("refresh_token") && c.GrantTypes.All(g => g is "refresh_token" or "client_credentials"), "has refresh_token without a grant that gives one");
        Fault("grant_types", c => c.IsPublic && c.GrantTypes.Contains("client_credentials"), "has client_credentials, which needs a confidential client");
        Fault("response_types", c => !c.ResponseTypes.All(t => t == "code"), "must be code");
        Fault("response_types", c => c.ResponseTypes.Contains("code") != c.GrantTypes.Contains("authorization_code"), "must be code exactly where grant_types has authorization_code");
        Fault("token_endpoint_auth_method", c => !capabilities.TokenEndpointAuthMethods.Contains(c.TokenEndpointAuthMethod), $"must be one of {string.Join(", ", capabilities.TokenEndpointAuthMethods)}");
        Fault("client_secret", c => c.TokenEndpointAuthMethod.StartsWith("client_secret_", StringComparison.Ordinal) && c.Secrets.Count == 0, "is needed for this token_endpoint_auth_method");
        Fault("client_secret", c => !c.TokenEndpointAuthMethod.StartsWith("client_secret_", StringComparison.Ordinal) && c.Secrets.Count > 0, "must not be given for this token_endpoint_auth_method");
        Fault("client_secret", c => c.Secrets.Count > 2, "has more than two entries: one to use and one to change to");
        Fault("require_pkce", c => !c.RequirePkce && c.IsPublic, "must not be false for a public client");
        Fault("refresh_token_rotation", c => !c.RefreshTokenRotation && c.IsPublic, "must not be false for a public client");
        Fault("dpop_bound_access_tokens", c => c.DpopBoundAccessTokens && c.TlsClientCertificateBoundAccessTokens, "must not stand beside tls_client_certificate_bound_access_tokens: a token is bound to one key");
        Fault("id_token_signed_response_alg", c => !capabilities.IdTokenSigningAlgs.Contains(c.IdTokenSignedResponseAlg), $"must be one of {string.Join(", ", capabilities.IdTokenSigningAlgs)}");
        Fault("introspection_signed_response_alg", c => c.IntrospectionSignedResponseAlg is { } alg && !capabilities.IdTokenSigningAlgs.Contains(alg), $"must be one of {string.Join(", ", capabilities.IdTokenSigningAlgs)}");
        Fault("access_token_format", c => c.AccessTokenFormat is { } f && !capabilities.AccessTokenFormats.Contains(f), $"must be one of {string.Join(", ", capabilities.AccessTokenFormats)}");
        Fault("userinfo_signed_response_alg", c => c.UserinfoSignedResponseAlg is { } alg && !capabilities.UserInfoSigningAlgs.Contains(alg), $"must be one of {string.Join(", ", capabilities.UserInfoSigningAlgs)}");
        Fault("default_acr_values", c => !c.DefaultAcrValues.All(capabilities.AcrValues.Contains), $"must be of {string.Join(", ", capabilities.AcrValues)}");
        Fault("subject_type", c => !capabilities.SubjectTypes.Contains(c.SubjectType), $"must be one of {string.Join(", ", capabilities.SubjectTypes)}");
    }

    // OIDC Core §8.1. Whoever takes registrations from strangers must read the document at sector_identifier_uri first: a sector is joined by being listed there.
    private void Sector()
    {
        Fault("sector_identifier_uri", c => c.SectorIdentifierUri is { } uri && !uri.StartsWith("https://", StringComparison.Ordinal), "must be an https URI");
        Fault("sector_identifier_uri", c => c.SectorIdentifierUri is not null && c.RegisteredBy != "operator", "is for clients that an operator registers");
        Fault("sector_identifier_uri", c => c.SubjectType == SectorIdentifier.Pairwise && SectorIdentifier.Of(c) is null, "is needed for pairwise subjects unless the redirect_uris are https URIs of one host");
    }

    private void KeysAndRequests(ServerCapabilities capabilities) => RuleFor(c => c).Custom((client, context) =>
    {
        foreach (var (name, fault) in ClientKeyRules.FindFaults(client, capabilities).Concat(ClientCertificateRules.FindFaults(client))
            .Concat(ClientRequestRules.FindFaults(client, capabilities)).Concat(ClientProfileRules.FindFaults(client, capabilities)))
        {
            context.AddFailure(name, fault);
        }
    });

    private void Rights(IReadOnlyCollection<string> scopes, IReadOnlyCollection<string> resources)
    {
        RuleFor(c => c).Custom((client, context) =>
        {
            foreach (var scope in client.Scope.Where(s => !scopes.Contains(s)))
            {
                context.AddFailure("scope", $"names '{Printable(scope)}', which is not a scope of this server");
            }

            foreach (var resource in client.Resources.Where(r => !resources.Contains(r)))
            {
                context.AddFailure("resources", $"names '{Printable(resource)}', which is not a resource of this server");
            }
        });
        Fault("default_resource", c => c.DefaultResource is { } r && !c.Resources.Contains(r), "must be one of resources");
    }

    private void Lifetimes()
    {
        Fault("access_token_lifetime", c => c.AccessTokenLifetime is < 1 or > MaxLifetime, $"must be 1 to {MaxLifetime} seconds");
        Fault("id_token_lifetime", c => c.IdTokenLifetime is < 1 or > MaxLifetime, $"must be 1 to {MaxLifetime} seconds");
        Fault("refresh_token_idle_lifetime", c => c.RefreshTokenIdleLifetime is < 1, "must be at least 1 second");
        Fault("refresh_token_absolute_lifetime", c => c.RefreshTokenAbsoluteLifetime is < 1, "must be at least 1 second");
        Fault("refresh_token_retry_window", c => c.RefreshTokenRetryWindow is < 0 or > 3600, "must be 0 to 3600 seconds");
        Fault("default_max_age", c => c.DefaultMaxAge is < 0, "must not be negative");
        Fault("authorization_code_lifetime", c => c.AuthorizationCodeLifetime is < 1 or > 600, "must be 1 to 600 seconds");
    }

    // A setting that nothing enforces would be a promise broken in silence.
    private void Unsupported(ServerCapabilities capabilities)
    {
        RuleFor(c => c).Custom((client, context) =>
        {
            foreach (var (name, isSet) in OptionalMetadata(client))
            {
                if (isSet && !capabilities.ClientMetadata.Contains(name) && !ClientProfileRules.Tells(name, client, capabilities))
                {
                    context.AddFailure(name, "is not supported by this server");
                }
            }
        });
    }

    private static IEnumerable<(string Name, string? Uri)> WebUris(Client c) =>
    [
        ("client_uri", c.ClientUri), ("logo_uri", c.LogoUri), ("tos_uri", c.TosUri), ("policy_uri", c.PolicyUri), ("initiate_login_uri", c.InitiateLoginUri),
        ("jwks_uri", c.JwksUri), ("sector_identifier_uri", c.SectorIdentifierUri),
        ("backchannel_logout_uri", c.BackchannelLogoutUri), ("frontchannel_logout_uri", c.FrontchannelLogoutUri),
    ];

    private static IEnumerable<(string Name, bool IsSet)> OptionalMetadata(Client c) =>
    [
        ("token_endpoint_auth_signing_alg", c.TokenEndpointAuthSigningAlg is not null), ("client_assertion_legacy_audience", c.ClientAssertionLegacyAudience), ("jwks", c.Jwks is not null), ("jwks_uri", c.JwksUri is not null),
        ("tls_client_auth_subject_dn", c.TlsClientAuthSubjectDn is not null), ("tls_client_auth_san_dns", c.TlsClientAuthSanDns is not null),
        ("tls_client_auth_san_uri", c.TlsClientAuthSanUri is not null), ("tls_client_auth_san_ip", c.TlsClientAuthSanIp is not null),
        ("tls_client_auth_san_email", c.TlsClientAuthSanEmail is not null),
        ("tls_client_certificate_bound_access_tokens", c.TlsClientCertificateBoundAccessTokens), ("dpop_bound_access_tokens", c.DpopBoundAccessTokens),
        ("require_dpop_nonce", c.RequireDpopNonce), ("require_pushed_authorization_requests", c.RequirePushedAuthorizationRequests), ("allow_unregistered_redirect_uris", c.AllowUnregisteredRedirectUris),
        ("require_signed_request_object", c.RequireSignedRequestObject),
        ("request_object_signing_alg", c.RequestObjectSigningAlg is not null), ("authorization_signed_response_alg", c.AuthorizationSignedResponseAlg is not null),
        ("sector_identifier_uri", c.SectorIdentifierUri is not null), ("userinfo_signed_response_alg", c.UserinfoSignedResponseAlg is not null),
        ("introspection_signed_response_alg", c.IntrospectionSignedResponseAlg is not null), ("require_signed_introspection", c.RequireSignedIntrospection), ("post_logout_redirect_uris", c.PostLogoutRedirectUris.Length > 0),
        ("backchannel_logout_uri", c.BackchannelLogoutUri is not null), ("backchannel_logout_session_required", c.BackchannelLogoutSessionRequired),
        ("frontchannel_logout_uri", c.FrontchannelLogoutUri is not null), ("frontchannel_logout_session_required", c.FrontchannelLogoutSessionRequired),
    ];

    private void Fault(string name, Func<Client, bool> isFaulty, string message) =>
        RuleFor(c => c).Must(c => !isFaulty(c)).OverridePropertyName(name).WithMessage(message.Replace("{", "{{", StringComparison.Ordinal));

    private static bool IsText(string text) => text.Length is > 0 and <= MaxText && !text.Any(char.IsControl) && !string.IsNullOrWhiteSpace(text);

    private static string Printable(string text) => new([.. text.Take(MaxText).Select(c => char.IsControl(c) ? '?' : c)]);
}
