using AuthCore.Protocol;
using Dapper;

namespace AuthCore.Stores;

/// <summary>The table <c>clients</c> with its <c>client_secrets</c>.</summary>
internal sealed class ClientStore(Database database, ChangeFeed changes)
{
    private const string Columns =
        """
        c.client_id, c.registered_by, c.profile, c.client_name, c.client_uri, c.logo_uri, c.tos_uri, c.policy_uri, c.initiate_login_uri, c.contacts, c.software_id,
        c.software_version, c.application_type, c.redirect_uris, c.post_logout_redirect_uris, c.grant_types, c.response_types,
        c.token_endpoint_auth_method, c.token_endpoint_auth_signing_alg, c.client_assertion_legacy_audience, c.jwks, c.jwks_uri, c.tls_client_auth_subject_dn, c.tls_client_auth_san_dns,
        c.tls_client_auth_san_uri, c.tls_client_auth_san_ip, c.tls_client_auth_san_email, c.tls_client_certificate_bound_access_tokens,
        c.dpop_bound_access_tokens, c.require_dpop_nonce, c.require_pushed_authorization_requests, c.require_signed_request_object, c.request_object_signing_alg,
        c.authorization_signed_response_alg, c.response_modes, c.allow_unregistered_redirect_uris, c.strict_redirect_uris, c.allowed_signing_algs, c.scope, c.subject_type, c.sector_identifier_uri, c.id_token_signed_response_alg,
        c.userinfo_signed_response_alg, c.introspection_signed_response_alg, c.require_signed_introspection, c.default_max_age, c.require_auth_time, c.default_acr_values,
        c.backchannel_logout_uri, c.backchannel_logout_session_required, c.frontchannel_logout_uri, c.frontchannel_logout_session_required,
        c.require_pkce, c.require_consent, c.access_token_format, c.resources, c.default_resource, c.access_token_lifetime, c.id_token_lifetime,
        c.refresh_token_idle_lifetime, c.refresh_token_absolute_lifetime, c.refresh_token_rotation, c.refresh_token_retry_window,
        c.refresh_token_without_offline_access, c.claims_in_id_token, c.authorization_code_lifetime, c.disabled_at,
        array(select s.secret_hash from client_secrets s where s.client_id = c.client_id order by s.secret_hash)                            as secret_hashes,
        array(select coalesce(s.expires_at, 'infinity') from client_secrets s where s.client_id = c.client_id order by s.secret_hash) as secret_expiries
        """;

    /// <summary>The client, disabled or not, or null.</summary>
    public async Task<Client?> FindAsync(string clientId, CancellationToken ct) =>
        (await QueryAsync($"select {Columns} from clients c where c.client_id = @clientId", new { clientId }, ct)).SingleOrDefault();

    /// <summary>Every client, by its id.</summary>
    public Task<IReadOnlyList<Client>> ListAsync(CancellationToken ct) => QueryAsync($"select {Columns} from clients c order by c.client_id", null, ct);

    /// <summary>RFC 6454: whether a registered, enabled client's pages are served from this origin.</summary>
    public async Task<bool> HasOriginAsync(string origin, CancellationToken ct) =>
        await database.FindAsync<bool>(
            "select exists (select 1 from clients where cors_origins @> array[@origin] and disabled_at is null)", new { origin }, ct);

    /// <summary>Writes the whole client and its secrets, in one transaction. It was judged by <see cref="ClientMetadataRules"/> before.</summary>
    public Task SaveAsync(Client client, CancellationToken ct) => database.RunAsync(
        async (connection, token) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await connection.ExecuteAsync(new CommandDefinition(Upsert, client, transaction, cancellationToken: token));
            await connection.ExecuteAsync(new CommandDefinition("delete from client_secrets where client_id = @ClientId", client, transaction, cancellationToken: token));
            foreach (var secret in client.Secrets)
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    "insert into client_secrets (client_id, secret_hash, expires_at) values (@ClientId, @Hash, @ExpiresAt)",
                    new { client.ClientId, secret.Hash, secret.ExpiresAt }, transaction, cancellationToken: token));
            }

            await transaction.CommitAsync(token);
            changes.Announce();
            return true;
        },
        ct);

    private Task<IReadOnlyList<Client>> QueryAsync(string sql, object? parameters, CancellationToken ct) => database.RunAsync<IReadOnlyList<Client>>(
        async (connection, token) =>
            (await connection.QueryAsync<Client, SecretColumns, Client>(
                new CommandDefinition(sql, parameters, cancellationToken: token),
                (client, secrets) => client with { Secrets = secrets.ToSecrets() },
                splitOn: "secret_hashes")).AsList(),
        ct);

    private sealed record SecretColumns
    {
        public byte[][] SecretHashes { get; init; } = [];

        public DateTime[] SecretExpiries { get; init; } = [];

        public ClientSecret[] ToSecrets() =>
            [.. SecretHashes.Zip(SecretExpiries, (hash, expires) => new ClientSecret(hash, expires == DateTime.MaxValue ? null : new DateTimeOffset(expires)))];
    }

    private const string Upsert =
        """
        insert into clients (
            client_id, registered_by, profile, client_name, client_uri, logo_uri, tos_uri, policy_uri, initiate_login_uri, contacts, software_id, software_version,
            application_type, redirect_uris, post_logout_redirect_uris, grant_types, response_types, token_endpoint_auth_method,
            token_endpoint_auth_signing_alg, client_assertion_legacy_audience, jwks, jwks_uri, tls_client_auth_subject_dn, tls_client_auth_san_dns, tls_client_auth_san_uri,
            tls_client_auth_san_ip, tls_client_auth_san_email, tls_client_certificate_bound_access_tokens, dpop_bound_access_tokens,
            require_dpop_nonce, require_pushed_authorization_requests, require_signed_request_object, request_object_signing_alg, authorization_signed_response_alg,
            response_modes, allow_unregistered_redirect_uris, strict_redirect_uris, allowed_signing_algs, scope,
            subject_type, sector_identifier_uri, id_token_signed_response_alg, userinfo_signed_response_alg, introspection_signed_response_alg, require_signed_introspection,
            default_max_age, require_auth_time, default_acr_values, backchannel_logout_uri, backchannel_logout_session_required, frontchannel_logout_uri,
            frontchannel_logout_session_required, require_pkce, require_consent, access_token_format, resources, default_resource, access_token_lifetime, id_token_lifetime,
            refresh_token_idle_lifetime, refresh_token_absolute_lifetime, refresh_token_rotation, refresh_token_retry_window,
            refresh_token_without_offline_access, claims_in_id_token, authorization_code_lifetime, cors_origins, disabled_at)
        values (
            @ClientId, @RegisteredBy, @Profile, @ClientName, @ClientUri, @LogoUri, @TosUri, @PolicyUri, @InitiateLoginUri, @Contacts, @SoftwareId, @SoftwareVersion,
            @ApplicationType, @RedirectUris, @PostLogoutRedirectUris, @GrantTypes, @ResponseTypes, @TokenEndpointAuthMethod,
            @TokenEndpointAuthSigningAlg, @ClientAssertionLegacyAudience, @Jwks, @JwksUri, @TlsClientAuthSubjectDn, @TlsClientAuthSanDns, @TlsClientAuthSanUri,
            @TlsClientAuthSanIp, @TlsClientAuthSanEmail, @TlsClientCertificateBoundAccessTokens, @DpopBoundAccessTokens,
            @RequireDpopNonce, @RequirePushedAuthorizationRequests, @RequireSignedRequestObject, @RequestObjectSigningAlg, @AuthorizationSignedResponseAlg,
            @ResponseModes, @AllowUnregisteredRedirectUris, @StrictRedirectUris, @AllowedSigningAlgs, @Scope,
            @SubjectType, @SectorIdentifierUri, @IdTokenSignedResponseAlg, @UserinfoSignedResponseAlg, @IntrospectionSignedResponseAlg, @RequireSignedIntrospection,
            @DefaultMaxAge, @RequireAuthTime, @DefaultAcrValues, @BackchannelLogoutUri, @BackchannelLogoutSessionRequired, @FrontchannelLogoutUri,
            @FrontchannelLogoutSessionRequired, @RequirePkce, @RequireConsent, @AccessTokenFormat, @Resources, @DefaultResource, @AccessTokenLifetime, @IdTokenLifetime,
            @RefreshTokenIdleLifetime, @RefreshTokenAbsoluteLifetime, @RefreshTokenRotation, @RefreshTokenRetryWindow,
            @RefreshTokenWithoutOfflineAccess, @ClaimsInIdToken, @AuthorizationCodeLifetime, @CorsOrigins, @DisabledAt)
        on conflict (client_id) do update set
            registered_by = excluded.registered_by, profile = excluded.profile, client_name = excluded.client_name, client_uri = excluded.client_uri, logo_uri = excluded.logo_uri,
            tos_uri = excluded.tos_uri, policy_uri = excluded.policy_uri, initiate_login_uri = excluded.initiate_login_uri, contacts = excluded.contacts,
            software_id = excluded.software_id, software_version = excluded.software_version, application_type = excluded.application_type,
            redirect_uris = excluded.redirect_uris, post_logout_redirect_uris = excluded.post_logout_redirect_uris, grant_types = excluded.grant_types,
            response_types = excluded.response_types, token_endpoint_auth_method = excluded.token_endpoint_auth_method,
            token_endpoint_auth_signing_alg = excluded.token_endpoint_auth_signing_alg,
            client_assertion_legacy_audience = excluded.client_assertion_legacy_audience, jwks = excluded.jwks, jwks_uri = excluded.jwks_uri,
            tls_client_auth_subject_dn = excluded.tls_client_auth_subject_dn, tls_client_auth_san_dns = excluded.tls_client_auth_san_dns,
            tls_client_auth_san_uri = excluded.tls_client_auth_san_uri, tls_client_auth_san_ip = excluded.tls_client_auth_san_ip,
            tls_client_auth_san_email = excluded.tls_client_auth_san_email,
            tls_client_certificate_bound_access_tokens = excluded.tls_client_certificate_bound_access_tokens,
            dpop_bound_access_tokens = excluded.dpop_bound_access_tokens,
            require_dpop_nonce = excluded.require_dpop_nonce,
            require_pushed_authorization_requests = excluded.require_pushed_authorization_requests,
            require_signed_request_object = excluded.require_signed_request_object, request_object_signing_alg = excluded.request_object_signing_alg,
            authorization_signed_response_alg = excluded.authorization_signed_response_alg,
            response_modes = excluded.response_modes,
            allow_unregistered_redirect_uris = excluded.allow_unregistered_redirect_uris, strict_redirect_uris = excluded.strict_redirect_uris,
            allowed_signing_algs = excluded.allowed_signing_algs, scope = excluded.scope, subject_type = excluded.subject_type,
            sector_identifier_uri = excluded.sector_identifier_uri, id_token_signed_response_alg = excluded.id_token_signed_response_alg,
            userinfo_signed_response_alg = excluded.userinfo_signed_response_alg,
            introspection_signed_response_alg = excluded.introspection_signed_response_alg, require_signed_introspection = excluded.require_signed_introspection, default_max_age = excluded.default_max_age,
            require_auth_time = excluded.require_auth_time, default_acr_values = excluded.default_acr_values,
            backchannel_logout_uri = excluded.backchannel_logout_uri,
            backchannel_logout_session_required = excluded.backchannel_logout_session_required,
            frontchannel_logout_uri = excluded.frontchannel_logout_uri,
            frontchannel_logout_session_required = excluded.frontchannel_logout_session_required, require_pkce = excluded.require_pkce,
            require_consent = excluded.require_consent, access_token_format = excluded.access_token_format, resources = excluded.resources, default_resource = excluded.default_resource,
            access_token_lifetime = excluded.access_token_lifetime, id_token_lifetime = excluded.id_token_lifetime,
            refresh_token_idle_lifetime = excluded.refresh_token_idle_lifetime,
            refresh_token_absolute_lifetime = excluded.refresh_token_absolute_lifetime, refresh_token_rotation = excluded.refresh_token_rotation,
            refresh_token_retry_window = excluded.refresh_token_retry_window,
            refresh_token_without_offline_access = excluded.refresh_token_without_offline_access, claims_in_id_token = excluded.claims_in_id_token,
            authorization_code_lifetime = excluded.authorization_code_lifetime,
            cors_origins = excluded.cors_origins, disabled_at = excluded.disabled_at
        """;
}
