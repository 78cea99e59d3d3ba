namespace AuthCore.Protocol;

/// <summary>A registered client. Members carry the names of the OAuth and OpenID client metadata registry (RFC 7591 §2, OIDC Registration §2).</summary>
public sealed record Client
{
    /// <summary>RFC 6749 §2.2.</summary>
    public required string ClientId { get; init; }

    /// <summary>Who registered it: <c>operator</c>, or <c>dynamic</c> for clients that registered themselves.</summary>
    public string RegisteredBy { get; init; } = "operator";

    /// <summary>The <see cref="IClientProfile"/> that it is registered with; null for none. All that follows from it stands in the other members.</summary>
    public string? Profile { get; init; }

    /// <summary>RFC 7591 §2: what people are shown.</summary>
    public string ClientName { get; init; } = "";

    /// <summary>RFC 7591 §2: the application's home page.</summary>
    public string? ClientUri { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string? LogoUri { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string? TosUri { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string? PolicyUri { get; init; }

    /// <summary>OIDC Registration §2: where a third party, or our error page, may start a sign-in.</summary>
    public string? InitiateLoginUri { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string[] Contacts { get; init; } = [];

    /// <summary>RFC 7591 §2.</summary>
    public string? SoftwareId { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>OIDC Registration §2: <c>web</c> or <c>native</c>.</summary>
    public string ApplicationType { get; init; } = "web";

    /// <summary>RFC 7591 §2: compared by string equality (<see cref="RedirectUri"/>).</summary>
    public string[] RedirectUris { get; init; } = [];

    /// <summary>
    /// FAPI 2.0 §5.3.2.2 items 6, 8: each request names its <c>redirect_uri</c>, which is none of <c>http</c> but for a native application on the loopback
    /// literals (RFC 8252 §7.3).
    /// </summary>
    public bool StrictRedirectUris { get; init; }

    /// <summary>RP-Initiated Logout §3.1.</summary>
    public string[] PostLogoutRedirectUris { get; init; } = [];

    /// <summary>RFC 7591 §2.</summary>
    public string[] GrantTypes { get; init; } = [];

    /// <summary>RFC 7591 §2.</summary>
    public string[] ResponseTypes { get; init; } = [];

    /// <summary>RFC 7591 §2: the one method by which the client authenticates; <c>none</c> for a public client.</summary>
    public string TokenEndpointAuthMethod { get; init; } = "client_secret_basic";

    /// <summary>OIDC Registration §2.</summary>
    public string? TokenEndpointAuthSigningAlg { get; init; }

    /// <summary>RFC 7523 §3 before RFC 10070: assertions may name the token endpoint as their audience. A relaxation for clients of old.</summary>
    public bool ClientAssertionLegacyAudience { get; init; }

    /// <summary>RFC 7591 §2: a JWK Set as JSON.</summary>
    public string? Jwks { get; init; }

    /// <summary>RFC 7591 §2.</summary>
    public string? JwksUri { get; init; }

    /// <summary>RFC 8705 §2.1.2.</summary>
    public string? TlsClientAuthSubjectDn { get; init; }

    /// <summary>RFC 8705 §2.1.2.</summary>
    public string? TlsClientAuthSanDns { get; init; }

    /// <summary>RFC 8705 §2.1.2.</summary>
    public string? TlsClientAuthSanUri { get; init; }

    /// <summary>RFC 8705 §2.1.2.</summary>
    public string? TlsClientAuthSanIp { get; init; }

    /// <summary>RFC 8705 §2.1.2.</summary>
    public string? TlsClientAuthSanEmail { get; init; }

    /// <summary>RFC 8705 §3.4.</summary>
    public bool TlsClientCertificateBoundAccessTokens { get; init; }

    /// <summary>RFC 9449 §5.2.</summary>
    public bool DpopBoundAccessTokens { get; init; }

    /// <summary>RFC 9449 §8: its proofs must carry a nonce of ours; where the server demands one of all, they must anyway.</summary>
    public bool RequireDpopNonce { get; init; }

    /// <summary>RFC 9126 §6.</summary>
    public bool RequirePushedAuthorizationRequests { get; init; }

    /// <summary>RFC 9126 §2.4: whether it may push a redirect URI that is not registered. For confidential clients only.</summary>
    public bool AllowUnregisteredRedirectUris { get; init; }

    /// <summary>RFC 9101 §10.5.</summary>
    public bool RequireSignedRequestObject { get; init; }

    /// <summary>OIDC Registration §2.</summary>
    public string? RequestObjectSigningAlg { get; init; }

    /// <summary>JARM §3: what its JWT responses are signed with; null = RS256.</summary>
    public string? AuthorizationSignedResponseAlg { get; init; }

    /// <summary>FAPI 2.0 Message Signing §5.4: the response modes it may ask for, the first for errors of requests that ask for none of them; empty = all that the server delivers.</summary>
    public string[] ResponseModes { get; init; } = [];

    /// <summary>RFC 7591 §2: every scope the client may ask for.</summary>
    public string[] Scope { get; init; } = [];

    /// <summary>OIDC Registration §2: <c>public</c> or <c>pairwise</c>.</summary>
    public string SubjectType { get; init; } = "public";

    /// <summary>OIDC Registration §2.</summary>
    public string? SectorIdentifierUri { get; init; }

    /// <summary>OIDC Registration §2.</summary>
    public string IdTokenSignedResponseAlg { get; init; } = "RS256";

    /// <summary>OIDC Registration §2.</summary>
    public string? UserinfoSignedResponseAlg { get; init; }

    /// <summary>RFC 9701 §6.</summary>
    public string? IntrospectionSignedResponseAlg { get; init; }

    /// <summary>FAPI 2.0 Message Signing §5.5: what it asks about tokens is answered as a signed JWT (RFC 9701) or not at all.</summary>
    public bool RequireSignedIntrospection { get; init; }

    /// <summary>RFC 8725 §3.1: the algorithms of every JWT that it signs for us or we for it, proofs and access tokens included; empty = all of the server's.</summary>
    public string[] AllowedSigningAlgs { get; init; } = [];

    /// <summary>OIDC Registration §2: seconds; applies where the request has no <c>max_age</c>.</summary>
    public int? DefaultMaxAge { get; init; }

    /// <summary>OIDC Registration §2.</summary>
    public bool RequireAuthTime { get; init; }

    /// <summary>OIDC Registration §2.</summary>
    public string[] DefaultAcrValues { get; init; } = [];

    /// <summary>OIDC Back-Channel Logout §2.2.</summary>
    public string? BackchannelLogoutUri { get; init; }

    /// <summary>OIDC Back-Channel Logout §2.2.</summary>
    public bool BackchannelLogoutSessionRequired { get; init; }

    /// <summary>OIDC Front-Channel Logout §2.</summary>
    public string? FrontchannelLogoutUri { get; init; }

    /// <summary>OIDC Front-Channel Logout §2.</summary>
    public bool FrontchannelLogoutSessionRequired { get; init; }

    /// <summary>OAuth 2.1 §7.5.1: false is a relaxation for a confidential client of old; never for a public one.</summary>
    public bool RequirePkce { get; init; } = true;

    /// <summary>False for an operator's own application: nobody is asked.</summary>
    public bool RequireConsent { get; init; } = true;

    /// <summary>RFC 8707: the resources it may ask tokens for.</summary>
    public string[] Resources { get; init; } = [];

    /// <summary>RFC 9068 §3: the audience where the request names no resource.</summary>
    public string? DefaultResource { get; init; }

    /// <summary>RFC 9068 or RFC 7662: <c>jwt</c>, or <c>opaque</c> where the server offers it; null = the resource's choice.</summary>
    public string? AccessTokenFormat { get; init; }

    /// <summary>Seconds, 1 to 86400; null = the resource's, else the server's.</summary>
    public int? AccessTokenLifetime { get; init; }

    /// <summary>Seconds, 1 to 86400; null = the server's.</summary>
    public int? IdTokenLifetime { get; init; }

    /// <summary>Seconds a refresh token may lie unused; null = the server's.</summary>
    public int? RefreshTokenIdleLifetime { get; init; }

    /// <summary>Seconds a family may live; null = the server's.</summary>
    public int? RefreshTokenAbsoluteLifetime { get; init; }

    /// <summary>OAuth 2.1 §4.3.1: whether each use gives a new refresh token. Always on for public clients that bind none to a key.</summary>
    public bool RefreshTokenRotation { get; init; } = true;

    /// <summary>Seconds in which a retry gets the same successor, 0 to 3600; null = the server's.</summary>
    public int? RefreshTokenRetryWindow { get; init; }

    /// <summary>Whether a request without <c>openid</c> gets a refresh token without asking for <c>offline_access</c>.</summary>
    public bool RefreshTokenWithoutOfflineAccess { get; init; } = true;

    /// <summary>Whether claims of the granted scopes are put into the ID token too (OIDC Core §5.4 sends them to userinfo).</summary>
    public bool ClaimsInIdToken { get; init; }

    /// <summary>FAPI 2.0 §5.3.2.1 item 11: seconds that a code of its lives at most, 1 to 600; a shorter setting of the server's holds all the same. Null = the server's.</summary>
    public int? AuthorizationCodeLifetime { get; init; }

    /// <summary>When an operator switched it off; null while it works.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>The live and expired secrets, hashed.</summary>
    public IReadOnlyList<ClientSecret> Secrets { get; init; } = [];

    /// <summary>RFC 6749 §2.1: it cannot keep a secret.</summary>
    public bool IsPublic => TokenEndpointAuthMethod == "none";

    /// <summary>What signs for it where its registration names nothing: RS256 (OIDC Registration §2, JARM §3, RFC 9701 §6), else the first that may.</summary>
    public string DefaultSigningAlg => Allows("RS256") ? "RS256" : AllowedSigningAlgs[0];

    /// <summary>Whether a JWT between it and us may be signed with this.</summary>
    public bool Allows(string alg) => AllowedSigningAlgs.Length == 0 || AllowedSigningAlgs.Contains(alg);

    /// <summary>RFC 6454: the origins from which its pages may call us.</summary>
    public string[] CorsOrigins => [.. RedirectUris.Select(RedirectUri.OriginOf).OfType<string>().Distinct()];
}

/// <summary>One of a client's secrets.</summary>
/// <param name="Hash">SHA-256 of the secret's UTF-8 bytes.</param>
/// <param name="ExpiresAt">When it stops to work; null = not by itself.</param>
public sealed record ClientSecret(byte[] Hash, DateTimeOffset? ExpiresAt)
{
    /// <summary>Two secrets are the same where hash and expiry are.</summary>
    public bool Equals(ClientSecret? other) => other is not null && Hash.AsSpan().SequenceEqual(other.Hash) && ExpiresAt == other.ExpiresAt;

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(Hash);

    /// <summary>Never the hash.</summary>
    public override string ToString() => $"secret, expires {ExpiresAt?.ToString("O") ?? "never"}";
}
