using System.Text.Json;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>A client nobody here wrote, openid-client of npm, gives tokens back.</summary>
public sealed class RevocationClientTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Fact]
    public async Task Openid_client_gets_through()
    {
        NodeScript.Demand("openid-client");
        const string Scope = "openid profile offline_access";
        var settings = JsonSerializer.Serialize(new
        {
            issuer = server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            clients = new
            {
                app = new { id = Seed.FirstParty.ClientId, secret = AuthCoreApp.Secret, redirectUri = Seed.FirstParty.RedirectUris[0], scope = Scope },
                @public = new { id = Seed.Native.ClientId, redirectUri = "http://127.0.0.1:51234/cb", scope = Scope },
            },
        });

        var results = await NodeScript.RunAsync("revocation.mjs", settings, TestContext.Current.CancellationToken);

        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
    }
}
