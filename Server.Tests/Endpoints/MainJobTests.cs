using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class MainJobTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task A_person_signs_in_consents_and_the_application_gets_tokens_that_work()
    {
        using var browser = app.CreateBrowser();

        var tokens = await browser.GetTokensAsync(Seed.Web);

        Assert.Equal("Bearer", tokens.GetProperty("token_type").GetString());
        Assert.Equal("openid profile offline_access", tokens.GetProperty("scope").GetString());
        var idToken = TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!);
        Assert.Equal("a-nonce", idToken.GetProperty("nonce").GetString());
        Assert.Equal(Seed.Alice.Subject, idToken.GetProperty("sub").GetString());
        var userInfo = await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
        Assert.Contains("Alice Adams", await userInfo.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
