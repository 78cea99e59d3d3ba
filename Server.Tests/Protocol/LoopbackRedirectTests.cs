using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>OAuth 2.1 §8.4.2: on a registered loopback address the port, and nothing else, may differ.</summary>
public sealed class LoopbackRedirectTests
{
    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:1/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:65535/cb")]
    [InlineData("http://127.0.0.1:8080/cb", "http://127.0.0.1:9090/cb")]
    [InlineData("http://[::1]/cb", "http://[::1]:49152/cb")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:49152")]
    [InlineData("http://127.0.0.1/cb?a=b", "http://127.0.0.1:49152/cb?a=b")]
    public void Any_port_matches(string registered, string sent) => Assert.True(RedirectUri.Matches(registered, sent, "web"));

    [Theory]
    [InlineData("http://127.0.0.1.evil.test/cb")]
    [InlineData("http://127.0.0.1.evil.test:49152/cb")]
    [InlineData("http://127.0.0.1@evil.test/cb")]
    [InlineData("http://127.0.0.1:49152@evil.test/cb")]
    [InlineData("http://127.0.0.1:@evil.test/cb")]
    [InlineData("http://127.0.0.1:49152.evil.test/cb")]
    [InlineData("http://127.0.0.1\\@evil.test/cb")]
    [InlineData("http://127.0.0.1:49152\\@evil.test/cb")]
    [InlineData("http://127.0.0.1#@evil.test/cb")]
    [InlineData("http://127.0.0.11/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("http://127.1/cb")]
    [InlineData("http://2130706433/cb")]
    [InlineData("http://0x7f.0.0.1/cb")]
    [InlineData("http://0.0.0.0/cb")]
    [InlineData("http://[::1]/cb")]
    [InlineData("http://[::ffff:127.0.0.1]/cb")]
    [InlineData("http://localhost/cb")]
    [InlineData("http://localhost.evil.test/cb")]
    [InlineData("https://127.0.0.1:49152/cb")]
    [InlineData("HTTP://127.0.0.1:49152/cb")]
    [InlineData("http://127.0.0.1:/cb")]
    [InlineData("http://127.0.0.1:0/cb")]
    [InlineData("http://127.0.0.1:00000/cb")]
    [InlineData("http://127.0.0.1:65536/cb")]
    [InlineData("http://127.0.0.1:99999/cb")]
    [InlineData("http://127.0.0.1:100000/cb")]
    [InlineData("http://127.0.0.1:80a/cb")]
    [InlineData("http://127.0.0.1:http/cb")]
    [InlineData("http://127.0.0.1:-1/cb")]
    [InlineData("http://127.0.0.1:+80/cb")]
    [InlineData("http://127.0.0.1: 80/cb")]
    [InlineData("http://127.0.0.1:٨٠/cb")]
    [InlineData("http://127.0.0.1:80:81/cb")]
    [InlineData("http://127.0.0.1:49152")]
    [InlineData("http://127.0.0.1:49152/")]
    [InlineData("http://127.0.0.1:49152/CB")]
    [InlineData("http://127.0.0.1:49152/cb/")]
    [InlineData("http://127.0.0.1:49152/cb/../x")]
    [InlineData("http://127.0.0.1:49152/%2e%2e/cb")]
    [InlineData("http://127.0.0.1:49152//cb")]
    [InlineData("http://127.0.0.1:49152/cb?x=1")]
    [InlineData("http://127.0.0.1:49152?/cb")]
    [InlineData("http://127.0.0.1:49152/cb#x")]
    [InlineData("http://127.0.0.1:49152/cb\t")]
    [InlineData("http://a@127.0.0.1:49152/cb")]
    public void Nothing_but_the_port_may_differ(string sent)
    {
        Assert.False(RedirectUri.Matches("http://127.0.0.1/cb", sent, "web"));
        Assert.False(RedirectUri.Matches("http://127.0.0.1/cb", sent, "native"));
    }

    [Theory]
    [InlineData("http://[::1]x/cb")]
    [InlineData("http://[::1].evil.test/cb")]
    [InlineData("http://[::1]@evil.test/cb")]
    [InlineData("http://[::1]:x/cb")]
    [InlineData("http://[::1/cb")]
    [InlineData("http://[::]/cb")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/cb")]
    [InlineData("http://[::1%25lo]/cb")]
    [InlineData("http://127.0.0.1/cb")]
    public void A_look_alike_of_the_IPv6_literal_is_refused(string sent) => Assert.False(RedirectUri.Matches("http://[::1]/cb", sent, "native"));

    // RFC 8252 §8.3
    [Fact]
    public void Localhost_has_a_free_port_for_native_clients_only()
    {
        Assert.True(RedirectUri.Matches("http://localhost/cb", "http://localhost:49152/cb", "native"));
        Assert.False(RedirectUri.Matches("http://localhost/cb", "http://localhost:49152/cb", "web"));
        Assert.True(RedirectUri.Matches("http://localhost:3000/cb", "http://localhost:3000/cb", "web"));
    }

    [Theory]
    [InlineData("http://localhost.evil.test/cb")]
    [InlineData("http://localhost.evil.test:49152/cb")]
    [InlineData("http://localhost@evil.test/cb")]
    [InlineData("http://localhostevil.test/cb")]
    [InlineData("http://Localhost:49152/cb")]
    [InlineData("http://localhost./cb")]
    [InlineData("http://127.0.0.1:49152/cb")]
    [InlineData("https://localhost:49152/cb")]
    public void A_look_alike_of_localhost_is_refused(string sent) => Assert.False(RedirectUri.Matches("http://localhost/cb", sent, "native"));

    [Theory]
    [InlineData("https://127.0.0.1/cb", "https://127.0.0.1:49152/cb")]
    [InlineData("https://app.example/cb", "https://app.example:49152/cb")]
    [InlineData("http://127.0.0.1.evil.test/cb", "http://127.0.0.1.evil.test:49152/cb")]
    [InlineData("http://127.0.0.1@evil.test/cb", "http://127.0.0.1:49152@evil.test/cb")]
    [InlineData("com.example.app:/cb", "com.example.app:49152/cb")]
    public void Only_a_registered_loopback_literal_frees_the_port(string registered, string sent) =>
        Assert.False(RedirectUri.Matches(registered, sent, "native"));

    [Theory]
    [InlineData("http://127.0.0.1/cb", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://[::1]?a", true)]
    [InlineData("http://localhost.evil.test/", false)]
    [InlineData("http://127.0.0.1@evil.test/", false)]
    [InlineData("http://localhost:x/", false)]
    [InlineData("https://localhost/", false)]
    [InlineData("http://localhost#", false)]
    public void Loopback_is_this_computer_over_http(string uri, bool isLoopback) => Assert.Equal(isLoopback, RedirectUri.IsLoopback(uri));
}
