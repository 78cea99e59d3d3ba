using AuthCore.Web;

namespace AuthCore.Tests.Web;

public sealed class RedirectTargetTests
{
    [Theory]
    [InlineData("https://app.example/cb", "https://app.example")]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("https://app.example?x=1", "https://app.example")]
    [InlineData("https://App.Example:8443/cb#f", "https://app.example:8443")]
    [InlineData("http://127.0.0.1:49152/cb", "http://127.0.0.1:49152")]
    [InlineData("http://localhost:3000/", "http://localhost:3000")]
    [InlineData("https://xn--bcher-kva.example/cb", "https://xn--bcher-kva.example")]
    [InlineData("http://[::1]:1234/cb", "http://*:1234")]
    [InlineData("http://[::1]/cb", "http://*")]
    [InlineData("com.example.app:/cb", "com.example.app:")]
    [InlineData("com.example.app://callback/x", "com.example.app:")]
    public void Source_of_a_redirect_uri(string redirectUri, string source) => Assert.Equal(source, FormActionSource.For(redirectUri));

    [Theory]
    [InlineData("")]
    [InlineData("/cb")]
    [InlineData(":x")]
    [InlineData("app.example")]
    [InlineData("https:app.example")]
    [InlineData("https:/app.example")]
    [InlineData("https:///cb")]
    [InlineData("https://app.example; script-src *")]
    [InlineData("https://app.example;script-src/")]
    [InlineData("https://app.example'/")]
    [InlineData("https://app.example,https://evil.example/")]
    [InlineData("https://*/cb")]
    [InlineData("https://*.example/cb")]
    [InlineData("https://good.example@evil.example/")]
    [InlineData("https://good.example\\@evil.example/")]
    [InlineData("https://app.example:*/cb")]
    [InlineData("https://app.example:/cb")]
    [InlineData("https://app.example:123456/cb")]
    [InlineData("https://app.example:80:80/cb")]
    [InlineData("https://b\u00FCcher.example/cb")]
    [InlineData("https://\u212Aapp.example/cb")]
    [InlineData("https://app.example\r\nX: y/cb")]
    [InlineData("https://app.example/cb\r\n")]
    [InlineData("https://app.example/a b")]
    [InlineData("https://[::1/cb")]
    [InlineData("https://[::1]x/cb")]
    [InlineData("https://[]/cb")]
    [InlineData("https://[::1%25eth0]/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("blob:https://app.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ws://app.example/")]
    [InlineData("'self':x")]
    [InlineData("1a:x")]
    [InlineData("a;b:x")]
    public void Nothing_is_said_of_what_is_not_plainly_safe(string redirectUri)
    {
        Assert.Null(FormActionSource.For(redirectUri));
        Assert.Null(WebLink.For(redirectUri));
        Assert.Equal("an address that cannot be shown", RedirectHost.Describe(redirectUri));
    }

    [Fact]
    public void No_redirect_uri_has_no_source() => Assert.Null(FormActionSource.For(null));

    [Theory]
    [InlineData("https://app.example/cb", "app.example")]
    [InlineData("https://app.example:8443/cb", "app.example:8443")]
    [InlineData("http://127.0.0.1:5000/cb", "this computer (127.0.0.1)")]
    [InlineData("http://[::1]:5000/cb", "this computer ([::1])")]
    [InlineData("http://localhost/cb", "this computer (localhost)")]
    [InlineData("http://127.0.0.1.evil.example/cb", "127.0.0.1.evil.example")]
    [InlineData("com.example.app:/cb", "the app com.example.app")]
    public void Where_a_redirect_leads_in_words(string redirectUri, string words) => Assert.Equal(words, RedirectHost.Describe(redirectUri));
}
