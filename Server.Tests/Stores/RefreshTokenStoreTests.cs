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
        var successor = Handle.Create(HandleKind.RefreshToken, token.Id);

        Assert.True(await TryRotateAsync(token, successor));
        Assert.False(await TryRotateAsync(token, Handle.Create(HandleKind.RefreshToken, token.Id)));

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

        Assert.False(await TryRotateAsync(token, Handle.Create(HandleKind.RefreshToken, token.Id)));
        Assert.False(await app.Get<RefreshTokenStore>().TryKeepAsync(new RefreshKept(token.Id, token.Hash, app.Time!.GetUtcNow(), app.Time.GetUtcNow() + TimeSpan.FromDays(9)), along: null, s_ct));
        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(token)));
    }

    [Fact]
    public async Task A_family_revoked_after_apply_takes_the_successor_with_it()
    {
        var token = await NewTokenAsync();
        var successor = Handle.Create(HandleKind.RefreshToken, token.Id);
        Assert.True(await TryRotateAsync(token, successor));

        await RevokeAsync(token);

        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(successor)));
        Assert.IsType<RefreshDecision.Reject>(Decide(await FindAsync(token)));   // no retry in a dead family
        Assert.False(await TryRotateAsync(successor, Handle.Create(HandleKind.RefreshToken, token.Id)));
    }

    [Fact]
    public async Task A_successor_that_was_presented_is_seen_at_its_predecessor()
    {
        var token = await NewTokenAsync();
        var successor = Handle.Create(HandleKind.RefreshToken, token.Id);
        Assert.True(await TryRotateAsync(token, successor));
        Assert.False((await FindAsync(token))!.Token.SuccessorWasPresented);

        Assert.True(await TryRotateAsync(successor, Handle.Create(HandleKind.RefreshToken, token.Id)));

        Assert.True((await FindAsync(token))!.Token.SuccessorWasPresented);
        Assert.IsType<RefreshDecision.Replayed>(Decide(await FindAsync(token)));
    }

    [Fact]
    public async Task The_right_family_with_another_secret_finds_and_rotates_nothing()
    {
        var token = await NewTokenAsync();
        var forged = Handle.Create(HandleKind.RefreshToken, token.Id);

        Assert.Null(await FindAsync(forged));
        Assert.False(await TryRotateAsync(forged, Handle.Create(HandleKind.RefreshToken, token.Id)));
        Assert.Equal(1, await LiveTokens.CountAsync(app, token.Id));
    }

    [Fact]
    public async Task The_right_secret_under_another_family_finds_nothing()
    {
        var token = await NewTokenAsync();
        var other = await NewTokenAsync();

        Assert.Null(await app.Get<RefreshTokenStore>().FindAsync(other.Id, token.Hash, s_ct));
    }

    [Fact]
    public async Task The_successor_opens_under_no_other_token()
    {
        var token = await NewTokenAsync();
        Assert.True(await TryRotateAsync(token, Handle.Create(HandleKind.RefreshToken, token.Id)));
        var sealedSuccessor = (await FindAsync(token))!.Successor!;

        Assert.False(DerivedKeyEncryption.TryDecryptUnder((await NewTokenAsync()).Value, sealedSuccessor, out _));
    }

    private async Task<Handle> NewTokenAsync()
    {
        using var browser = app.CreateBrowser();
        return Handle.TryParse(HandleKind.RefreshToken, (await browser.BeginAsync(Seed.FirstParty)).RefreshToken, out var token) ? token : throw new InvalidOperationException();
    }

    private Task<StoredRefreshToken?> FindAsync(Handle token) => app.Get<RefreshTokenStore>().FindAsync(token.Id, token.Hash, s_ct);

    private Task<bool> RevokeAsync(Handle token) => app.Get<GrantStore>().RevokeAsync(token.Id, "test", app.Time!.GetUtcNow(), s_ct);

    private RefreshDecision Decide(StoredRefreshToken? stored) => RefreshRotation.Decide(
        stored?.Token, new RefreshTokenRequest(null, []), Seed.FirstParty, TimeSpan.FromSeconds(60), TimeSpan.FromHours(8), app.Time!.GetUtcNow());

    private Task<bool> TryRotateAsync(Handle token, Handle successor)
    {
        var now = app.Time!.GetUtcNow();
        var ciphertext = DerivedKeyEncryption.EncryptUnder(token.Value, System.Text.Encoding.ASCII.GetBytes(successor.Value));
        return app.Get<RefreshTokenStore>().TryRotateAsync(
            new RefreshRotated(token.Id, token.Hash, now, ["openid"], [], successor.Hash, ciphertext, now + TimeSpan.FromDays(1)), along: null, s_ct);
    }
}
