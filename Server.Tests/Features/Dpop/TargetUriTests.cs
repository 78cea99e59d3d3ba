using AuthCore.Features.Dpop;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3.</summary>
public sealed class TargetUriTests
{
    [Theory]
    [InlineData("https://issuer.test/token")]
    [InlineData("HTTPS://ISSUER.test/token")]
    [InlineData("https://issuer.test:443/token")]
    [InlineData("https://issuer.test:/token")]
    [InlineData("https://issuer.test:0443/token")]
    [InlineData("https://issuer.test/token?x=1&y=https://a/b")]
    [InlineData("https://issuer.test/token#part")]
    [InlineData("https://issuer.test/token?#")]
    [InlineData("https://issuer.test/%74oken")]
    [InlineData("https://issuer.test/./token")]
    [InlineData("https://issuer.test/a/../token")]
    [InlineData("https://issuer.test/../token")]
    public void One_uri_has_one_spelling(string uri) => Assert.Equal("https://issuer.test/token", TargetUri.Normalize(uri));

    [Theory]
    [InlineData("http://localhost:8080/token", "http://localhost:8080/token")]
    [InlineData("http://localhost:80/token", "http://localhost/token")]
    [InlineData("https://issuer.test", "https://issuer.test/")]
    [InlineData("https://issuer.test?x", "https://issuer.test/")]
    [InlineData("https://[::1]:8443/a", "https://[::1]:8443/a")]
    [InlineData("https://issuer.test/a%2fb%7e", "https://issuer.test/a%2Fb~")]
    [InlineData("https://issuer.test/a/b/..", "https://issuer.test/a/")]
    [InlineData("https://issuer.test/a/.", "https://issuer.test/a/")]
    [InlineData("https://issuer.test/a//b", "https://issuer.test/a//b")]
    public void What_is_kept_is_kept(string uri, string normal) => Assert.Equal(normal, TargetUri.Normalize(uri));

    [Theory]
    [InlineData("https://issuer.test/token/")]
    [InlineData("https://issuer.test/Token")]
    [InlineData("https://issuer.test//token")]
    [InlineData("https://issuer.test/token%2F")]
    [InlineData("https://issuer.test:8443/token")]
    [InlineData("http://issuer.test/token")]
    [InlineData("http://issuer.test:443/token")]
    [InlineData("https://issuer.test.evil/token")]
    [InlineData("https://evil/token")]
    [InlineData("https://evil/https://issuer.test/token")]
    [InlineData("https://issuer.test/a/token")]
    [InlineData("https://evil?https://issuer.test/token")]
    [InlineData("https://evil#https://issuer.test/token")]
    public void Another_uri_has_another(string uri) => Assert.NotEqual("https://issuer.test/token", TargetUri.Normalize(uri));

    [Theory]
    [InlineData("")]
    [InlineData("/token")]
    [InlineData("issuer.test/token")]
    [InlineData("//issuer.test/token")]
    [InlineData("https:/issuer.test/token")]
    [InlineData("https:issuer.test/token")]
    [InlineData("https:///token")]
    [InlineData("ftp://issuer.test/token")]
    [InlineData("https://issuer.test@evil/token")]
    [InlineData("https://user:pw@issuer.test/token")]
    [InlineData("https://evil\\@issuer.test/token")]
    [InlineData("https:\\\\issuer.test\\token")]
    [InlineData("https://issuer.test\\token")]
    [InlineData(" https://issuer.test/token")]
    [InlineData("https://issuer.test/token ")]
    [InlineData("https://issuer.test/to\tken")]
    [InlineData("https://issuer.test/tokén")]
    [InlineData("https://ıssuer.test/token")]
    [InlineData("https://issuer.te%73t/token")]
    [InlineData("https://issuer.test/%")]
    [InlineData("https://issuer.test/%7")]
    [InlineData("https://issuer.test/%zz")]
    [InlineData("https://issuer.test/%+1")]
    [InlineData("https://issuer.test:-1/token")]
    [InlineData("https://issuer.test:999999/token")]
    [InlineData("https://issuer.test:44a/token")]
    [InlineData("https://[::1/token")]
    [InlineData("https://::1]/token")]
    public void What_is_no_http_uri_has_none(string uri) => Assert.Null(TargetUri.Normalize(uri));

    [Fact]
    public void A_uri_without_end_has_none() => Assert.Null(TargetUri.Normalize("https://issuer.test/" + new string('a', 2048)));
}
