using System.Security.Cryptography;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>openid-client of npm against a started server, with one entry that is registered first by the one word and then by the other.</summary>
public sealed class OpenIdClientFapiTests : IClassFixture<KestrelApp>
{
    private readonly KestrelApp _server;

    public OpenIdClientFapiTests(KestrelApp server)
    {
        FapiServer.Demand();
        _server = server;
    }

    [Fact]
    public async Task Openid_client_signs_in_refreshes_and_asks_by_both_profiles()
    {
        NodeScript.Demand("openid-client");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: true);
        var (x, y) = (CanonicalBase64Url.Encode(point.Q.X), CanonicalBase64Url.Encode(point.Q.Y));
        var entry = Seed.Web with { Secrets = [], Jwks = $$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}","kid":"one","use":"sig"}]}""" };
        var clients = new[] { "fapi2", "fapi2-message-signing" }.ToDictionary(profile => profile, profile => FapiServer.Complete(entry with { ClientId = "npm-" + profile, Profile = profile }));
        foreach (var client in clients.Values)
        {
            await _server.App.SaveAsync(client);
        }

        var settings = JsonSerializer.Serialize(new
        {
            issuer = _server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            key = new { kty = "EC", crv = "P-256", x, y, d = CanonicalBase64Url.Encode(point.D), kid = "one" },
            clients = clients.ToDictionary(client => client.Key, client => Application(client.Value)),
        });

        var results = await NodeScript.RunAsync("fapi.mjs", settings, TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
        Assert.Equal(clients.Keys, results.Select(result => result.GetProperty("scenario").GetString()));
    }

    private static object Application(Client client) => new { id = client.ClientId, redirectUri = client.RedirectUris[0], scope = "openid profile email offline_access" };
}
