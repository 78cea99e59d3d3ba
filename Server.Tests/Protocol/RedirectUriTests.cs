using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class RedirectUriTests
{
    [Fact]
    public void The_registered_uri_is_chosen_as_sent() => Assert.Equal(
        new ChosenRedirectUri(Sample.RedirectUri, WasSent: true), RedirectUri.Choose(Sample.RedirectUri, Sample.Client, isOpenId: true).Value());

    // OAuth 2.1 §2.3.1: no look-alike of https://app.example/cb is it.
    [Theory]
    [InlineData("https://app.example@evil.test/cb")]
    [InlineData("https://a@app.example@evil.test/cb")]
    [InlineData("https://app.example:443@evil.test/cb")]
    [InlineData("https://a@app.example/cb")]
    [InlineData("https://app.example.evil.test/cb")]
    [InlineData("https://evil.test/https://app.example/cb")]
    [InlineData("https://evil.test#https://app.example/cb")]
    [InlineData("https://app.example\\@evil.test/cb")]
    [InlineData("https:\\\\app.example\\cb")]
    [InlineData("https:app.example/cb")]
    [InlineData("https:/app.example/cb")]
    [InlineData("https:///app.example/cb")]
    [InlineData("//app.example/cb")]
    [InlineData("/cb")]
    [InlineData("app.example/cb")]
    [InlineData("http://app.example/cb")]
    [InlineData("HTTPS://app.example/cb")]
    [InlineData("https://APP.example/cb")]
    [InlineData("https://app.example/CB")]
    [InlineData("https://appXexample/cb")]
    [InlineData("https://app.example./cb")]
    [InlineData("https://app.example:443/cb")]
    [InlineData("https://app.example:/cb")]
    [InlineData("https://app.example:8443/cb")]
    [InlineData("https://app.example")]
    [InlineData("https://app.example/")]
    [InlineData("https://app.example/c")]
    [InlineData("https://app.example/cb/")]
    [InlineData("https://app.example/cb/x")]
    [InlineData("https://app.example//cb")]
    [InlineData("https://app.example/./cb")]
    [InlineData("https://app.example/x/../cb")]
    [InlineData("https://app.example/cb/../x")]
    [InlineData("https://app.example/cb/%2e%2e/x")]
    [InlineData("https://app.example/x/%2e%2e/cb")]
    [InlineData("https://app.example/cb%252e")]
    [InlineData("https://app.example/%63b")]
    [InlineData("https://app.example/cb?")]
    [InlineData("https://app.example/cb?x=1")]
    [InlineData("https://app.example/cb#")]
    [InlineData("https://app.example/cb#x")]
    [InlineData("https://app.example/cb;x")]
    [InlineData("https://app.example/cb ")]
    [InlineData(" https://app.example/cb")]
    [InlineData("\thttps://app.example/cb")]
    [InlineData("https://app.example/\tcb")]
    [InlineData("https://app.example/cb\n")]
    [InlineData("https://app.example/cb\0")]
    [InlineData("https://app.example/cb\u200b")]
    [InlineData("https://app.exаmple/cb")]      // a Cyrillic а
    [InlineData("https://app.example/cb*")]
    [InlineData("https://*/cb")]
    [InlineData("javascript:alert(1)//https://app.example/cb")]
    [InlineData("*")]
    public void A_look_alike_is_refused(string sent) =>
        Assert.Equal("invalid_request", RedirectUri.Choose(sent, Sample.Client, isOpenId: false).ErrorCode());

    [Fact]
    public void The_registered_query_is_part_of_the_string()
    {
        var client = Sample.Client with { RedirectUris = ["https://app.example/cb?tenant=1"] };

        Assert.Null(RedirectUri.Choose("https://app.example/cb?tenant=1", client, isOpenId: true).ErrorCode());
        Assert.NotNull(RedirectUri.Choose("https://app.example/cb?tenant=2", client, isOpenId: true).ErrorCode());
        Assert.NotNull(RedirectUri.Choose("https://app.example/cb", client, isOpenId: true).ErrorCode());
    }

    [Fact]
    public void A_registered_uri_is_no_pattern()
    {
        Assert.False(RedirectUri.Matches("https://foo.example.com/cb", "https://fooXexample.com/cb", "web"));
        Assert.False(RedirectUri.Matches("https://app.example/*", "https://app.example/cb", "web"));
        Assert.False(RedirectUri.Matches(".*", Sample.RedirectUri, "web"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://first.example/cb")]
    public void A_client_without_uris_can_never_authorize(string? sent) =>
        Assert.NotNull(RedirectUri.Choose(sent, Sample.Client with { RedirectUris = [] }, isOpenId: false).ErrorCode());

    // OAuth 2.1 §2.3.2, OIDC Core §3.1.2.1
    [Fact]
    public void The_only_registered_uri_stands_in_for_an_absent_one() =>
        Assert.Equal(new ChosenRedirectUri(Sample.RedirectUri, WasSent: false), RedirectUri.Choose(null, Sample.Client, isOpenId: false).Value());

    [Fact]
    public void An_OpenID_request_must_send_it() => Assert.Equal("invalid_request", RedirectUri.Choose(null, Sample.Client, isOpenId: true).ErrorCode());

    [Fact]
    public void A_client_with_two_must_send_one() => Assert.Equal(
        "invalid_request", RedirectUri.Choose(null, Sample.Client with { RedirectUris = [Sample.RedirectUri, "https://app.example/cb2"] }, isOpenId: false).ErrorCode());

    [Fact]
    public void A_loopback_client_must_send_its_port() => Assert.Equal(
        "invalid_request", RedirectUri.Choose(null, Sample.Client with { RedirectUris = ["http://127.0.0.1/cb"] }, isOpenId: false).ErrorCode());

    // OAuth 2.1 §10.2
    [Theory]
    [InlineData(Sample.RedirectUri, true, true, true)]
    [InlineData(Sample.RedirectUri, false, false, true)]
    [InlineData(null, true, true, true)]
    [InlineData(null, false, false, true)]
    [InlineData(null, false, true, false)]                     // sent, no PKCE: it has to be sent again
    [InlineData("https://app.example/cb/", true, true, false)]
    [InlineData("https://app.example/CB", true, true, false)]
    [InlineData("https://evil.test/cb", true, false, false)]
    [InlineData("https://evil.test/cb", false, false, false)]
    [InlineData("", true, true, false)]
    public void At_the_token_endpoint_it_is_equal_or_absent(string? sent, bool pkce, bool wasSent, bool allowed) => Assert.Equal(
        allowed, RedirectUri.MayRedeem(sent, Sample.Code with { CodeChallenge = pkce ? Sample.Challenge : null, RedirectUriSent = wasSent }));

    [Fact]
    public void A_code_sent_to_a_loopback_port_is_bound_to_that_port() =>
        Assert.False(RedirectUri.MayRedeem("http://127.0.0.1:2/cb", Sample.Code with { RedirectUri = "http://127.0.0.1:1/cb" }));

    // RFC 6454 §6.1
    [Theory]
    [InlineData("https://app.example/cb", "https://app.example")]
    [InlineData("https://App.Example?x", "https://app.example")]
    [InlineData("https://app.example:443/cb", "https://app.example")]
    [InlineData("https://app.example:8443/cb", "https://app.example:8443")]
    [InlineData("http://127.0.0.1:80/cb", "http://127.0.0.1")]
    [InlineData("http://[::1]:443/cb", "http://[::1]:443")]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("com.example.app:/cb", null)]
    [InlineData("null", null)]
    public void The_origin_is_as_a_browser_writes_it(string uri, string? origin) => Assert.Equal(origin, RedirectUri.OriginOf(uri));
}
