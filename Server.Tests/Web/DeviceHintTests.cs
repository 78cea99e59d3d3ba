using AuthCore.Web;

namespace AuthCore.Tests.Web;

public sealed class DeviceHintTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15", "Safari on macOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/120.0", "Opera on ChromeOS")]
    [InlineData("Something/1.0 (iPad)", "A browser on iPad")]
    [InlineData("Chrome/1", "Chrome")]
    public void Browser_and_system_are_recognised(string header, string words) => Assert.Equal(words, DeviceHint.Of(header));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("curl/8.0")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("firefox/1 windows")]
    public void Anything_else_is_unknown(string? header) => Assert.Null(DeviceHint.Of(header));

    [Fact]
    public void A_header_longer_than_any_browser_sends_is_not_read() => Assert.Null(DeviceHint.Of(new string(' ', 1024) + "Firefox/1"));

    [Fact]
    public void Nothing_of_the_header_itself_comes_through()
    {
        var words = DeviceHint.Of("Firefox/140.0 (Windows NT 10.0; serial=0123456789; name=alice)");

        Assert.Equal("Firefox on Windows", words);
    }
}
