using System.Net;
using System.Text.Json;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §10.1: a proof at the endpoint for pushed requests binds the code. Without that endpoint there is nothing to see.</summary>
public sealed class DpopPushTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly ProofKey s_key = ProofKey.Create();
    private static readonly ProofKey s_other = ProofKey.Create();

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_proof_binds_the_code_to_its_key_alone_whether_or_not_the_request_names_it(bool names, bool proves)
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty).With("dpop_jkt", names ? s_key.Thumbprint : null);
        if (await browser.PushAsync(app, Seed.FirstParty, request, proves ? [s_key.ForPush(app)] : []) is not { } pushed)
        {
            return;
        }

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        var code = Walk.CodeOf(await browser.CompleteAsync([new("client_id", Seed.FirstParty.ClientId), new("request_uri", await RequestUriOf(pushed))]))!;

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code))).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code), s_other.ForToken(app))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code), s_key.ForToken(app))).Verdict);
    }

    [Fact]
    public async Task A_push_without_a_proof_binds_nothing_even_for_a_browser_that_sends_one()
    {
        using var browser = app.CreateBrowser();
        if (await browser.PushAsync(app, Seed.FirstParty, TestBrowser.Request(Seed.FirstParty)) is not { } pushed)
        {
            return;
        }

        var code = Walk.CodeOf(await browser.CompleteAsync(
            [new("client_id", Seed.FirstParty.ClientId), new("request_uri", await RequestUriOf(pushed)), new("dpop_jkt", s_other.Thumbprint)]))!;

        Assert.Equal("Bearer", DpopSteps.TypeOf(await browser.AskAsync(app, Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code))));
    }

    [Fact]
    public async Task A_request_that_names_another_key_than_it_proves_is_refused_and_spends_no_proof()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty);
        var proof = s_key.ForPush(app);
        Dictionary<string, string>[] bad =
        [
            new(request) { ["dpop_jkt"] = s_other.Thumbprint },
            new(request) { ["dpop_jkt"] = s_key.Thumbprint + "=" },
            new(request) { ["dpop_jkt"] = "x" },
            new(request) { ["code_challenge_method"] = "plain" },
        ];

        foreach (var parameters in bad)
        {
            if (await browser.PushAsync(app, Seed.FirstParty, parameters, proof) is not { } answer)
            {
                return;
            }

            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, await TestBrowser.ErrorOf(answer)));
        }

        Assert.Equal(HttpStatusCode.Created, (await browser.PushAsync(app, Seed.FirstParty, request, proof))!.StatusCode);
    }

    [Fact]
    public async Task A_bad_proof_is_refused_and_never_taken_for_none()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.FirstParty);
        var spent = s_key.ForPush(app);
        if (await browser.PushAsync(app, Seed.FirstParty, request, spent) is null)
        {
            return;
        }

        string[][] bad =
        [
            ["x"], [spent], [s_key.ForToken(app)], [s_key.ForPush(app), s_other.ForPush(app)],
            [s_key.ForPush(app, claims: c => c["htm"] = "GET")], [s_key.ForPush(app, claims: c => c["htu"] = "https://elsewhere.test/par")],
        ];

        foreach (var proofs in bad)
        {
            var answer = (await browser.PushAsync(app, Seed.FirstParty, request, proofs))!;
            Assert.Equal(DpopSteps.InvalidProof, (answer.StatusCode, await TestBrowser.ErrorOf(answer)));
        }
    }

    private static async Task<string> RequestUriOf(HttpResponseMessage pushed) =>
        JsonElement.Parse(await pushed.Content.ReadAsStringAsync()).GetProperty("request_uri").GetString()!;
}
