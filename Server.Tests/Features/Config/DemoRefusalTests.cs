using AuthCore.Features.Config;
using AuthCore.Options;

namespace AuthCore.Tests.Features.Config;

public sealed class DemoRefusalTests : IAsyncLifetime
{
    private ConfigHarness _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ConfigHarness.CreateAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("demo: true", "1: demo: a demo configuration is for Development only")]
    [InlineData("users:\n  - username: me\n    password: alice-password", "3: user: this password is that of a demo user")]
    [InlineData("clients:\n  - client_id: x\n    client_secret: demo-web-secret-demo-web-secret-0000\n    grant_types: [client_credentials]", "3: client: this secret is that of a demo client")]
    [InlineData("clients:\n  - client_id: x\n    client_secret: 0123456789abcdef0123456789abcde\n    grant_types: [client_credentials]", "3: client: client_secret has fewer than 32 characters")]
    public async Task Outside_Development_only_it_is_refused(string yaml, string fault)
    {
        _server.IsDevelopment = false;
        Assert.Contains("authcore.yaml:" + fault, await _server.FaultsOfAsync(yaml), StringComparison.Ordinal);
        Assert.Equal("", await _server.RowVersionsAsync());

        _server.IsDevelopment = true;
        await _server.ApplyAsync(yaml);
    }

    [Fact]
    public async Task The_demo_is_refused_outside_Development()
    {
        _server.IsDevelopment = false;

        var fault = await Assert.ThrowsAsync<StartupException>(() => _server.ApplyAsync(ConfigSource.Demo()));
        Assert.Contains("demo.yaml (built in):2: demo:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_Development_without_a_file_what_a_demo_left_behind_is_switched_off()
    {
        await _server.ApplyAsync(ConfigSource.Demo());
        _server.IsDevelopment = false;

        await _server.ApplyAsync(source: null);

        Assert.NotNull((await _server.UserAsync("alice")).DisabledAt);
        Assert.NotNull((await _server.Clients.FindAsync("demo-web", Ct))!.DisabledAt);
        Assert.Empty(await _server.Scopes.ListResourcesAsync(Ct));
        Assert.DoesNotContain(await _server.Scopes.ListAsync(Ct), scope => scope.Name == "read:files");
    }

    [Fact]
    public async Task A_demo_user_taken_over_by_an_entry_without_a_password_loses_the_known_one()
    {
        await _server.ApplyAsync(ConfigSource.Demo());
        _server.IsDevelopment = false;

        await _server.ApplyAsync("users:\n  - username: alice");

        Assert.Null(await _server.PasswordHashAsync("alice"));
        Assert.Null((await _server.UserAsync("alice")).DisabledAt);
        Assert.Equal("demo-alice", (await _server.UserAsync("alice")).Subject);
    }

    [Fact]
    public async Task The_demo_comes_back_in_Development()
    {
        await _server.ApplyAsync(ConfigSource.Demo());
        await _server.ApplyAsync("users: []");
        Assert.NotNull((await _server.UserAsync("alice")).DisabledAt);

        await _server.ApplyAsync(ConfigSource.Demo());

        Assert.Null((await _server.UserAsync("alice")).DisabledAt);
        Assert.Null((await _server.Clients.FindAsync("demo-web", Ct))!.DisabledAt);
        Assert.True(await _server.SignsInAsync("alice", "alice-password"));
    }

    [Fact]
    public async Task The_facts_of_the_demo_are_those_of_its_file()
    {
        var (model, _) = await _server.Applier().ApplyAsync(ConfigSource.Demo(), Ct);
        var facts = new DemoFacts();

        ConfigExtensions.SetDemoFacts(facts, model);

        Assert.Equal([new DemoUser("alice", "alice-password", "Alice Adams"), new DemoUser("bob", "bob-password", "Bob Brown")], facts.Users);
        Assert.Equal(
            ["demo-web: confidential, web, demo-web-secret-demo-web-secret-0000", "demo-spa: public, web, ", "demo-native: public, native, ", "demo-worker: machine, demo-worker-secret-demo-worker-secret-0000"],
            facts.Clients.Select(client => $"{client.ClientId}: {client.Kind}, {client.Secret}"));
        Assert.Throws<InvalidOperationException>(() => ConfigExtensions.SetDemoFacts(facts, model));
    }
}
