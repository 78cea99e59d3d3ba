using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Config;

/// <summary>RFC 7662 §2.1: who may ask about the tokens of a resource is somebody who can.</summary>
public sealed class ConfigIntrospectionTests : IAsyncLifetime
{
    private const string Api = "clients:\n  - client_id: api\n    client_secret: 0123456789abcdef0123456789abcdef\n    grant_types: [client_credentials]\n";
    private const string Spa = "clients:\n  - client_id: spa\n    redirect_uris: [https://spa.example/cb]\n";

    private ConfigHarness _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ConfigHarness.CreateAsync();
        _server.ResourceSettings = ["introspection_clients"];
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whoever_is_not_there_or_proves_nothing_is_refused_and_named()
    {
        Assert.Contains("authcore.yaml:4: resource: introspection_clients names 'ap1', which is no client of this server", await _server.FaultsOfAsync(Entry("ap1")), StringComparison.Ordinal);
        Assert.Contains("resource: introspection_clients names 'ap1'", await _server.FaultsOfAsync(Api + Entry("api, ap1")), StringComparison.Ordinal);
        Assert.Contains("resource: introspection_clients names 'API'", await _server.FaultsOfAsync(Api + Entry("API")), StringComparison.Ordinal);
        Assert.Contains("resource: introspection_clients names 'spa', a public client, which cannot ask", await _server.FaultsOfAsync(Spa + Entry("spa")), StringComparison.Ordinal);
        Assert.Equal("", await _server.RowVersionsAsync());
    }

    [Fact]
    public async Task A_client_of_the_file_or_from_elsewhere_is_taken_and_one_that_the_file_names_no_more_is_not()
    {
        await _server.Clients.SaveAsync(Seed.Machine with { ClientId = "elsewhere", Scope = [], Resources = [] }, TestContext.Current.CancellationToken);
        await _server.Clients.SaveAsync(Seed.Spa with { ClientId = "public-elsewhere", Scope = [], Resources = [] }, TestContext.Current.CancellationToken);

        await _server.ApplyAsync(Api + Entry("api, elsewhere"));

        Assert.Equal(["api", "elsewhere"], Assert.Single(await _server.Scopes.ListResourcesAsync(TestContext.Current.CancellationToken)).IntrospectionClients);
        Assert.Contains("names 'public-elsewhere', a public client", await _server.FaultsOfAsync(Api + Entry("public-elsewhere")), StringComparison.Ordinal);
        Assert.Contains("names 'api', which is no client", await _server.FaultsOfAsync(Entry("api")), StringComparison.Ordinal);
    }

    private static string Entry(string clients) => $"resources:\n  - identifier: urn:a:b\n    name: B\n    introspection_clients: [{clients}]\n";
}
