namespace AuthCore.Tests.Features.Config;

/// <summary>Who is disabled by the file, or gets another password from it, loses what is going on; who is enabled again gets none of it back.</summary>
public sealed class ConfigEndingTests : IAsyncLifetime
{
    private const string Both = "clients: [{client_id: c, redirect_uris: [https://app.example.com/cb], scope: openid}]\nusers: [{username: ann, sub: a, password: first password}, {username: bea, sub: b, password: another}]";

    private ConfigHarness _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ConfigHarness.CreateAsync();
        await _server.ApplyAsync(Both);
        foreach (var subject in new[] { "a", "b" })
        {
            await _server.ExecuteAsync(
                $"""
                 insert into sessions (id, handle_hash, subject, authenticated_at, acr, amr, created_at, last_seen_at, expires_at)
                 values (gen_random_uuid(), sha256('x'), '{subject}', now(), 'x', array['pwd'], now(), now(), now() + interval '1 day');
                 insert into grants (id, client_id, subject, offline, scope, resource, acr, amr, authenticated_at, created_at, expires_at)
                 values (gen_random_uuid(), 'c', '{subject}', true, array['openid'], array[]::text[], 'x', array['pwd'], now(), now(), now() + interval '1 day')
                 """);
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("username: ann, sub: a, password: first password", "username: ann, sub: a, password: first password, disabled: true")]
    [InlineData("username: ann, sub: a, password: first password", "username: ann, sub: a, password: second password")]
    [InlineData("{username: ann, sub: a, password: first password}, ", "")]
    public async Task What_is_going_on_ends_and_does_not_come_back(string entry, string changed)
    {
        await _server.ApplyAsync(Both.Replace(entry, changed, StringComparison.Ordinal));
        Assert.Equal(2, await EndedAsync("a"));

        await _server.ApplyAsync(Both);
        Assert.Equal(2, await EndedAsync("a"));
        Assert.Equal(0, await EndedAsync("b"));
    }

    [Theory]
    [InlineData("sub: a, password: first password", "sub: a, name: Ann, email: ann@example.com, password: first password")]
    [InlineData("username: ann, sub: a, password: first password", "username: ann, sub: a")]
    [InlineData("username: ann", "username: ann")]
    public async Task Anything_else_ends_nothing(string entry, string changed)
    {
        await _server.ApplyAsync(Both.Replace(entry, changed, StringComparison.Ordinal));

        Assert.Equal(0, await EndedAsync("a"));
    }

    [Fact]
    public async Task A_password_that_was_everybodys_ends_what_it_began()
    {
        await _server.ApplyAsync("demo: true\n" + Both);
        await _server.ApplyAsync(Both.Replace(", password: first password", "", StringComparison.Ordinal));

        Assert.Null(await _server.PasswordHashAsync("ann"));
        Assert.Equal(2, await EndedAsync("a"));
    }

    // One session and one family were there; an update that only selects counts them.
    private async Task<int> EndedAsync(string subject) =>
        await _server.ExecuteAsync($"update sessions set acr = acr where subject = '{subject}' and ended_at is not null")
        + await _server.ExecuteAsync($"update grants set acr = acr where subject = '{subject}' and revoked_at is not null");
}
