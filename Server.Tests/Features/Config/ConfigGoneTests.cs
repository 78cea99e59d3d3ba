namespace AuthCore.Tests.Features.Config;

/// <summary>What a file once named and names no more, and what was switched off.</summary>
public sealed class ConfigGoneTests : IAsyncLifetime
{
    private const string Full =
        """
        scopes: [{name: read:things, title: Read}]
        resources: [{identifier: "https://api.example.com", scopes: [read:things]}]
        clients:
          - client_id: web
            redirect_uris: [https://app.example.com/callback]
            scope: read:things
            resources: [https://api.example.com]
        users: [{username: ann}]
        """;

    private ConfigHarness _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ConfigHarness.CreateAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_is_named_no_more_is_switched_off_or_deleted_once_and_comes_back()
    {
        await _server.ApplyAsync(Full);

        Assert.Equal(4, (await _server.ApplyAsync("{}")).Written.Count);
        Assert.Empty((await _server.ApplyAsync("{}")).Written);
        Assert.Equal(_server.Time.GetUtcNow(), (await _server.UserAsync("ann")).DisabledAt);
        Assert.Equal(_server.Time.GetUtcNow(), (await _server.Clients.FindAsync("web", Ct))!.DisabledAt);
        Assert.Empty(await _server.Scopes.ListResourcesAsync(Ct));
        Assert.DoesNotContain(await _server.Scopes.ListAsync(Ct), scope => scope.Name == "read:things");

        await _server.ApplyAsync(Full);
        Assert.Null((await _server.UserAsync("ann")).DisabledAt);
        Assert.Null((await _server.Clients.FindAsync("web", Ct))!.DisabledAt);
        Assert.Empty((await _server.ApplyAsync(Full)).Written);
    }

    [Fact]
    public async Task What_another_client_still_uses_stays()
    {
        await _server.ApplyAsync(Full);
        await _server.ExecuteAsync("delete from config_entries where kind = 'client'");   // now it is not the file's

        Assert.Equal(["user " + (await _server.UserAsync("ann")).Subject], (await _server.ApplyAsync("{}")).Written);
        Assert.Contains(await _server.Scopes.ListAsync(Ct), scope => scope.Name == "read:things");
        Assert.Single(await _server.Scopes.ListResourcesAsync(Ct));

        await _server.ExecuteAsync("delete from clients");
        await _server.ApplyAsync("{}");
        Assert.DoesNotContain(await _server.Scopes.ListAsync(Ct), scope => scope.Name == "read:things");
    }

    [Fact]
    public async Task What_the_file_never_named_is_left_alone()
    {
        await _server.ApplyAsync(Full);
        await _server.ExecuteAsync("delete from config_entries");
        var before = await _server.RowVersionsAsync();

        await _server.ApplyAsync("{}");

        Assert.Equal(before, await _server.RowVersionsAsync());
    }

    [Fact]
    public async Task What_is_gone_and_deleted_elsewhere_is_forgotten()
    {
        await _server.ApplyAsync(Full);
        await _server.ExecuteAsync("delete from clients");
        await _server.ExecuteAsync("delete from users");

        await _server.ApplyAsync("{}");

        Assert.Empty(await _server.Entries.ListAsync(Ct));
    }

    [Fact]
    public async Task A_client_cannot_lean_on_a_scope_that_the_file_names_no_more()
    {
        await _server.ApplyAsync(Full);

        var message = await _server.FaultsOfAsync(Full.Replace("scopes: [{name: read:things, title: Read}]", "", StringComparison.Ordinal));
        Assert.Contains("client: scope names 'read:things'", message, StringComparison.Ordinal);
        Assert.Contains("resource: scopes names a scope", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disabled_follows_the_file_where_it_says_so()
    {
        await _server.ApplyAsync("users: [{username: ann, disabled: true}]");
        var since = (await _server.UserAsync("ann")).DisabledAt;
        Assert.NotNull(since);

        _server.Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty((await _server.ApplyAsync("users: [{username: ann, disabled: true}]")).Written);
        Assert.Equal(since, (await _server.UserAsync("ann")).DisabledAt);

        await _server.ApplyAsync("users: [{username: ann}]");
        Assert.Null((await _server.UserAsync("ann")).DisabledAt);
    }

    [Fact]
    public async Task Who_was_switched_off_elsewhere_stays_so_unless_the_file_says_otherwise()
    {
        await _server.ApplyAsync(Full);
        await _server.ExecuteAsync("update users set disabled_at = now()");
        await _server.ExecuteAsync("update clients set disabled_at = now()");

        Assert.Empty((await _server.ApplyAsync(Full)).Written);
        Assert.NotNull((await _server.UserAsync("ann")).DisabledAt);

        await _server.ApplyAsync(Full.Replace("username: ann", "username: ann, disabled: false", StringComparison.Ordinal));
        Assert.Null((await _server.UserAsync("ann")).DisabledAt);
        Assert.NotNull((await _server.Clients.FindAsync("web", Ct))!.DisabledAt);
    }
}
