using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 7591 §2: what keys a client may register.</summary>
public sealed class ClientKeyRulesTests
{
    private static readonly SigningKey s_key = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly ServerCapabilities s_capabilities = Sample.Capabilities with
    {
        TokenEndpointAuthMethods = ["client_secret_basic", "private_key_jwt", "self_signed_tls_client_auth"],
        TokenEndpointAuthSigningAlgs = ["RS256", "PS256", "ES256", "ES384"],
        ClientMetadata = ["jwks", "jwks_uri", "token_endpoint_auth_signing_alg", "client_assertion_legacy_audience"],
    };

    private static readonly ClientMetadataRules s_rules = new(s_capabilities, [.. Sample.Scopes.Scopes.Select(s => s.Name)], Sample.Client.Resources);
    private static readonly Client s_client = Sample.Client with { TokenEndpointAuthMethod = "private_key_jwt", Secrets = [], Jwks = TestJwt.SetOf(s_key) };

    private static string[] FaultsOf(Client client) => [.. s_rules.Validate(client).Errors.Select(error => $"{error.PropertyName} {error.ErrorMessage}").Order(StringComparer.Ordinal)];

    [Fact]
    public void A_client_with_keys_or_with_their_address_is_good()
    {
        Assert.Empty(FaultsOf(s_client));
        Assert.Empty(FaultsOf(s_client with { TokenEndpointAuthSigningAlg = "ES256", ClientAssertionLegacyAudience = true }));
        Assert.Empty(FaultsOf(s_client with { Jwks = null, JwksUri = "https://app.example/jwks", TokenEndpointAuthSigningAlg = "PS256" }));
        Assert.Empty(FaultsOf(Sample.Client with { Jwks = s_client.Jwks }));   // for something else than authentication
        Assert.Empty(FaultsOf(s_client with { TokenEndpointAuthMethod = "self_signed_tls_client_auth" }));
    }

    [Theory]
    [InlineData("private_key_jwt")]
    [InlineData("self_signed_tls_client_auth")]
    public void A_method_that_needs_keys_has_them_in_one_place(string method)
    {
        Assert.Equal(["jwks or jwks_uri is needed for this token_endpoint_auth_method"], FaultsOf(s_client with { TokenEndpointAuthMethod = method, Jwks = null }));
        Assert.Equal(["jwks_uri must not be given beside jwks"], FaultsOf(s_client with { TokenEndpointAuthMethod = method, JwksUri = "https://app.example/jwks" }));
    }

    [Theory]
    [InlineData("http://app.example/jwks")]
    [InlineData("ftp://app.example/jwks")]
    [InlineData("https://user@app.example/jwks")]
    [InlineData("https://app.example/../jwks")]
    [InlineData("/jwks")]
    [InlineData("")]
    public void An_address_that_is_not_https_is_refused(string uri) => Assert.Single(FaultsOf(s_client with { Jwks = null, JwksUri = uri }), fault => fault.StartsWith("jwks_uri ", StringComparison.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}]}""")]
    public void Keys_of_no_use_are_refused(string jwks)
    {
        Assert.Single(FaultsOf(s_client with { Jwks = jwks }), fault => fault.StartsWith("jwks ", StringComparison.Ordinal));
        Assert.Single(FaultsOf(s_client with { Jwks = jwks, TokenEndpointAuthMethod = "self_signed_tls_client_auth" }), fault => fault.StartsWith("jwks ", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_bad_key_is_named_by_its_number_and_nothing_of_it_is_shown()
    {
        var jwks = """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},KEY,{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"s3cr3t"}]}"""
            .Replace("KEY", TestJwt.JsonOf(s_key.PublicJwk).ToJsonString(), StringComparison.Ordinal);

        var faults = FaultsOf(s_client with { Jwks = jwks, ClientName = "" });

        Assert.Equal(3, faults.Length);
        Assert.Contains(faults, fault => fault.StartsWith("jwks has a key that cannot be used, number 1: n ", StringComparison.Ordinal));
        Assert.Contains("jwks has a key that cannot be used, number 3: a private or symmetric key where a public one belongs", faults);
        Assert.DoesNotContain(faults, fault => fault.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("none")]
    [InlineData("EdDSA")]
    [InlineData("es256")]
    [InlineData("")]
    public void An_algorithm_that_is_not_offered_is_refused(string alg) =>
        Assert.Equal(["token_endpoint_auth_signing_alg must be one of RS256, PS256, ES256, ES384"], FaultsOf(s_client with { TokenEndpointAuthSigningAlg = alg }));

    [Fact]
    public void An_algorithm_that_no_key_is_for_is_refused() =>
        Assert.Equal(["token_endpoint_auth_signing_alg is one that no key of jwks is for"], FaultsOf(s_client with { TokenEndpointAuthSigningAlg = "PS256" }));

    [Fact]
    public void What_is_said_of_assertions_is_refused_where_there_are_none() => Assert.Equal(
        ["client_assertion_legacy_audience is for private_key_jwt", "token_endpoint_auth_signing_alg is for private_key_jwt"],
        FaultsOf(Sample.Client with { TokenEndpointAuthSigningAlg = "ES256", ClientAssertionLegacyAudience = true }));

    [Fact]
    public void A_secret_beside_a_key_is_refused() =>
        Assert.Equal(["client_secret must not be given for this token_endpoint_auth_method"], FaultsOf(s_client with { Secrets = Sample.Client.Secrets }));

    [Fact]
    public void Where_the_server_has_no_assertions_nothing_of_them_can_be_registered() => Assert.Equal(
        ["jwks", "token_endpoint_auth_method"],
        new ClientMetadataRules(Sample.Capabilities, Sample.Client.Scope, Sample.Client.Resources).Validate(s_client).Errors.Select(error => error.PropertyName).Order(StringComparer.Ordinal));
}
