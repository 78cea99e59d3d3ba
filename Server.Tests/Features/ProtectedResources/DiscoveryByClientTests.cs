using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ProtectedResources;

/// <summary>RFC 9728 with oauth4webapi of npm: a client that knows nothing but the resource finds its server.</summary>
public sealed class DiscoveryByClientTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Fact]
    public async Task A_client_finds_the_server_of_a_resource_at_our_own_origin()
    {
        NodeScript.Demand("openid-client");

        var result = Assert.Single(await NodeScript.RunAsync(
            "resource-indicators.mjs", await ResourceIndicatorsTests.SettingsAsync(server), TestContext.Current.CancellationToken, "protected_resource"));

        Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString());
    }
}
