using AuthCore.Features.Fapi;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>One word turns on all that the profile demands, and whatever was written against it is named. No server.</summary>
public sealed class FapiProfileTests
{
    private static readonly string[] s_known =
    [
        "jwks", "jwks_uri", "token_endpoint_auth_signing_alg", "client_assertion_legacy_audience", "dpop_bound_access_tokens", "require_dpop_nonce", "require_pushed_authorization_requests",
        "allow_unregistered_redirect_uris", "require_signed_request_object", "request_object_signing_alg", "authorization_signed_response_alg", "introspection_signed_response_alg",
        "require_signed_introspection", "userinfo_signed_response_alg", "tls_client_certificate_bound_access_tokens", "tls_client_auth_subject_dn",
    ];

    private static readonly ServerCapabilities s_all = new FapiMetadata().Extend(Sample.Capabilities with
    {
        TokenEndpointAuthMethods = ["client_secret_basic", "none", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"],
        TokenEndpointAuthSigningAlgs = ["RS256", "PS256", "ES256", "ES384"],
        UserInfoSigningAlgs = ["RS256", "PS256", "ES256", "ES384"],
        ResponseModes = ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"],
        ClientMetadata = s_known,
    });

    private static readonly Client s_client = Sample.Client with
    {
        Profile = "fapi2",
        TokenEndpointAuthMethod = "none",
        GrantTypes = ["authorization_code", "refresh_token"],
        Secrets = [],
        Jwks = TestJwt.SetOf(FapiServer.Key),
    };

    private static readonly Client s_signing = s_client with { Profile = "fapi2-message-signing" };

    // each key with the value that contradicts, and what the profile demands
    private static readonly (string Key, Func<Client, Client> Write, string Fault)[] s_contradictions =
    [
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "client_secret_basic" }, "is client_secret_basic; profile fapi2 demands private_key_jwt or tls_client_auth or self_signed_tls_client_auth"),
        ("token_endpoint_auth_method", c => c with { TokenEndpointAuthMethod = "none" }, "is none; profile fapi2 demands private_key_jwt or tls_client_auth or self_signed_tls_client_auth"),
        ("client_secret", c => c with { Secrets = Sample.Client.Secrets }, "is given; profile fapi2 demands none"),
        ("client_assertion_legacy_audience", c => c with { ClientAssertionLegacyAudience = true }, "is true; profile fapi2 demands false"),
        ("dpop_bound_access_tokens", c => c with { DpopBoundAccessTokens = false }, "is false; profile fapi2 demands true, or tls_client_certificate_bound_access_tokens: true"),
        ("refresh_token_rotation", c => c with { RefreshTokenRotation = true }, "is true; profile fapi2 demands false"),
        ("authorization_code_lifetime", c => c with { AuthorizationCodeLifetime = 61 }, "is 61; profile fapi2 demands 60 or less"),
        ("require_pushed_authorization_requests", c => c with { RequirePushedAuthorizationRequests = false }, "is false; profile fapi2 demands true"),
        ("require_pkce", c => c with { RequirePkce = false }, "is false; profile fapi2 demands true"),
        ("strict_redirect_uris", c => c with { StrictRedirectUris = false }, "is false; profile fapi2 demands true"),
        ("redirect_uris", c => c with { RedirectUris = [Sample.RedirectUri, "http://127.0.0.1/cb"] }, "has 'http://127.0.0.1/cb': http is for application_type native on 127.0.0.1 and [::1] only"),
        ("allowed_signing_algs", c => c with { AllowedSigningAlgs = ["ES256", "RS256"] }, "is ES256, RS256; profile fapi2 demands ES256 or PS256"),
        ("allowed_signing_algs", c => c with { AllowedSigningAlgs = [] }, "is empty; profile fapi2 demands ES256 or PS256"),
        ("token_endpoint_auth_signing_alg", c => c with { TokenEndpointAuthSigningAlg = "RS256" }, "is RS256; profile fapi2 demands ES256 or PS256"),
        ("token_endpoint_auth_signing_alg", c => c with { TokenEndpointAuthSigningAlg = "ES384" }, "is ES384; profile fapi2 demands ES256 or PS256"),
        ("id_token_signed_response_alg", c => c with { IdTokenSignedResponseAlg = "RS256" }, "is RS256; profile fapi2 demands ES256 or PS256"),
        ("userinfo_signed_response_alg", c => c with { UserinfoSignedResponseAlg = "RS256" }, "is RS256; profile fapi2 demands ES256 or PS256"),
        ("introspection_signed_response_alg", c => c with { IntrospectionSignedResponseAlg = "RS256" }, "is RS256; profile fapi2 demands ES256 or PS256"),
        ("request_object_signing_alg", c => c with { RequestObjectSigningAlg = "RS256" }, "is RS256; profile fapi2 demands ES256 or PS256"),
        ("authorization_signed_response_alg", c => c with { AuthorizationSignedResponseAlg = "ES384" }, "is ES384; profile fapi2 demands ES256 or PS256"),
        ("jwks", c => c with { Jwks = TestJwt.SetOf(FapiServer.RsaKey, FapiServer.LargeKey) }, "has keys for other algorithms only; profile fapi2 demands ES256 or PS256"),
        ("response_types", c => c with { ResponseTypes = ["code", "id_token"] }, "must be code"),
    ];

    public static TheoryData<int, string> Contradictions => [.. s_contradictions.Select((contradiction, i) => new TheoryDataRow<int, string>(i, contradiction.Key))];

    [Fact]
    public void One_word_is_enough()
    {
        var client = Complete(s_client);

        Assert.Empty(FaultsOf(client));
        Assert.Equal("private_key_jwt", client.TokenEndpointAuthMethod);
        Assert.True(client is { DpopBoundAccessTokens: true, RequirePushedAuthorizationRequests: true, RequirePkce: true, StrictRedirectUris: true, RefreshTokenRotation: false, AuthorizationCodeLifetime: 60 });
        Assert.Equal(["ES256", "PS256"], client.AllowedSigningAlgs);
        Assert.Equal(("ES256", "ES256"), (client.IdTokenSignedResponseAlg, client.DefaultSigningAlg));
        Assert.False(client.RequireSignedRequestObject || client.RequireSignedIntrospection || client.ResponseModes.Length > 0);
    }

    [Fact]
    public void The_other_word_turns_on_the_signatures_too()
    {
        var client = Complete(s_signing);

        Assert.Empty(FaultsOf(client));
        Assert.True(client is { DpopBoundAccessTokens: true, RequirePushedAuthorizationRequests: true, RequireSignedRequestObject: true, RequireSignedIntrospection: true });
        Assert.Equal(["jwt", "query.jwt", "form_post.jwt"], client.ResponseModes);
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void What_was_written_stands_and_a_contradiction_is_named_with_what_the_profile_demands(int number, string key)
    {
        var (_, write, fault) = s_contradictions[number];
        var client = Complete(write(s_client), key);

        Assert.Contains(FaultsOf(client), found => found.StartsWith($"{key} {fault}", StringComparison.Ordinal));
        Assert.All(FaultsOf(client), found => Assert.Matches($"^({key}|client_secret|allowed_signing_algs|refresh_token_rotation|client_assertion_legacy_audience|response_types) ", found));
    }

    [Fact]
    public void All_contradictions_are_listed_at_once()
    {
        // of two values for one key, the last
        var client = Complete(s_contradictions.Aggregate(s_client, (so, contradiction) => contradiction.Write(so)), [.. s_contradictions.Select(contradiction => contradiction.Key)]);

        Assert.Empty(s_contradictions.Select(contradiction => contradiction.Key).Except(FaultsOf(client).Select(fault => fault.Split(' ')[0])));
        Assert.Equal(FaultsOf(client).Count, FaultsOf(client).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("require_signed_request_object", "is false; profile fapi2-message-signing demands true")]
    [InlineData("require_signed_introspection", "is false; profile fapi2-message-signing demands true")]
    [InlineData("response_modes", "is jwt, query; profile fapi2-message-signing demands jwt, query.jwt, form_post.jwt")]
    public void The_signatures_cannot_be_written_away(string key, string fault)
    {
        var client = Complete(s_signing with { ResponseModes = ["jwt", "query"] }, key);

        Assert.Equal([$"{key} {fault}"], FaultsOf(client));
    }

    [Theory]
    [InlineData("form_post")]
    [InlineData("query")]
    public void A_plain_mode_beside_signed_ones_is_a_contradiction(string mode) =>
        Assert.Single(FaultsOf(Complete(s_signing with { ResponseModes = ["form_post.jwt", mode] }, "response_modes")));

    [Fact]
    public void A_stricter_word_of_the_operators_stands()
    {
        var client = Complete(
            s_signing with { AllowedSigningAlgs = ["PS256"], AuthorizationCodeLifetime = 20, ResponseModes = ["form_post.jwt"], Jwks = TestJwt.SetOf(FapiServer.PssKey) },
            "allowed_signing_algs", "authorization_code_lifetime", "response_modes");

        Assert.Empty(FaultsOf(client));
        Assert.Equal(("PS256", "PS256", 20), (client.IdTokenSignedResponseAlg, client.DefaultSigningAlg, client.AuthorizationCodeLifetime));
        Assert.Equal(["form_post.jwt"], client.ResponseModes);
    }

    [Theory]
    [InlineData("tls_client_auth", true)]
    [InlineData("tls_client_auth", false)]
    [InlineData("self_signed_tls_client_auth", true)]
    [InlineData("private_key_jwt", true)]
    public void A_certificate_does_as_well_as_a_key_for_each_of_the_two_purposes(string method, bool boundByCertificate)
    {
        var client = Complete(
            s_client with { TokenEndpointAuthMethod = method, TlsClientCertificateBoundAccessTokens = boundByCertificate, TlsClientAuthSubjectDn = method == "tls_client_auth" ? "CN=bank" : null },
            "token_endpoint_auth_method", "tls_client_certificate_bound_access_tokens");

        Assert.Empty(FaultsOf(client));
        Assert.Equal(!boundByCertificate, client.DpopBoundAccessTokens);
    }

    [Fact]
    public void A_service_without_a_person_needs_no_requests_to_push_or_to_sign()
    {
        var client = Complete(s_signing with { GrantTypes = ["client_credentials"], ResponseTypes = [], RedirectUris = [] });

        Assert.Empty(FaultsOf(client));
        Assert.False(client.RequirePushedAuthorizationRequests || client.RequireSignedRequestObject);
        Assert.True(client.DpopBoundAccessTokens);
    }

    [Theory]
    [InlineData("web", "https://app.example/cb", true)]
    [InlineData("native", "https://app.example/cb", true)]
    [InlineData("native", "http://127.0.0.1/cb", true)]
    [InlineData("native", "http://[::1]:8000/cb", true)]
    [InlineData("native", "com.example.app:/cb", true)]
    [InlineData("native", "http://localhost/cb", false)]
    [InlineData("web", "http://127.0.0.1/cb", false)]
    [InlineData("web", "http://[::1]/cb", false)]
    [InlineData("web", "http://localhost/cb", false)]
    [InlineData("web", "http://app.example/cb", false)]
    [InlineData("web", "com.example.app:/cb", false)]
    public void An_answer_goes_encrypted_or_stays_on_the_device(string type, string uri, bool isGood) =>
        Assert.Equal(isGood, FaultsOf(Complete(s_client with { ApplicationType = type, RedirectUris = [uri] })).Count == 0);

    [Theory]
    [InlineData("require_pushed_authorization_requests", "fapi2", "pushed authorization requests (RFC 9126)")]
    [InlineData("dpop_bound_access_tokens", "fapi2", "DPoP (RFC 9449)")]
    [InlineData("require_signed_request_object", "fapi2-message-signing", "signed requests (RFC 9101)")]
    [InlineData("require_signed_introspection", "fapi2-message-signing", "signed introspection (RFC 9701)")]
    [InlineData(null, "fapi2-message-signing", "signed responses (JARM)")]
    public void Without_a_feature_that_it_demands_the_profile_is_refused_with_that_reason(string? missing, string profile, string what)
    {
        var capabilities = missing is null ? s_all with { ResponseModes = ["query", "form_post"] } : s_all with { ClientMetadata = [.. s_known.Where(name => name != missing)] };
        var client = Complete(s_client with { Profile = profile });

        Assert.Equal([$"profile {profile} demands {what}, which this server does not offer"], FaultsOf(client, capabilities));
        Assert.Empty(FaultsOf(client));
    }

    [Fact]
    public void What_is_written_beyond_the_demands_and_not_offered_is_named_by_itself() => Assert.Equal(
        ["require_dpop_nonce is not supported by this server", "tls_client_certificate_bound_access_tokens is not supported by this server"],
        FaultsOf(Complete(s_client with { TlsClientCertificateBoundAccessTokens = true, RequireDpopNonce = true }), s_all with { ClientMetadata = [.. s_known.Where(name => !name.Contains("dpop", StringComparison.Ordinal) && !name.Contains("tls", StringComparison.Ordinal))] }).Order(StringComparer.Ordinal));

    [Fact]
    public void A_token_is_bound_by_one_of_the_two() => Assert.Equal(
        ["dpop_bound_access_tokens must not stand beside tls_client_certificate_bound_access_tokens: a token is bound to one key"],
        FaultsOf(Complete(s_client with { TlsClientCertificateBoundAccessTokens = true, DpopBoundAccessTokens = true }, "tls_client_certificate_bound_access_tokens", "dpop_bound_access_tokens")));

    [Fact]
    public void The_keys_of_certificates_are_judged_by_tls_unless_they_sign_requests_too()
    {
        var client = s_client with { TokenEndpointAuthMethod = "self_signed_tls_client_auth", Jwks = TestJwt.SetOf(FapiServer.LargeKey) };

        Assert.Empty(FaultsOf(Complete(client, "token_endpoint_auth_method")));
        Assert.Equal(
            ["jwks has keys for other algorithms only; profile fapi2-message-signing demands ES256 or PS256"],
            FaultsOf(Complete(client with { Profile = "fapi2-message-signing" }, "token_endpoint_auth_method")));
    }

    [Fact]
    public void Where_a_certificate_binds_the_tokens_nobody_misses_proofs() => Assert.Empty(FaultsOf(
        Complete(s_client with { TlsClientCertificateBoundAccessTokens = true }), s_all with { ClientMetadata = [.. s_known.Where(name => !name.Contains("dpop", StringComparison.Ordinal))] }));

    [Theory]
    [InlineData("FAPI2")]
    [InlineData("fapi1")]
    [InlineData("")]
    [InlineData("fapi2 fapi2-message-signing")]
    public void Another_word_is_refused(string word) =>
        Assert.Equal(["profile must be one of fapi2, fapi2-message-signing"], FaultsOf(Complete(s_client) with { Profile = word }));

    [Fact]
    public void Without_this_feature_the_word_is_refused() =>
        Assert.Equal(["profile is not supported by this server"], FaultsOf(Complete(s_client), s_all with { Profiles = [] }));

    [Fact]
    public void A_fault_shows_no_control_characters() => Assert.All(
        FaultsOf(Complete(s_client with { TokenEndpointAuthMethod = "a\r\n\u001b", AllowedSigningAlgs = ["x\u0007"] }, "token_endpoint_auth_method", "allowed_signing_algs")),
        fault => Assert.DoesNotContain(fault, char.IsControl));

    private static Client Complete(Client client, params string[] written) => FapiServer.Complete(client, written);

    private static IReadOnlyList<string> FaultsOf(Client client, ServerCapabilities? capabilities = null) =>
        [.. new ClientMetadataRules(capabilities ?? s_all, Sample.Client.Scope, Sample.Client.Resources).Validate(client).Errors.Select(error => $"{error.PropertyName} {error.ErrorMessage}")];
}
