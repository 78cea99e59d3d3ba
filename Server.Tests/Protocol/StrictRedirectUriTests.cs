using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>FAPI 2.0 §5.3.2.2 items 6, 8, as a switch of any client's.</summary>
public sealed class StrictRedirectUriTests
{
    private static readonly Client s_client = Sample.Client with { StrictRedirectUris = true };

    [Fact]
    public void The_only_registered_uri_is_not_meant_where_none_was_sent()
    {
        Assert.Equal(Sample.RedirectUri, RedirectUri.Choose(null, Sample.Client, isOpenId: false).Value().Value);
        Assert.Equal("invalid_request", RedirectUri.Choose(null, s_client, isOpenId: false).ErrorCode());
        Assert.Equal("invalid_request", RedirectUri.Choose(null, s_client, isOpenId: false, isPushed: true).ErrorCode());
        Assert.Equal(Sample.RedirectUri, RedirectUri.Choose(Sample.RedirectUri, s_client, isOpenId: false).Value().Value);
    }

    [Theory]
    [InlineData("web", "http://127.0.0.1/cb", false)]
    [InlineData("web", "http://[::1]/cb", false)]
    [InlineData("native", "http://127.0.0.1/cb", true)]
    [InlineData("native", "http://localhost/cb", false)]
    [InlineData("native", "http://localhost:80/cb", false)]
    [InlineData("native", "http://127.0.0.1.evil.example/cb", false)]
    [InlineData("web", "https://localhost/cb", true)]
    public void Http_is_for_native_applications_on_the_loopback_literals(string type, string uri, bool isGood) => Assert.Equal(isGood, RedirectUriRules.FindFault(uri, type, isStrict: true) is null);

    [Fact]
    public void What_need_not_be_registered_is_held_to_it_too()
    {
        var client = s_client with { AllowUnregisteredRedirectUris = true };

        Assert.False(RedirectUri.MayAnswerAt("http://127.0.0.1:1/cb", client, isPushed: true));
        Assert.True(RedirectUri.MayAnswerAt("http://127.0.0.1:1/cb", client with { StrictRedirectUris = false }, isPushed: true));
        Assert.True(RedirectUri.MayAnswerAt("https://b.example/cb", client, isPushed: true));
    }
}
