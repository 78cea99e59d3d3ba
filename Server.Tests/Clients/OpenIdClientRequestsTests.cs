using System.Security.Cryptography;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Clients;

/// <summary>openid-client of npm against a started server: the ways of passing a request, and of answering it, that features offer.</summary>
public sealed class OpenIdClientRequestsTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    private static readonly string[] s_parts = ["pushed_authorization_request_endpoint", "request_parameter_supported", "authorization_signing_alg_values_supported"];

    [Fact]
    public async Task Openid_client_pushes_signs_and_is_answered_by_what_is_offered()
    {
        NodeScript.Demand("openid-client");
        string[] scenarios = [.. new[] { "pushed", "signed", "answered" }.Where((_, i) => DiscoveryGolden.IsOfFeatures(s_parts[i])), .. s_parts.All(DiscoveryGolden.IsOfFeatures) ? ["together"] : Array.Empty<string>()];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: true);
        var (x, y) = (CanonicalBase64Url.Encode(point.Q.X), CanonicalBase64Url.Encode(point.Q.Y));
        var plain = Seed.Web with { ClientId = "requests", Jwks = $$"""{"keys":[{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}","kid":"one","use":"sig"}]}""" };
        var strict = plain with
        {
            ClientId = "requests-strict",
            RequirePushedAuthorizationRequests = true,
            RequireSignedRequestObject = true,
            ResponseModes = ["jwt"],
            AuthorizationSignedResponseAlg = "ES256",
        };
        await server.App.SaveAsync(plain);
        await server.App.SaveAsync(strict);
        var settings = JsonSerializer.Serialize(new
        {
            issuer = server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            key = new { kty = "EC", crv = "P-256", x, y, d = CanonicalBase64Url.Encode(point.D), kid = "one" },
            plain = Application(plain),
            strict = Application(strict),
        });

        var results = scenarios.Length == 0 ? [] : await NodeScript.RunAsync("openid-client-requests.mjs", settings, TestContext.Current.CancellationToken, scenarios);

        Assert.Equal(scenarios, results.Select(result => result.GetProperty("scenario").GetString()));
        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
    }

    private static object Application(Client client) => new
    {
        id = client.ClientId,
        secret = AuthCoreApp.Secret,
        redirectUri = client.RedirectUris[0],
        scope = "openid profile email offline_access",
        responseAlg = client.AuthorizationSignedResponseAlg,
    };
}
