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

    [Fact]
    public async Task A_changed_entry_is_updated_and_no_other_row_is_written()
    {
        await _server.ApplyAsync(Valid);
        var before = (await _server.RowVersionsAsync()).Split('\n');

        var changes = await _server.ApplyAsync(Valid.Replace("title: Read your things", "title: See your things", StringComparison.Ordinal));

        Assert.Equal(["scope read:things"], changes.Written);
        Assert.StartsWith("scope read:things ", Assert.Single((await _server.RowVersionsAsync()).Split('\n').Except(before)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redirect_uris: [https://app.example.com/callback]", "redirect_uris: [https://app.example.com/other]", "client web")]
    [InlineData("web-secret-web-secret-web-secret-web", "other-secret-other-secret-other-secret", "client web")]
    [InlineData("scope: openid read:things", "scope: [openid]", "client web")]
    [InlineData("scope: openid read:things", "scope: [read:things, openid]", "client web")]
    [InlineData("name: Things", "name: Many things", "resource https://api.example.com")]
    [InlineData("email: ann@example.com", "email: ann@example.org", "user ann")]
    [InlineData("password: a password", "password: another password", "password of user ann")]
    public async Task Any_difference_is_seen(string from, string to, string written)
    {
        await _server.ApplyAsync(Valid);

        Assert.Equal([written], (await _server.ApplyAsync(Valid.Replace(from, to, StringComparison.Ordinal))).Written);
        Assert.Empty((await _server.ApplyAsync(Valid.Replace(from, to, StringComparison.Ordinal))).Written);
    }

    [Fact]
    public async Task A_client_secret_is_stored_as_its_hash_and_may_be_given_as_one()
    {
        await _server.ApplyAsync(Valid);
        _server.Environment["WEB_SECRET"] = "web-secret-web-secret-web-secret-web";
        var hash = System.Security.Cryptography.SHA256.HashData("web-secret-web-secret-web-secret-web"u8);
        const string Given = "client_secret: web-secret-web-secret-web-secret-web";

        Assert.Equal(hash, Assert.Single((await _server.Clients.FindAsync("web", Ct))!.Secrets).Hash);
        foreach (var same in new[]
        {
            "client_secret_env: WEB_SECRET", "client_secret_hash: " + Convert.ToHexString(hash), "client_secret_hash: " + Convert.ToHexStringLower(hash),
            "client_secret_hash: " + System.Buffers.Text.Base64Url.EncodeToString(hash), "client_secrets: [{client_secret_env: WEB_SECRET}]",
        })
        {
            Assert.Empty((await _server.ApplyAsync(Valid.Replace(Given, same, StringComparison.Ordinal))).Written);
        }
    }

    [Fact]
    public async Task Two_secrets_live_together_with_their_ends()
    {
        var two = Valid.Replace(
            "client_secret: web-secret-web-secret-web-secret-web",
            "client_secrets: [{client_secret: new-secret}, {client_secret: old-secret, expires_at: 2030-02-01T12:00:00+01:00}]", StringComparison.Ordinal);
        await _server.ApplyAsync(two);

        var ends = (await _server.Clients.FindAsync("web", Ct))!.Secrets.Select(secret => secret.ExpiresAt).OrderBy(end => end);
        Assert.Equal([null, new DateTimeOffset(2030, 2, 1, 11, 0, 0, TimeSpan.Zero)], ends);
        Assert.Empty((await _server.ApplyAsync(two)).Written);
    }

    [Fact]
    public async Task A_variable_may_name_a_file_by_its_FILE_twin()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "from a file\n", Ct);
            _server.Environment["ANN_FILE"] = file;

            await _server.ApplyAsync("users: [{username: ann, password_env: ANN}]");

            Assert.True(await _server.SignsInAsync("ann", "from a file"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_standard_scope_takes_other_words_and_keeps_its_claims()
    {
        await _server.ApplyAsync("scopes: [{name: email, title: Your address, required: true}]");

        var scope = (await _server.Scopes.ListAsync(Ct)).Single(scope => scope.Name == "email");
        Assert.Equal(("Your address", true, true), (scope.Title, scope.Required, scope.Personal));
        Assert.Equal(["email", "email_verified"], scope.Claims);

        Assert.Equal(["scope email"], (await _server.ApplyAsync("scopes: []")).Written);
        Assert.Equal("See your e-mail address", (await _server.Scopes.ListAsync(Ct)).Single(scope => scope.Name == "email").Title);
    }

    [Fact]
    public async Task Without_a_file_the_standard_scopes_exist_and_nothing_is_switched_off()
    {
        await _server.ApplyAsync(source: null);
        Assert.Equal(6, (await _server.Scopes.ListAsync(Ct)).Count);
        await _server.ApplyAsync(Valid);

        Assert.Empty((await _server.ApplyAsync(source: null)).Written);
        Assert.Null((await _server.UserAsync("ann")).DisabledAt);
    }

    [Fact]
    public async Task An_entry_with_a_fault_holds_back_all_others()
    {
        await _server.ApplyAsync(Valid);
        var before = await _server.RowVersionsAsync();

        await _server.FaultsOfAsync(Valid.Replace("name: Things", "name: Many things", StringComparison.Ordinal) + "\n    shoe_size: 40");

        Assert.Equal(before, await _server.RowVersionsAsync());
    }

    [Fact]
    public async Task Servers_that_start_together_apply_in_turn()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _server.ApplyAsync(Valid), Ct)));

        Assert.Single(await _server.Users.ListAsync(Ct));
        Assert.Empty((await _server.ApplyAsync(Valid)).Written);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_is_waited_for()
    {
        Task<ConfigChanges> second;
        await using (await _server.TakeTurnAsync())
        {
            second = _server.ApplyAsync(Valid);
            await _server.UntilSomebodyWaitsAsync();
            Assert.Empty(await _server.Users.ListAsync(Ct));
        }

        Assert.Contains("user ann", (await second).Written);
    }

    [Fact]
    public async Task A_client_that_registered_itself_becomes_the_operators_when_the_file_names_it()
    {
        await _server.ApplyAsync(Valid);
        await _server.ExecuteAsync("update clients set registered_by = 'dynamic'");

        await _server.ApplyAsync(Valid);

        Assert.Equal("operator", (await _server.Clients.FindAsync("web", Ct))!.RegisteredBy);
    }
}
