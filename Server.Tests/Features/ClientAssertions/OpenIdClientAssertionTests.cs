using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>A client nobody here wrote, openid-client of npm, signs its assertions against a started server.</summary>
public sealed class OpenIdClientAssertionTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    public async Task Openid_client_gets_through_with_a_key(string alg)
    {
        NodeScript.Demand("openid-client");
        Assert.True(SigningAlgorithm.TryFind(alg, out var algorithm));
        using var key = SigningKey.Create(algorithm);
        var service = AssertionServer.Service("node-service-" + alg) with { Jwks = TestJwt.SetOf(key) };
        var web = service with
        {
            ClientId = "node-web-" + alg,
            GrantTypes = ["authorization_code", "refresh_token"],
            ResponseTypes = ["code"],
            RedirectUris = Seed.Web.RedirectUris,
            Scope = Seed.Web.Scope,
        };
        await server.App.SaveAsync(service);
        await server.App.SaveAsync(web);

        var results = await NodeScript.RunAsync("private-key-jwt.mjs", Settings(key, service, web), TestContext.Current.CancellationToken);

        Assert.Equal(4, results.Count);
        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
    }

    private string Settings(SigningKey key, Client service, Client web)
    {
        var (alg, pkcs8, kid) = (key.Algorithm.Name, Convert.ToBase64String(key.ExportPkcs8()), key.Kid);
        return JsonSerializer.Serialize(new
        {
            issuer = server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            service = new { id = service.ClientId, alg, pkcs8, kid, scope = Seed.ReadFiles.Name },
            web = new { id = web.ClientId, alg, pkcs8, kid, redirectUri = web.RedirectUris[0], scope = "openid profile email offline_access" },
        });
    }
}
