using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>A chain has one live end, however many rotate it at once.</summary>
public sealed class RefreshTokenStoreTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly CancellationToken s_ct = CancellationToken.None;

    [Fact]
    public async Task Of_two_that_decided_on_the_same_facts_one_wins_and_the_other_sees_a_retry()
    {
        var token = await NewTokenAsync();
        Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(token)));
        Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(token)));
        var successor = token.Next();

        Assert.True(await TryRotateAsync(token, successor));
        Assert.False(await TryRotateAsync(token, token.Next()));

        var found = await FindAsync(token);
        Assert.IsType<RefreshDecision.Retry>(Decide(found));
        Assert.True(DerivedKeyEncryption.TryDecryptUnder(token.Value, found!.Successor!, out var kept));
        Assert.Equal(successor.Value, System.Text.Encoding.ASCII.GetString(kept));
        Assert.Equal(1, await LiveTokens.CountAsync(app, token.Id));
    }

    [Fact]
    public async Task A_family_revoked_between_load_and_apply_rotates_and_keeps_nothing()
    {
        var token = await NewTokenAsync();
        Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(token)));

        await RevokeAsync(token);

        Assert.False(await TryRotateAsync(token, token.Next()));
        Assert.False(await app.Get<RefreshTokenStore>().TryKeepAsync(new RefreshKept(token.Id, token.Hash, app.Time!.GetUtcNow(), app.Time.GetUtcNow() + TimeSpan.FromDays(9)), along: null, s_ct));
        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(token)));
    }

    [Fact]
    public async Task A_family_revoked_after_apply_takes_the_successor_with_it()
    {
        var token = await NewTokenAsync();
        var successor = token.Next();
        Assert.True(await TryRotateAsync(token, successor));

        await RevokeAsync(token);

        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(successor)));
        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(token)));   // no retry in a dead family
        Assert.False(await TryRotateAsync(successor, token.Next()));
    }

    [Fact]
    public async Task A_successor_that_was_presented_is_seen_at_its_predecessor()
    {
        var token = await NewTokenAsync();
        var successor = token.Next();
        Assert.True(await TryRotateAsync(token, successor));
        Assert.False((await FindAsync(token))!.Token.SuccessorWasPresented);

        Assert.True(await TryRotateAsync(successor, token.Next()));

        Assert.True((await FindAsync(token))!.Token.SuccessorWasPresented);
        Assert.IsType<RefreshDecision.Replayed>(Decide(await FindAsync(token)));
    }

    [Fact]
    public async Task The_oldest_of_a_long_chain_is_still_known_to_be_spent()
    {
        var first = await NewTokenAsync();
        var last = first;
        for (var i = 0; i < 5; i++)
        {
            var next = last.Next();
            Assert.True(await TryRotateAsync(last, next));
            last = next;
        }

        Assert.IsType<RefreshDecision.Replayed>(Decide(await FindAsync(first)));
        Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(last)));
    }

    [Fact]
    public async Task A_value_of_the_chain_that_was_never_given_out_is_nothing_in_a_chain_of_one_and_spent_in_a_longer_one()
    {
        var token = await NewTokenAsync();
        var madeUp = token.Next();   // only who has a token of the chain can make it
        Assert.Null(await FindAsync(madeUp));

        Assert.True(await TryRotateAsync(token, token.Next()));

        Assert.IsType<RefreshDecision.Replayed>(Decide(await FindAsync(madeUp)));
        Assert.False(await TryRotateAsync(madeUp, madeUp.Next()));
    }

    [Fact]
    public async Task The_right_family_with_another_secret_finds_and_rotates_nothing()
    {
        var token = await NewTokenAsync();
        Assert.True(await TryRotateAsync(token, token = token.Next()));
        var forged = Handle.Create(HandleKind.RefreshToken, token.Id);

        Assert.Null(await FindAsync(forged));
        Assert.False(await TryRotateAsync(forged, token.Next()));
        Assert.Equal(1, await LiveTokens.CountAsync(app, token.Id));
    }

    [Fact]
    public async Task The_right_secret_under_another_family_finds_nothing()
    {
        var token = await NewTokenAsync();
        var other = await NewTokenAsync();

        var moved = HandleKind.RefreshToken.Prefix + other.Value[HandleKind.RefreshToken.Prefix.Length..(HandleKind.RefreshToken.Prefix.Length + 21)] + token.Value[(HandleKind.RefreshToken.Prefix.Length + 21)..];
        Assert.True(Handle.TryParse(HandleKind.RefreshToken, moved, out var forged));
        Assert.Null(await FindAsync(forged));
    }

    [Fact]
    public async Task The_successor_opens_under_no_other_token()
    {
        var token = await NewTokenAsync();
        Assert.True(await TryRotateAsync(token, token.Next()));
        var sealedSuccessor = (await FindAsync(token))!.Successor!;

        Assert.False(DerivedKeyEncryption.TryDecryptUnder((await NewTokenAsync()).Value, sealedSuccessor, out _));
    }

    [Fact]
    public async Task Those_that_rotate_at_once_share_statements_and_each_gets_its_own_successor()
    {
        var tokens = await NewTokensAsync(8);
        var successors = tokens.Select(token => token.Next()).ToArray();
        using var statements = new Statements(app.ConnectionString);

        var rotated = await AtOnceAsync(() => tokens.Zip(successors, TryRotateAsync));

        Assert.All(rotated, Assert.True);
        Assert.Equal(2, statements.Take().Count(text => text.Contains("unnest", StringComparison.Ordinal)));   // one that set out at once, and the others together
        foreach (var (token, successor) in tokens.Zip(successors))
        {
            Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(successor)));
            Assert.True(DerivedKeyEncryption.TryDecryptUnder(token.Value, (await FindAsync(token))!.Successor!, out var kept));
            Assert.Equal(successor.Value, System.Text.Encoding.ASCII.GetString(kept));
        }
    }

    [Fact]
    public async Task A_family_that_somebody_holds_keeps_no_other_waiting()
    {
        var tokens = await NewTokensAsync(4);
        await using var held = await RowLock.TakeAsync(app.ConnectionString, "select 1 from grants where id = @id for update", tokens[2].Id);

        var rotations = tokens.Select(token => TryRotateAsync(token, token.Next())).ToArray();
        await held.WaitersAsync(1);
        Assert.All(await Task.WhenAll(rotations[0], rotations[1], rotations[3]), Assert.True);
        Assert.False(rotations[2].IsCompleted);

        await held.ReleaseAsync();
        Assert.True(await rotations[2]);
    }

    [Fact]
    public async Task A_token_that_is_brought_several_times_at_once_is_rotated_once()
    {
        var token = await NewTokenAsync();
        var successors = Enumerable.Range(0, 6).Select(_ => token.Next()).ToArray();

        var rotated = await AtOnceAsync(() => successors.Select(successor => TryRotateAsync(token, successor)));

        Assert.Single(rotated, won => won);
        Assert.IsType<RefreshDecision.Rotate>(Decide(await FindAsync(successors[Array.IndexOf(rotated, true)])));
        Assert.Equal(1, await LiveTokens.CountAsync(app, token.Id));
    }

    [Fact]
    public async Task Among_those_that_go_together_a_dead_family_a_spent_token_and_a_forged_one_get_nothing_and_cost_the_others_nothing()
    {
        var tokens = await NewTokensAsync(5);
        await RevokeAsync(tokens[1]);
        Assert.True(await TryRotateAsync(tokens[2], tokens[2].Next()));
        tokens[3] = Handle.Create(HandleKind.RefreshToken, tokens[3].Id);

        var rotated = await AtOnceAsync(() => tokens.Select(token => TryRotateAsync(token, token.Next())));

        Assert.Equal([true, false, false, false, true], rotated);
    }

    [Fact]
    public async Task Those_that_are_looked_for_at_once_are_each_found_as_they_are()
    {
        var tokens = await NewTokensAsync(4);
        var forged = Handle.Create(HandleKind.RefreshToken, tokens[1].Id);
        using var statements = new Statements(app.ConnectionString);

        var found = await AtOnceAsync(() => new[] { tokens[0], tokens[1], forged, tokens[2], tokens[3], tokens[0] }.Select(FindAsync));

        Assert.Equal(2, statements.Take().Count(text => text.Contains("unnest", StringComparison.Ordinal)));
        Assert.Equal([tokens[0].Id, tokens[1].Id, null, tokens[2].Id, tokens[3].Id, tokens[0].Id], found.Select(token => token?.Token.Grant.Id));
    }

    private Task<T[]> AtOnceAsync<T>(Func<IEnumerable<Task<T>>> ask) => RowLock.AtOnceAsync(app.ConnectionString, "grants", ask);

    private async Task<Handle[]> NewTokensAsync(int count)
    {
        var tokens = new Handle[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = await NewTokenAsync();
        }

        return tokens;
    }

    private async Task<Handle> NewTokenAsync()
    {
        using var browser = app.CreateBrowser();
        return Handle.TryParse(HandleKind.RefreshToken, (await browser.BeginAsync(Seed.FirstParty)).RefreshToken, out var token) ? token : throw new InvalidOperationException();
    }

    private Task<StoredRefreshToken?> FindAsync(Handle token) => app.Get<RefreshTokenStore>().FindAsync(new PresentedRefreshToken(token.Id, token.Hash, token.ChainHash), s_ct);

    private Task<bool> RevokeAsync(Handle token) => app.Get<GrantStore>().RevokeAsync(token.Id, "test", app.Time!.GetUtcNow(), s_ct);

    private RefreshDecision Decide(StoredRefreshToken? stored) => RefreshRotation.Decide(
        stored?.Token, new RefreshTokenRequest(null, []), Seed.FirstParty, TimeSpan.FromSeconds(60), TimeSpan.FromHours(8), app.Time!.GetUtcNow());

    private Task<bool> TryRotateAsync(Handle token, Handle successor)
    {
        var now = app.Time!.GetUtcNow();
        var ciphertext = DerivedKeyEncryption.EncryptUnder(token.Value, System.Text.Encoding.ASCII.GetBytes(successor.Value));
        return app.Get<RefreshTokenStore>().TryRotateAsync(
            new RefreshRotated(token.Id, token.Hash, now, new NewRefreshToken(successor.Hash, successor.ChainHash, now + TimeSpan.FromDays(1), Confirmation: null), ciphertext), along: null, s_ct);
    }
}
