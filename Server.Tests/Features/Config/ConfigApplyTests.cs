using AuthCore.Features.Config;

namespace AuthCore.Tests.Features.Config;

public sealed class ConfigApplyTests : IAsyncLifetime
{
    private const string Api = "https://api.example.com";

    private const string Valid =
        """
        scopes:
          - name: read:things
            title: Read your things
        resources:
          - identifier: https://api.example.com
            name: Things
            scopes: [read:things]
        clients:
          - client_id: web
            client_secret: web-secret-web-secret-web-secret-web
            redirect_uris: [https://app.example.com/callback]
            scope: openid read:things
            resources: [https://api.example.com]
        users:
          - username: ann
            email: ann@example.com
            password: a password
        """;

    private ConfigHarness _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ConfigHarness.CreateAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_file_is_applied()
    {
        await _server.ApplyAsync(Valid);

        var client = await _server.Clients.FindAsync("web", Ct);
        Assert.Equal(["authorization_code", "refresh_token"], client!.GrantTypes);
        Assert.Equal(["code"], client.ResponseTypes);
        Assert.Equal("client_secret_basic", client.TokenEndpointAuthMethod);
        Assert.Equal("web", client.ClientName);
        Assert.True(client.RequirePkce);
        Assert.Equal(Api, Assert.Single(await _server.Scopes.ListResourcesAsync(Ct)).Identifier);
        Assert.True(await _server.SignsInAsync("ann", "a password"));
        Assert.False(await _server.SignsInAsync("ann", "A password"));
        Assert.Equal(7, Guid.Parse((await _server.UserAsync("ann")).Subject).Version);
        Assert.Equal(["openid", "profile", "email", "address", "phone", "offline_access", "read:things"], (await _server.Scopes.ListAsync(Ct)).Select(scope => scope.Name));
    }

    [Fact]
    public async Task The_same_file_again_writes_no_row()
    {
        await _server.ApplyAsync(Valid);
        var before = await _server.RowVersionsAsync();
        _server.Time.Advance(TimeSpan.FromDays(1));

        Assert.Empty((await _server.ApplyAsync(Valid)).Written);
        Assert.Equal(before, await _server.RowVersionsAsync());
    }

    [Fact]
    public async Task The_demo_again_writes_no_row()
    {
        await _server.ApplyAsync(ConfigSource.Demo());
        var before = await _server.RowVersionsAsync();

        Assert.Empty((await _server.ApplyAsync(ConfigSource.Demo())).Written);
        Assert.Equal(before, await _server.RowVersionsAsync());
        Assert.Contains("user alice", before, StringComparison.Ordinal);
    }
}
