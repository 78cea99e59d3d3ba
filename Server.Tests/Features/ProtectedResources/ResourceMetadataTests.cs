using AuthCore.Features.ProtectedResources;
using AuthCore.Protocol;

namespace AuthCore.Tests.Features.ProtectedResources;

/// <summary>RFC 9728 §2 and §3: what is said of a resource, and where.</summary>
public sealed class ResourceMetadataTests
{
    private const string Issuer = "https://id.example/tenant";

    private static readonly ResourceDefinition s_api = new() { Identifier = "https://api.example/v1", Name = "Lists", Scopes = ["read", "write"], SigningAlg = "PS256", IntrospectionClients = ["secret"] };

    [Fact]
    public void The_document_says_what_this_server_knows_to_be_true() => Assert.Equal(
        """{"resource":"https://api.example/v1","authorization_servers":["https://id.example/tenant"],"scopes_supported":["read","write"],"bearer_methods_supported":["header"],"resource_name":"Lists"}""",
        ResourceMetadata.Build(s_api, Issuer).ToJsonString());

    // RFC 9728 §3.2: an empty list is left out; a name that is the identifier is no name
    [Fact]
    public void What_there_is_not_is_not_said() => Assert.Equal(
        ["resource", "authorization_servers", "bearer_methods_supported"],
        ResourceMetadata.Build(s_api with { Scopes = [], Name = s_api.Identifier }, Issuer).Select(member => member.Key));

    [Theory]
    [InlineData("/.well-known/oauth-protected-resource", "https://id.example https://id.example/")]
    [InlineData("/.well-known/oauth-protected-resource?a=b", "https://id.example?a=b https://id.example/?a=b")]
    [InlineData("/.well-known/oauth-protected-resource/", "https://id.example/")]
    [InlineData("/.well-known/oauth-protected-resource/tenant/api", "https://id.example/tenant/api")]
    [InlineData("/.well-known/oauth-protected-resource/a%2Fb/?x=%20", "https://id.example/a%2Fb/?x=%20")]
    [InlineData("/.well-known/oauth-protected-resources", "")]
    [InlineData("/tenant/.well-known/oauth-protected-resource", "")]
    [InlineData("/.WELL-KNOWN/oauth-protected-resource", "")]
    [InlineData("/", "")]
    [InlineData("", "")]
    public void A_well_known_place_belongs_to_the_identifier_it_was_inserted_into(string target, string identifiers) =>
        Assert.Equal(identifiers.Split(' ', StringSplitOptions.RemoveEmptyEntries), ResourceMetadata.IdentifiersAt(target, Issuer));

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8080/api")]
    [InlineData("https://id.example", "https://id.example/api")]
    [InlineData("https://[::1]:8443/a/b", "https://[::1]:8443/api")]
    public void The_origin_is_the_issuers(string issuer, string identifier) =>
        Assert.Equal([identifier], ResourceMetadata.IdentifiersAt("/.well-known/oauth-protected-resource/api", issuer));
}
