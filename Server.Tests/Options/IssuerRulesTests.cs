using AuthCore.Options;

namespace AuthCore.Tests.Options;

public sealed class IssuerRulesTests
{
    [Theory]
    [InlineData("https://id.example")]
    [InlineData("https://id.example:8443/tenant/one")]
    [InlineData("http://localhost:8080")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    public void An_https_or_loopback_address_may_be_the_issuer(string issuer) => Assert.Null(IssuerRules.Fault(issuer, isDevelopment: false));

    [Theory]
    [InlineData("id.example")]
    [InlineData("ftp://id.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://id.example")]
    [InlineData("http://localhost.example")]
    [InlineData("http://127.0.0.1.example")]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("https://id.example/")]
    [InlineData("https://id.example/tenant/")]
    [InlineData("https://id.example?x=1")]
    [InlineData("https://id.example?")]
    [InlineData("https://id.example#top")]
    [InlineData("https://user:secret@id.example")]
    [InlineData("https://ID.example")]
    [InlineData("HTTPS://id.example")]
    [InlineData("https://id.example:443")]
    [InlineData("https://id.example/a/../b")]
    [InlineData("https://id.example/a//b")]
    [InlineData("https://id.example/a%2Fb")]
    [InlineData("https://id.example/a b")]
    [InlineData("https://id.example\\a")]
    public void Another_spelling_or_scheme_may_not(string issuer) => Assert.NotNull(IssuerRules.Fault(issuer, isDevelopment: false));

    [Fact]
    public void Http_beyond_this_machine_is_for_development_alone()
    {
        Assert.Null(IssuerRules.Fault("http://authcore:8080", isDevelopment: true));
        Assert.NotNull(IssuerRules.Fault("http://authcore:8080", isDevelopment: false));
    }

    [Fact]
    public void A_password_in_the_issuer_is_not_repeated() =>
        Assert.DoesNotContain("secret", IssuerRules.Fault("https://user:secret@id.example", isDevelopment: false));
}
