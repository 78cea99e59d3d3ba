using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §5, §10: proofs at the token endpoint bind access tokens, codes, and the refresh tokens of public clients.</summary>
public sealed class DpopTokenTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly ProofKey s_key = ProofKey.Create();
    private static readonly ProofKey s_other = ProofKey.Create();

    [Fact]
    public async Task A_proof_binds_the_access_token_of_every_grant()
    {
        using var browser = app.CreateBrowser();

        var machine = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app));
        var first = await browser.BeginAsync(app, Seed.FirstParty, s_key);
        var next = await browser.RefreshAsync(app, Seed.FirstParty, first.RefreshToken, s_other.ForToken(app));

        Assert.All([machine, first, next], answer => Assert.Equal((TokenAnswer.Ok, "DPoP"), (answer.Verdict, DpopSteps.TypeOf(answer))));
        Assert.Equal([s_key.Confirmation, s_key.Confirmation, s_other.Confirmation], new[] { machine, first, next }.Select(DpopSteps.ConfirmationOf));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [Proves("dpop_signing_alg_values_supported", "ES256", "RS256", "PS256", "ES384")]
    public async Task Each_algorithm_that_discovery_names_binds(string alg)
    {
        using var browser = app.CreateBrowser();
        var named = System.Text.Json.JsonElement.Parse(await browser.Http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId)).GetProperty("dpop_signing_alg_values_supported");
        var key = ProofKey.Create(alg);

        var answer = await browser.CredentialsAsync(app, Seed.Machine, key.ForToken(app));

        Assert.Equal(key.Confirmation, DpopSteps.ConfirmationOf(answer));
        Assert.Equal(["ES256", "RS256", "PS256", "ES384"], named.EnumerateArray().Select(value => value.GetString()!));
    }

    [Fact]
    public async Task An_algorithm_that_discovery_does_not_name_does_not_bind()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, Seed.Machine, ProofKey.Create("ES512").ForToken(app))).Verdict);
    }

    [Fact]
    public async Task Without_a_proof_tokens_are_bearer_tokens()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.CredentialsAsync(app, Seed.Machine);

        Assert.Equal((TokenAnswer.Ok, "Bearer", null), (answer.Verdict, DpopSteps.TypeOf(answer), DpopSteps.ConfirmationOf(answer)));
        Assert.Null(DpopSteps.NonceOf(answer.Http));
    }

    [Fact]
    public async Task A_bad_proof_is_refused_and_never_taken_for_none()
    {
        using var browser = app.CreateBrowser();
        var good = s_key.ForToken(app);
        string[][] bad =
        [
            ["x"], [good, s_other.ForToken(app)], [good, good], [good + "A"], [$"{good},{good}"],
            [s_key.ForToken(app, claims: c => c["htm"] = "GET")], [s_key.ForToken(app, claims: c => c["htu"] = app.Issuer + "/userinfo")],
            [s_key.ForToken(app, claims: c => c["htu"] = "https://elsewhere.test/token")],
        ];

        foreach (var proofs in bad)
        {
            var answer = await browser.CredentialsAsync(app, Seed.Machine, proofs);
            Assert.Equal(DpopSteps.InvalidProof, answer.Verdict);
            Assert.False(answer.Has("access_token"));
            Assert.Null(DpopSteps.NonceOf(answer.Http));
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(app, Seed.Machine, good)).Verdict);   // none of those spent it
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(11)]
    public async Task A_proof_out_of_its_time_is_refused_with_a_nonce_that_makes_the_clock_good_enough(int seconds)
    {
        using var browser = app.CreateBrowser();
        void Shift(System.Text.Json.Nodes.JsonObject claims) => claims["iat"] = app.Time!.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds();

        var refused = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, claims: Shift));
        var again = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, DpopSteps.NonceOf(refused.Http), Shift));

        Assert.Equal(DpopSteps.InvalidProof, refused.Verdict);
        Assert.Equal(TokenAnswer.Ok, again.Verdict);
    }

    [Fact]
    public async Task A_client_that_demands_proofs_gets_nothing_without_one_and_loses_nothing()
    {
        var client = Seed.FirstParty with { ClientId = "demands", DpopBoundAccessTokens = true, GrantTypes = ["authorization_code", "refresh_token", "client_credentials"] };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(client);

        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, client)).Verdict);
        Assert.Equal(DpopSteps.InvalidProof, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code))).Verdict);
        var tokens = await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_key.ForToken(app));
        Assert.Equal(DpopSteps.InvalidProof, (await browser.RefreshAsync(app, client, tokens.RefreshToken)).Verdict);
        Assert.Equal("DPoP", DpopSteps.TypeOf(await browser.RefreshAsync(app, client, tokens.RefreshToken, s_key.ForToken(app))));
    }

    [Fact]
    public async Task A_proof_is_looked_at_only_after_the_client_is_known()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(TokenAnswer.InvalidClient, (await browser.CredentialsAsync(app, Seed.Machine with { ClientId = "nobody" }, "x")).Verdict);
        Assert.Equal(TokenAnswer.UnauthorizedClient, (await browser.CredentialsAsync(app, Seed.Web, "x")).Verdict);
        Assert.Equal(TokenAnswer.UnsupportedGrantType, (await browser.AskAsync(app, Seed.Web, new() { ["grant_type"] = "x" }, "x")).Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_code_bound_to_a_key_is_redeemed_by_that_key_alone(bool isPublic)
    {
        var client = isPublic ? Seed.Spa : Seed.FirstParty;
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(client, s_key.Thumbprint);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code))).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_other.ForToken(app))).Verdict);
        Assert.Equal(DpopSteps.InvalidProof, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), "x")).Verdict);

        var tokens = await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_key.ForToken(app));
        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);

        // OAuth 2.1 §7.5.2: whoever stole the code without the key cannot end the family; its owner, or the thief of both, does.
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_other.ForToken(app))).Verdict);
        var next = await browser.RefreshAsync(app, client, tokens.RefreshToken, s_key.ForToken(app));
        Assert.Equal(TokenAnswer.Ok, next.Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_key.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, client, next.RefreshToken, s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task A_code_bound_to_nothing_that_comes_twice_ends_the_family_whoever_was_first()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(Seed.Spa);
        var thief = await browser.AskAsync(app, Seed.Spa, TestBrowser.Redeem(Seed.Spa, code), s_other.ForToken(app));
        Assert.Equal(TokenAnswer.Ok, thief.Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, Seed.Spa, TestBrowser.Redeem(Seed.Spa, code), s_key.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, thief.RefreshToken, s_other.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task However_often_the_thief_has_rotated_since()
    {
        using var browser = app.CreateBrowser();
        var bearer = await browser.BeginAsync(Seed.Spa);
        var thief = await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken, s_other.ForToken(app));
        thief = await browser.RefreshAsync(app, Seed.Spa, thief.RefreshToken, s_other.ForToken(app));
        thief = await browser.RefreshAsync(app, Seed.Spa, thief.RefreshToken, s_other.ForToken(app));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, thief.RefreshToken, s_other.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task An_old_token_of_a_bound_chain_ends_nothing_without_the_key()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(app, Seed.Spa, s_key);
        var second = await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_key.ForToken(app));
        var third = await browser.RefreshAsync(app, Seed.Spa, second.RefreshToken, s_key.ForToken(app));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_other.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(app, Seed.Spa, third.RefreshToken, s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task The_key_is_kept_with_the_request_while_a_person_signs_in()
    {
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();
        var login = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty).With("dpop_jkt", s_key.Thumbprint));
        var code = Walk.CodeOf(await browser.SignInAtAsync(login, user))!;

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code), s_other.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code), s_key.ForToken(app))).Verdict);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4II")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J")]
    [InlineData("0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4\"")]
    public async Task What_is_no_thumbprint_binds_no_code(string jkt)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("dpop_jkt", jkt));

        Assert.Equal("invalid_request", Walk.ErrorOf(answer));
    }

    [Fact]
    public async Task A_key_named_twice_is_refused_and_an_empty_name_is_none()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty).With("dpop_jkt", s_key.Thumbprint);

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync([.. request, new("dpop_jkt", s_key.Thumbprint)])));
        var code = await browser.CodeAsync(Seed.FirstParty, "");
        Assert.Equal("Bearer", DpopSteps.TypeOf(await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code))));
    }

    [Fact]
    public async Task A_public_clients_refresh_token_is_bound_and_a_try_without_the_key_changes_nothing()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(app, Seed.Spa, s_key);
        var before = await Tables.ReadAsync(app.ConnectionString, "dpop_proofs");

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_other.ForToken(app))).Verdict);
        Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString, "dpop_proofs"));

        var second = await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_key.ForToken(app));
        Assert.Equal((TokenAnswer.Ok, "DPoP"), (second.Verdict, DpopSteps.TypeOf(second)));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, second.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(app, Seed.Spa, second.RefreshToken, s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task A_retry_needs_the_key_too_and_without_it_nobody_ends_the_family()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(app, Seed.Spa, s_key);
        var second = await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_key.ForToken(app));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_other.ForToken(app))).Verdict);
        Assert.Equal(second.RefreshToken, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_key.ForToken(app))).RefreshToken);
        app.Time!.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_other.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(app, Seed.Spa, second.RefreshToken, s_key.ForToken(app))).Verdict);

        // with the key it is a replay as any
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, first.RefreshToken, s_key.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, second.RefreshToken, s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task A_public_client_that_begins_to_prove_a_key_is_bound_from_then_on()
    {
        using var browser = app.CreateBrowser();
        var bearer = await browser.BeginAsync(Seed.Spa);
        var bound = await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken, s_key.ForToken(app));

        Assert.Equal("DPoP", DpopSteps.TypeOf(bound));
        Assert.Equal(bound.RefreshToken, (await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken, s_key.ForToken(app))).RefreshToken);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, bound.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(app, Seed.Spa, bound.RefreshToken, s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task A_bearer_refresh_token_that_somebody_bound_and_somebody_else_presents_ends_the_family()
    {
        using var browser = app.CreateBrowser();
        var bearer = await browser.BeginAsync(Seed.Spa);
        var thief = await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken, s_other.ForToken(app));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, bearer.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(app, Seed.Spa, thief.RefreshToken, s_other.ForToken(app))).Verdict);
    }

    // RFC 9449 §5: it is bound to the client by the client's authentication
    [Fact]
    public async Task A_confidential_clients_refresh_token_is_bound_to_no_key()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(app, Seed.FirstParty, s_key);

        var other = await browser.RefreshAsync(app, Seed.FirstParty, first.RefreshToken, s_other.ForToken(app));
        var bearer = await browser.RefreshAsync(app, Seed.FirstParty, other.RefreshToken);

        Assert.Equal(s_other.Confirmation, DpopSteps.ConfirmationOf(other));
        Assert.Equal((TokenAnswer.Ok, "Bearer", null), (bearer.Verdict, DpopSteps.TypeOf(bearer), DpopSteps.ConfirmationOf(bearer)));
    }

    [Fact]
    public async Task No_proof_is_ever_logged()
    {
        using var browser = app.CreateBrowser();
        var (good, bad) = (s_key.ForToken(app), s_key.ForToken(app) + "x");
        await browser.CredentialsAsync(app, Seed.Machine, good);
        await browser.CredentialsAsync(app, Seed.Machine, bad);

        Assert.DoesNotContain(app.Logs.Lines, line => line.Contains(good.Split('.')[1], StringComparison.Ordinal) || line.Contains(bad.Split('.')[1], StringComparison.Ordinal));
        Assert.Contains(app.Logs.Lines, line => line.Contains("token.refused invalid_dpop_proof", StringComparison.Ordinal));
    }
}
