using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Logout;

/// <summary>A client nobody here wrote, openid-client of npm, signs a person in and out.</summary>
public sealed class EndSessionByOpenIdClientTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Fact]
    public async Task Openid_client_signs_out_and_comes_back_with_its_state()
    {
        NodeScript.Demand("openid-client");
        const string bye = "https://app.example/bye";
        Client client = Seed.Web with { ClientId = "signs-out", PostLogoutRedirectUris = [bye] };
        await server.App.SaveAsync(client);
        var settings = JsonSerializer.Serialize(new
        {
            issuer = server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            postLogoutRedirectUri = bye,
            clients = new { basic = new { id = client.ClientId, secret = AuthCoreApp.Secret, redirectUri = client.RedirectUris[0], scope = "openid profile" } },
        });

        var results = await NodeScript.RunAsync("openid-client.mjs", settings, TestContext.Current.CancellationToken, "end_session");

        var result = Assert.Single(results);
        Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString());
    }
}
