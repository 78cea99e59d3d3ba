using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>Families begin together, each by its own facts.</summary>
public sealed class GrantStoreTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly CancellationToken s_ct = CancellationToken.None;

    [Fact]
    public async Task Those_that_begin_at_once_share_statements_and_are_each_kept_as_they_are()
    {
        var (like, endings) = await LikeAsync();
        var grants = Enumerable.Range(0, 6).Select(i => like with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()), Nonce = $"nonce {i}", Declined = [.. Enumerable.Repeat("email", i % 3)] }).ToArray();
        using var statements = new Statements(app.ConnectionString);

        var begun = await RowLock.AtOnceAsync(app.ConnectionString, "grants", () => grants.Select(grant => BeginAsync(grant, endings)));

        Assert.All(begun, Assert.True);
        Assert.Equal(2, statements.Take().Count(text => text.Contains("unnest", StringComparison.Ordinal)));   // one that set out at once, and the others together
        foreach (var grant in grants)
        {
            var kept = (await app.Get<GrantStore>().FindWithUserAsync(grant.Id, s_ct))!.Grant;
            Assert.Equivalent(grant with { Session = kept.Session, UserIsEnabled = true }, kept, strict: true);
        }
    }

    /// <summary>Lists travel as one text.</summary>
    [Theory]
    [InlineData]
    [InlineData("openid")]
    [InlineData("openid", "a,b", "{c}", "d\\e", "f'g", "NULL")]
    public async Task Lists_are_kept_as_they_were(params string[] words)
    {
        var (like, endings) = await LikeAsync();
        var grant = like with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()), Scope = words, ClaimNames = words, Declined = words, Resource = words, Amr = words };

        Assert.True(await BeginAsync(grant, endings));

        var kept = (await app.Get<GrantStore>().FindWithUserAsync(grant.Id, s_ct))!.Grant;
        Assert.All(new[] { kept.Scope, kept.ClaimNames, kept.Declined, kept.Resource, kept.Amr }, list => Assert.Equal(words, list));
    }

    [Fact]
    public async Task Whose_person_ended_something_meanwhile_does_not_begin_and_the_others_do()
    {
        var (like, endings) = await LikeAsync();

        var begun = await Task.WhenAll(new[] { endings, endings, endings - 1, endings }.Select(seen => BeginAsync(like with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, seen)));

        Assert.Equal([true, true, false, true], begun);
    }

    [Fact]
    public async Task While_somebody_changes_a_person_only_their_families_wait()
    {
        var (mine, endings) = await LikeAsync();
        var (theirs, theirEndings) = await LikeAsync(Seed.Bob);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, "select 1 from users u join grants g on g.subject = u.subject where g.id = @id for update of u", mine.Id);

        var first = BeginAsync(theirs with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, theirEndings);
        var waits = BeginAsync(mine with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, endings);
        var last = BeginAsync(theirs with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, theirEndings);

        Assert.True(await first);
        Assert.True(await last);
        await held.WaitersAsync(1);
        Assert.False(waits.IsCompleted);
        await held.ReleaseAsync();
        Assert.True(await waits);
    }

    [Fact]
    public async Task Whoever_answers_an_interaction_waits_for_another_tab_and_nobody_for_them()
    {
        var (like, endings) = await LikeAsync();
        using var browser = app.CreateBrowser();
        await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty));
        var interaction = await app.Get<Database>().FindAsync<Guid>("select id from interactions where completed_at is null", null, s_ct);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, "select 1 from interactions where id = @id for update", interaction);

        var begun = new Guid?[] { null, interaction, null, null }.Select(of => BeginAsync(like with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, endings, of)).ToArray();

        Assert.All(await Task.WhenAll(begun[0], begun[2], begun[3]), Assert.True);
        await held.WaitersAsync(1);
        Assert.False(begun[1].IsCompleted);
        await held.ReleaseAsync();
        Assert.True(await begun[1]);
        Assert.False(await BeginAsync(like with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, endings, interaction));   // answered
    }

    [Fact]
    public async Task What_families_that_begin_together_note_of_their_sessions_is_noted_for_each()
    {
        var hears = Seed.FirstParty with { ClientId = "hears", BackchannelLogoutUri = "https://hears.example/out" };
        await app.SaveAsync(hears);
        var (here, endings) = await LikeAsync(client: hears);
        var (there, _) = await LikeAsync(client: hears);
        var (deaf, _) = await LikeAsync();
        await app.Get<Database>().ExecuteAsync("delete from session_clients", null, s_ct);

        var begun = await RowLock.AtOnceAsync(
            app.ConnectionString, "grants",
            () => new[] { deaf, deaf with { Scope = ["openid"] }, here, there, here, here with { SessionId = deaf.SessionId, Scope = ["profile"] }, here with { SessionId = null } }
                .Select(grant => BeginAsync(grant with { Id = Guid.CreateVersion7(app.Time!.GetUtcNow()) }, endings)));

        Assert.All(begun, Assert.True);
        Assert.Equal(
            new[] { here.SessionId, there.SessionId }.Order(),
            (await app.Get<Database>().ListAsync<Guid>("select session_id from session_clients where client_id = 'hears'", null, s_ct)).Select(id => (Guid?)id).Order());
        Assert.Equal(2, await app.Get<Database>().FindAsync<int>("select count(*)::int from session_clients", null, s_ct));
    }

    private async Task<(Grant Grant, int Endings)> LikeAsync(User? user = null, Client? client = null)
    {
        using var browser = app.CreateBrowser();
        await browser.SignInAsync((user ?? Seed.Alice).Username);
        Assert.True(Handle.TryParse(HandleKind.Code, await browser.GetCodeAsync(client ?? Seed.FirstParty), out var code));
        var grant = (await app.Get<GrantStore>().FindWithUserAsync(code.Id, s_ct))!.Grant;
        return (grant, await app.Get<Database>().FindAsync<int>("select endings from users where subject = @Subject", new { grant.Subject }, s_ct));
    }

    private Task<bool> BeginAsync(Grant grant, int endings, Guid? interaction = null) => app.Get<GrantStore>().TryBeginAsync(
        grant,
        new NewCode(Handle.Create(HandleKind.Code, grant.Id).Hash, new ChosenRedirectUri(Seed.FirstParty.RedirectUris[0], WasSent: true), "challenge", grant.CreatedAt.AddMinutes(1)),
        new GrantFacts(interaction, endings), s_ct);
}
