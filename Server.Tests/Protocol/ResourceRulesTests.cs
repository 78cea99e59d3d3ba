using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ResourceRulesTests
{
    private const string Files = "https://files.example/";

    [Fact]
    public void What_is_asked_for_is_chosen_once_each() => Assert.Equal([Files, Sample.Api], ResourceRules.Choose([Files, Sample.Api, Files], Sample.Client).Value());

    [Fact]
    public void Nothing_asked_for_is_the_clients_default_or_nothing()
    {
        Assert.Equal([Files], ResourceRules.Choose([], Sample.Client with { DefaultResource = Files }).Value());
        Assert.Empty(ResourceRules.Choose([], Sample.Client).Value());
    }

    // RFC 8707 §2
    [Theory]
    [InlineData("https://other.example/")]
    [InlineData("https://api.example")]
    [InlineData("https://API.example/")]
    [InlineData("https://api.example/#x")]
    [InlineData("https://api.example/ https://files.example/")]
    [InlineData("api")]
    public void A_resource_that_is_not_the_clients_is_refused(string resource)
    {
        Assert.Equal("invalid_target", ResourceRules.Choose([resource], Sample.Client).ErrorCode());
        Assert.Equal("invalid_target", ResourceRules.Choose([Sample.Api, resource], Sample.Client).ErrorCode());
    }

    [Fact]
    public void More_than_ten_are_refused() => Assert.Equal("invalid_target", ResourceRules.Choose([.. Enumerable.Repeat(Sample.Api, 11)], Sample.Client).ErrorCode());

    // RFC 9728 §1.2
    [Theory]
    [InlineData("https://api.example", "https://id.example", true)]
    [InlineData("https://api.example/a?b", "https://id.example", true)]
    [InlineData("http://localhost:8083", "http://localhost:8080", true)]     // a server in development
    [InlineData("http://api.example", "https://id.example", false)]
    [InlineData("urn:example:api", "https://id.example", false)]
    [InlineData("https:///path", "https://id.example", false)]
    [InlineData("https://", "https://id.example", false)]
    [InlineData("https:api", "https://id.example", false)]
    public void Metadata_has_a_place_only_where_the_identifier_is_a_URL(string identifier, string issuer, bool has) =>
        Assert.Equal(has, ResourceRules.HasWellKnownPlace(identifier, issuer));

    // RFC 8707 §2.2
    [Fact]
    public void A_token_request_may_narrow() => Assert.Equal([Files], ResourceRules.Narrow([Files, Files], [Sample.Api, Files]).Value());

    [Fact]
    public void A_token_request_that_names_none_gets_all_that_was_granted() => Assert.Equal([Sample.Api, Files], ResourceRules.Narrow([], [Sample.Api, Files]).Value());

    [Fact]
    public void A_token_request_may_not_widen()
    {
        Assert.Equal("invalid_target", ResourceRules.Narrow([Files], [Sample.Api]).ErrorCode());
        Assert.Equal("invalid_target", ResourceRules.Narrow([Sample.Api, Files], [Sample.Api]).ErrorCode());
        Assert.Equal("invalid_target", ResourceRules.Narrow([Sample.Api], []).ErrorCode());
    }
}
