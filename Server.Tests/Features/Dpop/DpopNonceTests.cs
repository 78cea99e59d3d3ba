using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §8: nonces on demand, of one client and of all.</summary>
public sealed class DpopNonceTests(DpopNonceTests.Server server) : IClassFixture<DpopNonceTests.Server>
{
    private static readonly ProofKey s_key = ProofKey.Create();

    private readonly AuthCoreApp app = server.App;

    [Fact]
    public async Task A_proof_without_a_nonce_is_answered_with_one_and_not_spent()
    {
        using var browser = app.CreateBrowser();

        var refused = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app));
        var answer = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, DpopSteps.NonceOf(refused.Http)));

        Assert.Equal(DpopSteps.UseNonce, refused.Verdict);
        Assert.Equal("no-store", refused.Http.Headers.CacheControl!.ToString());
        Assert.Equal((TokenAnswer.Ok, "DPoP"), (answer.Verdict, DpopSteps.TypeOf(answer)));
        Assert.Null(DpopSteps.NonceOf(answer.Http));   // the one it has is young enough
    }

    [Fact]
    public async Task A_nonce_that_gets_old_is_replaced_on_success_and_one_that_is_over_is_refused()
    {
        using var browser = app.CreateBrowser();
        var nonce = DpopSteps.NonceOf((await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app))).Http);
        app.Time!.Advance(TimeSpan.FromSeconds(60));

        var answer = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, nonce));
        var next = DpopSteps.NonceOf(answer.Http);
        app.Time.Advance(TimeSpan.FromSeconds(120));
        var over = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, nonce));
        var again = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, next));

        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        Assert.NotNull(next);
        Assert.Equal(DpopSteps.UseNonce, over.Verdict);
        Assert.NotNull(DpopSteps.NonceOf(over.Http));
        Assert.Equal(TokenAnswer.Ok, again.Verdict);
    }

    [Fact]
    public async Task A_nonce_of_one_node_is_good_on_another()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var nonce = DpopSteps.NonceOf((await here.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app))).Http);

        Assert.Equal(TokenAnswer.Ok, (await there.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, nonce))).Verdict);
    }

    [Fact]
    public async Task A_proof_with_a_nonce_counts_once_too_for_as_long_as_the_nonce_is_good()
    {
        using var browser = app.CreateBrowser();
        var nonce = DpopSteps.NonceOf((await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app))).Http);
        var proof = s_key.ForToken(app, nonce);
        await browser.CredentialsAsync(app, Seed.Machine, proof);
        app.Time!.Advance(TimeSpan.FromSeconds(179));
        await app.Get<AuthCore.Flows.Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, Seed.Machine, proof)).Verdict);
    }

    [Fact]
    public async Task A_push_is_answered_with_a_nonce_too_and_its_proof_not_spent()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty);
        if (await browser.PushAsync(app, Seed.FirstParty, request, s_key.ForPush(app)) is not { } refused)
        {
            return;
        }

        Assert.Equal(DpopSteps.UseNonce, (refused.StatusCode, await TestBrowser.ErrorOf(refused)));
        var answer = await browser.PushAsync(app, Seed.FirstParty, request, s_key.ForPush(app, DpopSteps.NonceOf(refused)));
        Assert.Equal(System.Net.HttpStatusCode.Created, answer!.StatusCode);
    }

    [Fact]
    public async Task Nobody_needs_a_nonce_who_needs_no_proof()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal("Bearer", DpopSteps.TypeOf(await browser.CredentialsAsync(app, Seed.Machine)));
    }

    [Fact]
    public async Task A_refused_nonce_loses_neither_code_nor_refresh_token()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(Seed.Spa);
        var refused = await browser.AskAsync(app, Seed.Spa, TestBrowser.Redeem(Seed.Spa, code), s_key.ForToken(app));
        var nonce = DpopSteps.NonceOf(refused.Http);
        var tokens = await browser.AskAsync(app, Seed.Spa, TestBrowser.Redeem(Seed.Spa, code), s_key.ForToken(app, nonce));

        Assert.Equal(DpopSteps.UseNonce, (await browser.RefreshAsync(app, Seed.Spa, tokens.RefreshToken, s_key.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(app, Seed.Spa, tokens.RefreshToken, s_key.ForToken(app, nonce))).Verdict);
    }

    /// <summary>Demands a nonce of everybody, and has a path in its issuer.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public AuthCoreApp App { get; } = new() { Issuer = "https://issuer.test/tenant", Settings = { ["AuthCore:Dpop:RequireNonce"] = "true" } };

        public ValueTask InitializeAsync() => App.InitializeAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
