using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class CodeRedemptionTests
{
    private static readonly AuthorizationCode Spent = Sample.Code with { RedeemedAt = Sample.Now.AddSeconds(-1) };

    private static readonly CodeTokenRequest[] s_bad =
    [
        Sample.CodeRequest with { CodeVerifier = null },
        Sample.CodeRequest with { CodeVerifier = "" },
        Sample.CodeRequest with { CodeVerifier = Sample.Challenge },
        Sample.CodeRequest with { CodeVerifier = Sample.Verifier[..^1] + "l" },
        Sample.CodeRequest with { RedirectUri = "https://app.example/cb/" },
        Sample.CodeRequest with { RedirectUri = "https://evil.test/cb" },
    ];

    /// <summary>Requests by the right client that are not the owner's.</summary>
    public static TheoryData<int> Bad => new(Enumerable.Range(0, s_bad.Length));

    [Fact]
    public void A_fresh_code_of_this_client_with_its_verifier_is_redeemed() =>
        Assert.Equal([Sample.Api], Assert.IsType<CodeDecision.Redeem>(Decide(Sample.Code)).Resource);

    // RFC 9449 §10
    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "a", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", null, false)]
    [InlineData("a", "b", false)]
    [InlineData("a", "A", false)]
    public void A_code_bound_to_a_key_is_redeemed_and_replayed_by_that_key_alone(string? bound, string? proven, bool may)
    {
        var request = Sample.CodeRequest with { Confirmation = proven };

        Assert.Equal(may, Decide(Sample.Code with { Confirmation = bound }, request) is CodeDecision.Redeem);
        Assert.Equal(may, Decide(Spent with { Confirmation = bound }, request) is CodeDecision.Replayed);
    }

    [Fact]
    public void An_unknown_code_is_rejected() => Assert.Equal("invalid_grant", Reject(Decide(null)));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_request_that_is_not_the_owners_is_rejected(int bad) => Assert.Equal("invalid_grant", Reject(Decide(Sample.Code, s_bad[bad])));

    // OAuth 2.1 §7.5.2: else whoever steals a code without its verifier could sign the user out.
    [Theory]
    [MemberData(nameof(Bad))]
    public void Replay_with_a_bad_request_is_rejected_but_revokes_nothing(int bad) => Assert.Equal("invalid_grant", Reject(Decide(Spent, s_bad[bad])));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_code_of_another_client_is_rejected_and_revokes_nothing(bool expired, bool spent) => Assert.Equal(
        "invalid_grant",
        Reject(Decide(
            Sample.Code with { ExpiresAt = expired ? Sample.Now : Sample.Code.ExpiresAt, RedeemedAt = spent ? Sample.Now : null },
            client: Sample.Client with { ClientId = "other" })));

    // OAuth 2.1 §4.1.3
    [Fact]
    public void A_valid_replay_ends_the_family() => Assert.Equal("invalid_grant", Assert.IsType<CodeDecision.Replayed>(Decide(Spent)).Error.Code);

    [Fact]
    public void A_valid_replay_ends_the_family_however_late_it_comes()
    {
        Assert.IsType<CodeDecision.Replayed>(Decide(Spent with { ExpiresAt = Sample.Now.AddHours(-23) }));
        Assert.IsType<CodeDecision.Replayed>(Decide(Spent, Sample.CodeRequest with { Resource = ["https://other.example/"] }));
        Assert.IsType<CodeDecision.Replayed>(Decide(Spent with { Grant = Sample.Grant with { Session = null } }));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void A_code_lives_until_its_last_tick(int ticks, bool redeems) =>
        Assert.Equal(redeems, Decide(Sample.Code with { ExpiresAt = Sample.Now.AddTicks(ticks) }) is CodeDecision.Redeem);

    [Theory]
    [MemberData(nameof(GrantRulesTests.Faults), MemberType = typeof(GrantRulesTests))]
    public void A_family_with_a_fault_gets_nothing(string fault)
    {
        var (grant, client) = GrantRulesTests.Broken[fault];

        Assert.Equal("invalid_grant", Reject(Decide(Sample.Code with { Grant = grant }, client: client)));
    }

    // RFC 9700 §4.8.2: a challenge cannot be taken away, nor a verifier given to a code that has none.
    [Fact]
    public void A_verifier_for_a_code_without_a_challenge_is_rejected()
    {
        var excused = Sample.Client with { RequirePkce = false };

        Assert.Equal("invalid_grant", Reject(Decide(Sample.Code with { CodeChallenge = null }, client: excused)));
        Assert.IsType<CodeDecision.Redeem>(Decide(Sample.Code with { CodeChallenge = null }, Sample.CodeRequest with { CodeVerifier = null }, excused));
        Assert.Equal("invalid_grant", Reject(Decide(Sample.Code, Sample.CodeRequest with { CodeVerifier = null }, excused)));
    }

    // OAuth 2.1 §10.2
    [Fact]
    public void The_redirect_uri_may_be_left_out_only_with_PKCE()
    {
        Assert.IsType<CodeDecision.Redeem>(Decide(Sample.Code, Sample.CodeRequest with { RedirectUri = null }));
        Assert.Equal("invalid_grant", Reject(Decide(Sample.Code with { CodeChallenge = null }, new CodeTokenRequest(null, null, []))));
    }

    // RFC 8707 §2.2
    [Fact]
    public void A_resource_beyond_the_grant_is_rejected_and_spends_nothing() =>
        Assert.Equal("invalid_target", Reject(Decide(Sample.Code, Sample.CodeRequest with { Resource = ["https://files.example/"] })));

    [Fact]
    public void Printing_a_request_shows_no_verifier() => Assert.DoesNotContain(Sample.Verifier, Sample.CodeRequest.ToString(), StringComparison.Ordinal);

    private static CodeDecision Decide(AuthorizationCode? code, CodeTokenRequest? request = null, Client? client = null) =>
        CodeRedemption.Decide(code, request ?? Sample.CodeRequest, client ?? Sample.Client, Sample.SessionIdle, Sample.Now);

    private static string? Reject(CodeDecision decision) => (decision as CodeDecision.Reject)?.Error.Code;
}
