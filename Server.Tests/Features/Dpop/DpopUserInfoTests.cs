using System.Net;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §7: bound tokens at userinfo.</summary>
public sealed class DpopUserInfoTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string Opening = "DPoP realm=\"authcore\", algs=\"ES256 RS256 PS256 ES384\"";
    private static readonly ProofKey s_key = ProofKey.Create();
    private static readonly ProofKey s_other = ProofKey.Create();

    [Theory]
    [InlineData("DPoP")]
    [InlineData("dpop")]
    [InlineData("DPOP")]
    public async Task A_bound_token_works_with_its_proof_in_any_case_of_the_scheme(string scheme)
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;

        var got = await browser.UserInfoAsync(app, $"{scheme} {token}", [s_key.ForUserInfo(app, token)]);
        var posted = await browser.UserInfoAsync(app, $"{scheme} {token}", [s_key.ForUserInfo(app, token, method: "POST")], []);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (got.StatusCode, posted.StatusCode));
    }

    [Fact]
    public async Task A_bound_token_never_works_as_a_bearer_token()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;

        foreach (var answer in new[]
        {
            await browser.UserInfoAsync(app, "Bearer " + token, []),
            await browser.UserInfoAsync(app, "bearer " + token, [s_key.ForUserInfo(app, token)]),
            await browser.UserInfoAsync(app, null, [], [new("access_token", token)]),
            await browser.UserInfoAsync(app, null, [s_key.ForUserInfo(app, token, method: "POST")], [new("access_token", token)]),
        })
        {
            await AssertRefusedAsync(answer, "invalid_token");
        }
    }

    [Fact]
    public async Task A_bearer_token_never_works_as_a_bound_one()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(Seed.FirstParty)).AccessToken;

        await AssertRefusedAsync(await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token)]), "invalid_token");
        await AssertRefusedAsync(await browser.UserInfoAsync(app, "DPoP " + token, []), "invalid_token");
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(app, "Bearer " + token, [])).StatusCode);
    }

    [Fact]
    public async Task Without_a_good_proof_by_the_right_key_for_this_request_and_token_it_is_refused()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;
        var another = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;
        (string Error, string[] Proofs)[] bad =
        [
            ("invalid_token", []),
            ("invalid_token", [s_other.ForUserInfo(app, token)]),
            ("invalid_dpop_proof", ["x"]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token), s_key.ForUserInfo(app, token)]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, another)]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token, claims: c => c.Remove("ath"))]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token, method: "POST")]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token, claims: c => c["htu"] = app.Issuer + "/token")]),
            ("invalid_dpop_proof", [s_key.ForToken(app)]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token, claims: c => c["iat"] = app.Time!.GetUtcNow().AddSeconds(-61).ToUnixTimeSeconds())]),
            ("invalid_dpop_proof", [s_key.ForUserInfo(app, token, claims: c => c["iat"] = app.Time!.GetUtcNow().AddSeconds(11).ToUnixTimeSeconds())]),
            ("use_dpop_nonce", [s_key.ForUserInfo(app, token, nonce: "x")]),
        ];

        foreach (var (error, proofs) in bad)
        {
            await AssertRefusedAsync(await browser.UserInfoAsync(app, "DPoP " + token, proofs), error);
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token)])).StatusCode);
    }

    [Fact]
    public async Task A_proof_presented_twice_is_refused()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;
        var proof = s_key.ForUserInfo(app, token);

        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(app, "DPoP " + token, [proof])).StatusCode);
        await AssertRefusedAsync(await browser.UserInfoAsync(app, "DPoP " + token, [proof]), "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused_in_the_scheme_that_was_tried()
    {
        using var browser = app.CreateBrowser();

        await AssertRefusedAsync(await browser.UserInfoAsync(app, "DPoP x.y.z", [s_key.ForUserInfo(app, "x.y.z")]), "invalid_token");
    }

    [Fact]
    public async Task A_token_in_two_places_is_invalid_request()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(app, Seed.FirstParty, s_key)).AccessToken;

        var answer = await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token, method: "POST")], [new("access_token", token)]);
        var joined = await browser.UserInfoAsync(app, $"DPoP {token}, Bearer {token}", [s_key.ForUserInfo(app, token)]);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, await TestBrowser.ErrorOf(answer)));
        await AssertRefusedAsync(joined, "invalid_token");
    }

    // RFC 9449 §7.1
    [Theory]
    [InlineData(null)]
    [InlineData("DPoP")]
    [InlineData("DPoPx y")]
    [InlineData("Negotiate x")]
    public async Task Without_a_token_both_schemes_are_named_and_no_error(string? authorization)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.UserInfoAsync(app, authorization, []);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(["Bearer realm=\"authcore\"", Opening], answer.Headers.GetValues("WWW-Authenticate"));
    }

    [Fact]
    public async Task A_nonce_demanded_of_the_client_is_demanded_here_too()
    {
        var client = Seed.FirstParty with { ClientId = "nonce-at-userinfo", RequireDpopNonce = true };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(client);
        var refused = await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_key.ForToken(app));
        var token = (await browser.AskAsync(app, client, TestBrowser.Redeem(client, code), s_key.ForToken(app, DpopSteps.NonceOf(refused.Http)))).AccessToken;

        var without = await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token)]);
        var with = await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token, DpopSteps.NonceOf(without))]);

        await AssertRefusedAsync(without, "use_dpop_nonce");
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_beyond_the_proof_is_said_in_the_scheme_that_was_tried()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.CodeAsync(Seed.FirstParty, scope: "read:files");
        var token = (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code), s_key.ForToken(app))).AccessToken;

        var answer = await browser.UserInfoAsync(app, "DPoP " + token, [s_key.ForUserInfo(app, token)]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.StartsWith(Opening + ", error=\"insufficient_scope\"", Assert.Single(answer.Headers.GetValues("WWW-Authenticate")), StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string error)
    {
        Assert.Equal((HttpStatusCode.Unauthorized, error), (answer.StatusCode, await TestBrowser.ErrorOf(answer)));
        Assert.StartsWith($"{Opening}, error=\"{error}\", error_description=\"", Assert.Single(answer.Headers.GetValues("WWW-Authenticate")), StringComparison.Ordinal);
    }
}
