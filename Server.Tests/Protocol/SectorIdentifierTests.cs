using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>OIDC Core §8.1: which clients know a person by the same name.</summary>
public sealed class SectorIdentifierTests
{
    private static readonly Client Pairwise = Sample.Client with { SubjectType = "pairwise" };

    private static readonly ClientMetadataRules Rules = new(
        Sample.Capabilities with { SubjectTypes = ["public", "pairwise"], ClientMetadata = ["sector_identifier_uri"] }, [.. Sample.Scopes.Scopes.Select(s => s.Name)], Sample.Client.Resources);

    [Theory]
    [InlineData("https://app.example/cb")]
    [InlineData("https://app.example:8443/cb")]
    [InlineData("https://APP.Example/other?x=1")]
    [InlineData("https://app.example")]
    [InlineData("https://app.example?x=https://other.example/")]
    [InlineData("https://app.example/1 https://app.example:444/2")]
    public void The_sector_is_the_host_of_the_redirect_uris(string uris) => Assert.Equal("app.example", Of(uris));

    [Theory]
    [InlineData("https://app.example.evil/cb")]
    [InlineData("https://evil.app.example/cb")]
    [InlineData("https://app.example.:443/cb")]
    [InlineData("https://[2001:db8::1]:8443/cb")]
    public void Another_host_is_another_sector(string uri) => Assert.NotEqual("app.example", Of(uri));

    [Fact]
    public void An_address_keeps_its_brackets_and_loses_its_port() => Assert.Equal("[2001:db8::1]", Of("https://[2001:DB8::1]:8443/cb"));

    [Theory]
    [InlineData("https://app.example/cb https://other.example/cb")]
    [InlineData("https://app.example/cb com.example.app:/cb")]
    [InlineData("com.example.app:/cb")]
    [InlineData("http://127.0.0.1/cb")]
    [InlineData("http://localhost/cb")]
    [InlineData("http://[::1]/cb")]
    [InlineData("https://localhost/cb")]
    [InlineData("https://127.0.0.1:8443/cb")]
    [InlineData("")]
    public void Where_the_redirect_uris_name_no_host_or_several_a_sector_must_be_named(string uris)
    {
        Assert.Null(Of(uris));

        var client = Pairwise with { ApplicationType = "native", RedirectUris = uris.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        Assert.Contains("sector_identifier_uri", FaultsOf(client));
        Assert.DoesNotContain("sector_identifier_uri", FaultsOf(client with { SectorIdentifierUri = "https://sector.example/uris.json" }));
        Assert.DoesNotContain("sector_identifier_uri", FaultsOf(client with { SubjectType = "public" }));
    }

    [Fact]
    public void A_named_sector_counts_before_the_redirect_uris()
    {
        var client = Pairwise with { SectorIdentifierUri = "https://Sector.example:8443/uris.json" };

        Assert.Equal("sector.example", SectorIdentifier.Of(client));
        Assert.Equal("sector.example", SectorIdentifier.Of(client with { RedirectUris = ["https://app.example/cb", "https://other.example/cb"] }));
    }

    [Fact]
    public void A_client_with_public_subjects_is_of_no_sector() =>
        Assert.Null(SectorIdentifier.Of(Sample.Client with { SectorIdentifierUri = "https://sector.example/uris.json" }));

    // OIDC Registration §5; and nobody joins a sector by saying so
    [Theory]
    [InlineData("http://127.0.0.1/uris.json", "operator")]
    [InlineData("http://sector.example/uris.json", "operator")]
    [InlineData("javascript:x", "operator")]
    [InlineData("https://user@sector.example/uris.json", "operator")]
    [InlineData("https://localhost/uris.json", "operator")]
    [InlineData("https://sector.example/uris.json", "dynamic")]
    public void A_sector_that_cannot_be_trusted_is_refused(string uri, string registeredBy) =>
        Assert.Contains("sector_identifier_uri", FaultsOf(Pairwise with { SectorIdentifierUri = uri, RegisteredBy = registeredBy }));

    [Fact]
    public void A_client_of_one_host_may_be_pairwise_whoever_registered_it()
    {
        Assert.Empty(FaultsOf(Pairwise));
        Assert.Empty(FaultsOf(Pairwise with { RegisteredBy = "dynamic" }));
    }

    private static string? Of(string uris) => SectorIdentifier.Of(Pairwise with { RedirectUris = uris.Split(' ', StringSplitOptions.RemoveEmptyEntries) });

    private static IEnumerable<string> FaultsOf(Client client) => Rules.Validate(client).Errors.Select(error => error.PropertyName);
}
