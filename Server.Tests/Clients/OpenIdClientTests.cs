using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Clients;

/// <summary>A client nobody here wrote, openid-client of npm, against a started server.</summary>
public sealed class OpenIdClientTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Theory]
    [InlineData("discovery")]
    [InlineData("public")]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    [InlineData("client_credentials")]
    [InlineData("replay")]
    [InlineData("wrong_secret")]
    public async Task Openid_client_gets_through(string scenario)
    {
        NodeScript.Demand("openid-client");
        var ct = TestContext.Current.CancellationToken;

        var results = await NodeScript.RunAsync("openid-client.mjs", Settings(server.Issuer), ct, scenario);

        var result = Assert.Single(results);
        Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString());
    }

    private static string Settings(string issuer) => JsonSerializer.Serialize(new
    {
        issuer,
        username = Seed.Alice.Username,
        password = AuthCoreApp.Password,
        clients = new
        {
            @public = Application(Seed.Native, "http://127.0.0.1:51234/cb"),
            basic = Application(Seed.Web),
            post = Application(Seed.Post),
            machine = new { id = Seed.Machine.ClientId, secret = AuthCoreApp.Secret, scope = Seed.ReadFiles.Name },
        },
    });

    private static object Application(Client client, string? redirectUri = null) => new
    {
        id = client.ClientId,
        secret = client.IsPublic ? null : AuthCoreApp.Secret,
        redirectUri = redirectUri ?? client.RedirectUris[0],
        scope = "openid profile email offline_access",
    };
}
