using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>One decision, applied once: both requests have loaded the same facts, and only one apply hits.</summary>
public sealed class AuthorizationCodeStoreTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly CancellationToken s_ct = CancellationToken.None;

    [Fact]
    public async Task Of_two_that_decided_on_the_same_facts_one_wins_and_the_other_sees_a_replay()
    {
        var code = await NewCodeAsync();
        var decidedByOne = Decide(await FindAsync(code));
        var decidedByOther = Decide(await FindAsync(code));
        Assert.IsType<CodeDecision.Redeem>(decidedByOne);
        Assert.IsType<CodeDecision.Redeem>(decidedByOther);

        Assert.True(await TryRedeemAsync(code));
        Assert.False(await TryRedeemAsync(code));

        Assert.IsType<CodeDecision.Replayed>(Decide(await FindAsync(code)));
        Assert.Equal(1, await LiveTokens.CountAsync(app, code.Id));
    }

    [Fact]
    public async Task A_family_revoked_between_load_and_apply_gives_nothing()
    {
        var code = await NewCodeAsync();
        Assert.IsType<CodeDecision.Redeem>(Decide(await FindAsync(code)));

        await app.Get<GrantStore>().RevokeAsync(code.Id, "test", app.Time!.GetUtcNow(), s_ct);

        Assert.False(await TryRedeemAsync(code));
        Assert.Null((await FindAsync(code))!.RedeemedAt);
        Assert.Equal(0, await LiveTokens.CountAsync(app, code.Id));
    }

    [Fact]
    public async Task A_family_revoked_after_apply_takes_its_refresh_token_with_it()
    {
        var code = await NewCodeAsync();
        var refresh = Handle.Create(HandleKind.RefreshToken, code.Id);
        Assert.True(await TryRedeemAsync(code, refresh));

        await app.Get<GrantStore>().RevokeAsync(code.Id, "test", app.Time!.GetUtcNow(), s_ct);

        var found = await app.Get<RefreshTokenStore>().FindAsync(new PresentedRefreshToken(refresh.Id, refresh.Hash, refresh.ChainHash), s_ct);
        Assert.NotNull(found!.Token.Grant.RevokedAt);
    }

    [Fact]
    public async Task A_code_without_a_refresh_token_leaves_none()
    {
        var code = await NewCodeAsync();

        Assert.True(await app.Get<AuthorizationCodeStore>().TryRedeemAsync(new CodeRedeemed(code.Id, code.Hash, app.Time!.GetUtcNow(), Refresh: null), along: null, s_ct));

        Assert.Equal(0, await LiveTokens.CountAsync(app, code.Id));
    }

    [Fact]
    public async Task The_right_family_with_another_secret_finds_and_redeems_nothing()
    {
        var code = await NewCodeAsync();
        var forged = Handle.Create(HandleKind.Code, code.Id);

        Assert.Null(await FindAsync(forged));
        Assert.False(await TryRedeemAsync(forged));
        Assert.Null((await FindAsync(code))!.RedeemedAt);
    }

    [Fact]
    public async Task A_family_is_revoked_once()
    {
        var code = await NewCodeAsync();
        var now = app.Time!.GetUtcNow();

        Assert.True(await app.Get<GrantStore>().RevokeAsync(code.Id, "first", now, s_ct));
        Assert.False(await app.Get<GrantStore>().RevokeAsync(code.Id, "second", now + TimeSpan.FromHours(1), s_ct));

        Assert.Equal(now, (await FindAsync(code))!.Grant.RevokedAt);
    }

    private async Task<Handle> NewCodeAsync()
    {
        using var browser = app.CreateBrowser();
        return Handle.TryParse(HandleKind.Code, await browser.GetCodeAsync(Seed.FirstParty), out var code) ? code : throw new InvalidOperationException();
    }

    private Task<AuthorizationCode?> FindAsync(Handle code) => app.Get<AuthorizationCodeStore>().FindAsync(code.Id, code.Hash, s_ct);

    private CodeDecision Decide(AuthorizationCode? code) => CodeRedemption.Decide(
        code, new CodeTokenRequest(Seed.FirstParty.RedirectUris[0], TestBrowser.Verifier, []), Seed.FirstParty, TimeSpan.FromHours(8), app.Time!.GetUtcNow());

    private Task<bool> TryRedeemAsync(Handle code, Handle? refresh = null)
    {
        var now = app.Time!.GetUtcNow();
        refresh ??= Handle.Create(HandleKind.RefreshToken, code.Id);
        return app.Get<AuthorizationCodeStore>().TryRedeemAsync(
            new CodeRedeemed(code.Id, code.Hash, now, new NewRefreshToken(refresh.Hash, refresh.ChainHash, now + TimeSpan.FromDays(1), Confirmation: null)), along: null, s_ct);
    }
}
