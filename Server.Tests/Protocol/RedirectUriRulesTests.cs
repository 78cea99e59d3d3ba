using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class RedirectUriRulesTests
{
    [Theory]
    [InlineData("https://app.example/cb", "web")]
    [InlineData("https://app.example:8443/cb?tenant=1", "web")]
    [InlineData("https://app.example:65535/cb", "web")]
    [InlineData("https://xn--bcher-kva.example/cb", "web")]
    [InlineData("https://[2001:db8::1]:8443/cb", "web")]
    [InlineData("http://127.0.0.1/cb", "web")]
    [InlineData("http://[::1]/cb", "native")]
    [InlineData("http://localhost:3000/cb", "web")]
    [InlineData("com.example.app:/cb", "native")]
    [InlineData("com.example.app://cb", "native")]
    public void What_a_client_needs_may_be_registered(string uri, string applicationType) => Assert.Null(RedirectUriRules.FindFault(uri, applicationType));

    [Theory]
    [InlineData("")]
    [InlineData("/cb")]
    [InlineData("//app.example/cb")]
    [InlineData("app.example/cb")]
    [InlineData("https:")]
    [InlineData("https:/app.example/cb")]
    [InlineData("https://")]
    [InlineData("https:///cb")]
    [InlineData("https://?x")]
    [InlineData("HTTPS://app.example/cb")]
    [InlineData("http://app.example/cb")]
    [InlineData("http://127.0.0.1.evil.test/cb")]
    [InlineData("http://127.0.0.1@evil.test/cb")]
    [InlineData("http://localhost.evil.test/cb")]
    [InlineData("http://localhost@evil.test/cb")]
    [InlineData("http://[::1]x/cb")]
    [InlineData("http://[::1].evil.test/cb")]
    [InlineData("http://0.0.0.0/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("http://127.0.0.1:0/cb")]
    [InlineData("http://127.0.0.1:99999/cb")]
    [InlineData("http://127.0.0.1:/cb")]
    [InlineData("http://127.0.0.1:x/cb")]
    [InlineData("https://app.example@evil.test/cb")]
    [InlineData("https://a@app.example@evil.test/cb")]
    [InlineData("https://a:b@app.example/cb")]
    [InlineData("https://app.example:/cb")]
    [InlineData("https://app.example:0/cb")]
    [InlineData("https://app.example:65536/cb")]
    [InlineData("https://app.example:99999/cb")]
    [InlineData("https://app.example:123456/cb")]
    [InlineData("https://app.example:80a/cb")]
    [InlineData("https://app.example:80:81/cb")]
    [InlineData("https://-app.example/cb")]
    [InlineData("https://app.example-/cb")]
    [InlineData("https://app.example./cb")]
    [InlineData("https://app%2eexample/cb")]
    [InlineData("https://[::1]x/cb")]
    [InlineData("https://[::1/cb")]
    [InlineData("https://*.app.example/cb")]
    [InlineData("https://app.example/*")]
    [InlineData("https://app.example/cb#")]
    [InlineData("https://app.example/cb#x")]
    [InlineData("https://app.example/a/../cb")]
    [InlineData("https://app.example/..")]
    [InlineData("https://app.example/./cb")]
    [InlineData("https://app.example/a/%2e%2e/cb")]
    [InlineData("https://app.example/a/%2E./cb")]
    [InlineData("https://app.example/a%2f..%2fcb")]
    [InlineData("https://app.example\\cb")]
    [InlineData("https://app.example/c b")]
    [InlineData("https://app.example/cb\t")]
    [InlineData("\thttps://app.example/cb")]
    [InlineData("https://app.example/cb\r\nSet-Cookie:a=b")]
    [InlineData("https://app.example/cb\0")]
    [InlineData("https://app.example/é")]
    [InlineData("https://exаmple.test/cb")]
    [InlineData("https://app.example/\"><script>")]
    [InlineData("https://app.example/{x}")]
    public void What_is_not_a_whole_safe_uri_may_not(string uri)
    {
        Assert.NotNull(RedirectUriRules.FindFault(uri, "web"));
        Assert.NotNull(RedirectUriRules.FindFault(uri, "native"));
    }

    // A redirect to one of these runs in a page of ours, or on the person's computer.
    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("jAvAsCrIpT:alert(1)")]
    [InlineData("\tjavascript:alert(1)")]
    [InlineData("java\tscript:alert(1)")]
    [InlineData("javascript://app.example/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("DATA:text/html;base64,PHNjcmlwdD4=")]
    [InlineData("vbscript:x")]
    [InlineData("VbScript:x")]
    [InlineData("blob:https://app.example/x")]
    [InlineData("Blob:https://app.example/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("FILE:///etc/passwd")]
    [InlineData("about:blank")]
    [InlineData("view-source:https://app.example/")]
    [InlineData("filesystem:https://app.example/x")]
    [InlineData("intent://x#Intent;end")]
    [InlineData("mailto:a@b.example")]
    [InlineData("ws://app.example/")]
    [InlineData("ftp://app.example/")]
    public void A_dangerous_scheme_may_not_be_registered_anywhere(string uri)
    {
        Assert.NotNull(RedirectUriRules.FindFault(uri, "web"));
        Assert.NotNull(RedirectUriRules.FindFault(uri, "native"));
        Assert.NotNull(RedirectUriRules.FindWebFault(uri));
    }

    // RFC 8252 §7.1, OAuth 2.1 §8.4.3
    [Theory]
    [InlineData("myapp:/cb", "native")]
    [InlineData("myapp://cb", "native")]
    [InlineData("com.example.app:", "native")]
    [InlineData("Com.Example.App:/cb", "native")]
    [InlineData("1com.example:/cb", "native")]
    [InlineData("com.exa_mple:/cb", "native")]
    [InlineData(".com:/cb", "native")]
    [InlineData(":/cb", "native")]
    [InlineData("com.example.app:/cb", "web")]
    public void A_private_scheme_is_a_native_applications_reversed_domain(string uri, string applicationType) =>
        Assert.NotNull(RedirectUriRules.FindFault(uri, applicationType));

    // A registered parameter of the same name would stand beside ours in the answer.
    [Theory]
    [InlineData("code=1")]
    [InlineData("state=1")]
    [InlineData("iss=1")]
    [InlineData("error=1")]
    [InlineData("response=1")]
    [InlineData("a=1&state=2")]
    [InlineData("code")]
    [InlineData("%63ode=1")]
    [InlineData("c%6Fde")]
    public void A_query_with_a_parameter_of_the_answer_may_not_be_registered(string query) =>
        Assert.NotNull(RedirectUriRules.FindFault("https://app.example/cb?" + query, "web"));

    [Theory]
    [InlineData("codes=1")]
    [InlineData("a=code")]
    [InlineData("Xstate=1")]
    public void A_query_that_only_looks_like_the_answer_may_be(string query) => Assert.Null(RedirectUriRules.FindFault("https://app.example/cb?" + query, "web"));

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void A_uri_has_at_most_2000_characters(int length, bool allowed) =>
        Assert.Equal(allowed, RedirectUriRules.FindFault("https://app.example/".PadRight(length, 'a'), "web") is null);

    [Theory]
    [InlineData("http://app.example/")]
    [InlineData("http://localhost.evil.test/")]
    [InlineData("https://a@app.example/")]
    [InlineData("https://app.example:99999/")]
    [InlineData("com.example.app:/x")]
    [InlineData("")]
    [InlineData("/x")]
    public void A_web_page_of_a_client_is_https_or_on_this_computer(string uri) => Assert.NotNull(RedirectUriRules.FindWebFault(uri));

    [Theory]
    [InlineData("https://app.example/logo.png")]
    [InlineData("http://localhost:3000/logo.png")]
    public void A_proper_web_page_is_accepted(string uri) => Assert.Null(RedirectUriRules.FindWebFault(uri));
}
