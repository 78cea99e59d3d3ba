using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>openid-client of npm proves keys to a started server that demands nonces of both its clients.</summary>
public sealed class OpenIdClientDpopTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    private static readonly Client s_native = Seed.Native with { ClientId = "native-with-key", RequireDpopNonce = true };
    private static readonly Client s_web = Seed.Web with { ClientId = "web-with-key", RequireDpopNonce = true };

    [Fact]
    public async Task Openid_client_gets_through_with_nonces_and_a_thief_without_the_key_does_not()
    {
        NodeScript.Demand("openid-client");
        await server.App.SaveAsync(s_native);
        await server.App.SaveAsync(s_web);

        var results = await NodeScript.RunAsync("openid-client-dpop.mjs", Settings(server.Issuer), TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
        Assert.Equal(["native", "web", "stolen"], results.Select(result => result.GetProperty("scenario").GetString()));
        Assert.All(results.Take(2), result => Assert.NotEqual(0, result.GetProperty("nonces").GetInt32()));
    }

    private static string Settings(string issuer) => JsonSerializer.Serialize(new
    {
        issuer,
        username = Seed.Alice.Username,
        password = AuthCoreApp.Password,
        clients = new
        {
            native = new { id = s_native.ClientId, redirectUri = "http://127.0.0.1:51234/cb", scope = "openid profile email offline_access" },
            web = new { id = s_web.ClientId, secret = AuthCoreApp.Secret, redirectUri = s_web.RedirectUris[0], scope = "openid profile email offline_access" },
        },
    });
}
