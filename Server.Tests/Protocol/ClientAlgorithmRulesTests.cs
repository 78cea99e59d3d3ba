using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 8725 §3.1: a client that names its algorithms, without any profile.</summary>
public sealed class ClientAlgorithmRulesTests
{
    private static readonly Client s_client = Sample.Client with { AllowedSigningAlgs = ["PS256", "ES384"], IdTokenSignedResponseAlg = "ES384" };
    private static readonly ResourceDefinition s_api = new() { Identifier = Sample.Api, Name = "API", Scopes = ["todo.read"], SigningAlg = "RS256" };

    [Fact]
    public void Whoever_names_none_has_all()
    {
        Assert.True(Sample.Client.Allows("RS256") && Sample.Client.Allows("ES384"));
        Assert.Equal("RS256", Sample.Client.DefaultSigningAlg);
        Assert.Empty(ClientAlgorithmRules.FindFaults(Sample.Client));
        Assert.Null(ClientAlgorithmRules.FindFault(Sample.Client, s_api));
    }

    [Fact]
    public void The_first_that_is_named_takes_the_place_of_a_default_that_is_not()
    {
        Assert.Empty(ClientAlgorithmRules.FindFaults(s_client));
        Assert.Equal("PS256", s_client.DefaultSigningAlg);
        Assert.Equal("RS256", (s_client with { AllowedSigningAlgs = ["ES256", "RS256"] }).DefaultSigningAlg);
        Assert.Equal("PS256", TokenTarget.Choose(s_client, ["todo.read"], [], Sample.Scopes, "https://id.example").Value().SigningAlg);
        Assert.Equal("ES256", TokenTarget.Choose(s_client with { AllowedSigningAlgs = ["RS256", "ES256"] }, ["todo.read"], [], Sample.Scopes, "https://id.example").Value().SigningAlg);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("es256")]
    [InlineData("EdDSA")]
    [InlineData("")]
    public void What_is_no_algorithm_of_ours_cannot_be_named(string alg) =>
        Assert.Equal([("allowed_signing_algs", "must be of ES256, RS256, PS256, ES384")], ClientAlgorithmRules.FindFaults(s_client with { AllowedSigningAlgs = ["ES384", alg] }));

    [Fact]
    public void Every_other_algorithm_that_is_registered_is_a_fault_all_at_once() => Assert.Equal(
        ["token_endpoint_auth_signing_alg", "request_object_signing_alg", "authorization_signed_response_alg", "id_token_signed_response_alg", "userinfo_signed_response_alg", "introspection_signed_response_alg"],
        ClientAlgorithmRules.FindFaults(s_client with
        {
            TokenEndpointAuthSigningAlg = "RS256",
            RequestObjectSigningAlg = "ES256",
            AuthorizationSignedResponseAlg = "RS256",
            IdTokenSignedResponseAlg = "RS256",
            UserinfoSignedResponseAlg = "ES256",
            IntrospectionSignedResponseAlg = "RS256",
        }).Select(fault => fault.Fault.EndsWith("256; allowed_signing_algs demands PS256 or ES384", StringComparison.Ordinal) ? fault.Name : fault.Fault));

    [Fact]
    public void Keys_that_are_for_other_algorithms_only_are_a_fault()
    {
        using var es256 = SigningKey.Create(SigningAlgorithm.ES256);
        using var es384 = SigningKey.Create(SigningAlgorithm.ES384);

        Assert.Equal(["jwks"], ClientAlgorithmRules.FindFaults(s_client with { Jwks = TestJwt.SetOf(es256) }).Select(fault => fault.Name));
        Assert.Empty(ClientAlgorithmRules.FindFaults(s_client with { Jwks = TestJwt.SetOf(es256, es384) }));
    }

    [Fact]
    public void An_api_whose_tokens_are_signed_with_another_is_a_fault_and_gets_none()
    {
        var catalog = new ScopeCatalog(Sample.Scopes.Scopes, [s_api]);

        Assert.Equal($"has '{Sample.Api}', whose access tokens are signed with RS256; allowed_signing_algs demands PS256 or ES384", ClientAlgorithmRules.FindFault(s_client, s_api));
        Assert.Equal("invalid_target", TokenTarget.Choose(s_client, ["todo.read"], [Sample.Api], catalog, "https://id.example").ErrorCode());
        Assert.NotNull(TokenTarget.Choose(Sample.Client, ["todo.read"], [Sample.Api], catalog, "https://id.example").Value());
        Assert.Null(ClientAlgorithmRules.FindFault(s_client, s_api with { SigningAlg = "PS256" }));
    }

    [Fact]
    public void A_token_that_is_not_signed_suits_every_client()
    {
        Assert.Null(ClientAlgorithmRules.FindFault(s_client, s_api with { AccessTokenFormat = "opaque" }));
        Assert.Null(ClientAlgorithmRules.FindFault(s_client with { AccessTokenFormat = "opaque" }, s_api));
    }
}
