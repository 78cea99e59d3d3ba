using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ClientMetadataRulesTests
{
    private static readonly ClientMetadataRules Rules = new(Sample.Capabilities, [.. Sample.Scopes.Scopes.Select(s => s.Name)], Sample.Client.Resources);

    private static readonly (string Name, Func<Client, Client> Break)[] s_faults =
    [
        ("client_id", c => c with { ClientId = "" }),
        ("client_id", c => c with { ClientId = new string('a', 256) }),
        ("client_id", c => c with { ClientId = "a b" }),
        ("client_id", c => c with { ClientId = "a\nb" }),
        ("client_id", c => c with { ClientId = "é" }),
        ("client_id", c => c with { ClientId = "a\0" }),
        ("client_id", c => c with { ClientId = "https://app.example/client.json" }),
        ("client_name", c => c with { ClientName = "" }),
        ("client_name", c => c with { ClientName = "  " }),
        ("client_name", c => c with { ClientName = "a\r\nSet-Cookie: a=b" }),
        ("client_name", c => c with { ClientName = "a\0" }),
        ("client_name", c => c with { ClientName = new string('a', 201) }),
        ("contacts", c => c with { Contacts = [""] }),
        ("contacts", c => c with { Contacts = [.. Enumerable.Repeat("a", 21)] }),
        ("software_id", c => c with { SoftwareId = "\n" }),
        ("software_version", c => c with { SoftwareVersion = "" }),
        ("application_type", c => c with { ApplicationType = "desktop" }),
        ("application_type", c => c with { ApplicationType = "Web" }),
        ("redirect_uris", c => c with { RedirectUris = [] }),
        ("redirect_uris", c => c with { RedirectUris = [.. c.RedirectUris, "https://app.example/*"] }),
        ("redirect_uris", c => c with { RedirectUris = ["jAvAsCrIpT:alert(1)"] }),
        ("redirect_uris", c => c with { RedirectUris = ["http://app.example/cb"] }),
        ("redirect_uris", c => c with { RedirectUris = ["https://app.example/cb?state=1"] }),
        ("redirect_uris", c => c with { RedirectUris = ["com.example.app:/cb"] }),
        ("redirect_uris", c => c with { RedirectUris = [.. Enumerable.Range(0, 51).Select(i => $"https://app.example/{i}")] }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = ["javascript:alert(1)"] }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = ["http://app.example/bye"] }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = ["https://app.example/bye#x"] }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = ["https://app.example/bye?state=1"] }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = [.. Enumerable.Range(0, 51).Select(i => $"https://app.example/{i}")] }),
        ("logo_uri", c => c with { LogoUri = "DATA:image/png;base64,x" }),
        ("policy_uri", c => c with { PolicyUri = "vbscript:x" }),
        ("tos_uri", c => c with { TosUri = "file:///etc/passwd" }),
        ("client_uri", c => c with { ClientUri = "\tjavascript:alert(1)" }),
        ("initiate_login_uri", c => c with { InitiateLoginUri = "http://app.example/" }),
        ("jwks_uri", c => c with { JwksUri = "http://app.example/jwks" }),
        ("sector_identifier_uri", c => c with { SectorIdentifierUri = "blob:x" }),
        ("backchannel_logout_uri", c => c with { BackchannelLogoutUri = "http://app.example/" }),
        ("backchannel_logout_uri", c => c with { BackchannelLogoutUri = "https://app.example/out#x" }),
        ("backchannel_logout_session_required", c => c with { BackchannelLogoutSessionRequired = true }),
        ("frontchannel_logout_uri", c => c with { FrontchannelLogoutUri = "javascript:x" }),
        ("frontchannel_logout_session_required", c => c with { FrontchannelLogoutSessionRequired = true }),
        ("grant_types", c => c with { GrantTypes = [], ResponseTypes = [] }),
        ("grant_types", c => c with { GrantTypes = [.. c.GrantTypes, "password"] }),
        ("grant_types", c => c with { GrantTypes = [.. c.GrantTypes, "implicit"] }),
        ("grant_types", c => c with { GrantTypes = ["refresh_token"], ResponseTypes = [] }),
        ("grant_types", c => c with { GrantTypes = ["client_credentials", "refresh_token"], ResponseTypes = [] }),
        ("grant_types", c => c with { GrantTypes = ["refresh_token", "refresh_token", "client_credentials"], ResponseTypes = [] }),
        ("grant_types", c => c with { TokenEndpointAuthMethod = "none", Secrets = [] }),
        ("response_types", c => c with { ResponseTypes = [] }),
        ("response_types", c => c with { ResponseTypes = ["code", "token"] }),
        ("response_types", c => c with { ResponseTypes = ["id_token"] }),
        ("response_types", c => c with { GrantTypes = ["client_credentials"] }),
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "private_key_jwt", Secrets = [] }),
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "" }),
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "client_secret_jwt" }),
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "None" }),
        ("client_secret", c => c with { Secrets = [] }),
        ("client_secret", c => c with { Secrets = [.. Enumerable.Repeat(c.Secrets[0], 3)] }),
        ("client_secret", c => c with { TokenEndpointAuthMethod = "none" }),
        ("require_pkce", c => c with { RequirePkce = false, TokenEndpointAuthMethod = "none", Secrets = [] }),
        ("refresh_token_rotation", c => c with { RefreshTokenRotation = false, TokenEndpointAuthMethod = "none", Secrets = [] }),
        ("id_token_signed_response_alg", c => c with { IdTokenSignedResponseAlg = "none" }),
        ("id_token_signed_response_alg", c => c with { IdTokenSignedResponseAlg = "HS256" }),
        ("subject_type", c => c with { SubjectType = "pairwise" }),
        ("scope", c => c with { Scope = [.. c.Scope, "admin"] }),
        ("scope", c => c with { Scope = ["OPENID"] }),
        ("resources", c => c with { Resources = [.. c.Resources, "https://other.example/"] }),
        ("default_resource", c => c with { DefaultResource = "https://other.example/" }),
        ("default_resource", c => c with { Resources = [], DefaultResource = Sample.Api }),
        ("access_token_lifetime", c => c with { AccessTokenLifetime = 0 }),
        ("access_token_lifetime", c => c with { AccessTokenLifetime = 86_401 }),
        ("id_token_lifetime", c => c with { IdTokenLifetime = -1 }),
        ("refresh_token_idle_lifetime", c => c with { RefreshTokenIdleLifetime = 0 }),
        ("refresh_token_absolute_lifetime", c => c with { RefreshTokenAbsoluteLifetime = 0 }),
        ("refresh_token_retry_window", c => c with { RefreshTokenRetryWindow = -1 }),
        ("refresh_token_retry_window", c => c with { RefreshTokenRetryWindow = 3601 }),
        ("default_max_age", c => c with { DefaultMaxAge = -1 }),
        ("authorization_code_lifetime", c => c with { AuthorizationCodeLifetime = 0 }),
        ("authorization_code_lifetime", c => c with { AuthorizationCodeLifetime = 601 }),
        ("allowed_signing_algs", c => c with { AllowedSigningAlgs = ["HS256"] }),
        ("id_token_signed_response_alg", c => c with { AllowedSigningAlgs = ["ES256"] }),
        ("redirect_uris", c => c with { StrictRedirectUris = true, RedirectUris = ["http://127.0.0.1/cb"] }),
        ("profile", c => c with { Profile = "fapi2" }),
        ("default_acr_values", c => c with { DefaultAcrValues = ["urn:authcore:acr:1", "urn:authcore:acr:2"] }),

        // a setting that nothing enforces
        ("jwks", c => c with { Jwks = "{}" }),
        ("dpop_bound_access_tokens", c => c with { DpopBoundAccessTokens = true }),
        ("require_dpop_nonce", c => c with { RequireDpopNonce = true }),
        ("require_signed_introspection", c => c with { RequireSignedIntrospection = true }),
        ("require_pushed_authorization_requests", c => c with { RequirePushedAuthorizationRequests = true }),
        ("require_signed_request_object", c => c with { RequireSignedRequestObject = true }),
        ("tls_client_certificate_bound_access_tokens", c => c with { TlsClientCertificateBoundAccessTokens = true }),
        ("userinfo_signed_response_alg", c => c with { UserinfoSignedResponseAlg = "RS256" }),
        ("post_logout_redirect_uris", c => c with { PostLogoutRedirectUris = ["https://app.example/bye"] }),
    ];

    /// <summary>Each thing that may be wrong with a client.</summary>
    public static TheoryData<int, string> Faults
    {
        get
        {
            var faults = new TheoryData<int, string>();
            for (var i = 0; i < s_faults.Length; i++)
            {
                faults.Add(i, s_faults[i].Name);
            }

            return faults;
        }
    }

    [Fact]
    public void Good_clients_have_no_fault()
    {
        Assert.Empty(FaultsOf(Sample.Client));
        Assert.Empty(FaultsOf(Sample.PublicClient));
        Assert.Empty(FaultsOf(Sample.Client with { RequirePkce = false, RefreshTokenRotation = false, TokenEndpointAuthMethod = "client_secret_post" }));
        Assert.Empty(FaultsOf(Sample.Client with { GrantTypes = ["client_credentials"], ResponseTypes = [], RedirectUris = [] }));
        Assert.Empty(FaultsOf(Sample.Client with { AuthorizationCodeLifetime = 1, AllowedSigningAlgs = ["PS256", "RS256"], StrictRedirectUris = true }));
        Assert.Empty(FaultsOf(Sample.Client with { AuthorizationCodeLifetime = 600 }));
        Assert.Empty(FaultsOf(Sample.PublicClient with { ApplicationType = "native", RedirectUris = ["com.example.app:/cb", "http://127.0.0.1/cb"] }));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named(int fault, string name) => Assert.Contains(name, FaultsOf(s_faults[fault].Break(Sample.Client)));

    [Fact]
    public void All_faults_are_listed_at_once()
    {
        var faults = FaultsOf(Sample.Client with { ClientName = "", RedirectUris = ["*", "javascript:x"], Scope = ["admin"], DefaultMaxAge = -1 });

        Assert.Equal(["client_name", "default_max_age", "redirect_uris", "redirect_uris", "scope"], faults.Order(StringComparer.Ordinal));
    }

    // the whole resulting client is judged, so no order of changes gets by
    [Fact]
    public void A_confidential_client_cannot_become_public_with_what_only_a_confidential_one_may_have() => Assert.Equal(
        ["client_secret", "grant_types", "refresh_token_rotation", "require_pkce"],
        FaultsOf(Sample.Client with { RequirePkce = false, RefreshTokenRotation = false, TokenEndpointAuthMethod = "none" }).Order(StringComparer.Ordinal));

    [Fact]
    public void What_a_feature_enforces_may_be_set()
    {
        var rules = new ClientMetadataRules(Sample.Capabilities with { ClientMetadata = ["dpop_bound_access_tokens"] }, Sample.Client.Scope, Sample.Client.Resources);

        Assert.True(rules.Validate(Sample.Client with { DpopBoundAccessTokens = true }).IsValid);
        Assert.False(rules.Validate(Sample.Client with { DpopBoundAccessTokens = true, Jwks = "{}" }).IsValid);
    }

    [Fact]
    public void A_client_demands_one_key_for_its_tokens_and_not_two()
    {
        var rules = new ClientMetadataRules(
            Sample.Capabilities with { ClientMetadata = ["dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"] }, Sample.Client.Scope, Sample.Client.Resources);

        Assert.True(rules.Validate(Sample.Client with { TlsClientCertificateBoundAccessTokens = true }).IsValid);
        Assert.Equal(
            ["dpop_bound_access_tokens"],
            rules.Validate(Sample.Client with { DpopBoundAccessTokens = true, TlsClientCertificateBoundAccessTokens = true }).Errors.Select(error => error.PropertyName));
    }

    [Fact]
    public void A_message_has_no_control_character_of_the_input() => Assert.All(
        Rules.Validate(Sample.Client with { RedirectUris = ["https://a\r\n\u001b[31m"], Scope = ["a\r\nb"] }).Errors,
        error => Assert.DoesNotContain(error.ErrorMessage, char.IsControl));

    private static IEnumerable<string> FaultsOf(Client client) => Rules.Validate(client).Errors.Select(error => error.PropertyName);
}
