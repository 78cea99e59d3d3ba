using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class RefreshRotationTests
{
    private static readonly RefreshToken Rotated = Sample.RefreshToken with { RotatedAt = Sample.Now.AddSeconds(-10) };

    [Fact]
    public void The_leaf_rotates_with_all_that_was_granted()
    {
        var rotate = Assert.IsType<RefreshDecision.Rotate>(Decide(Sample.RefreshToken));

        Assert.Equal(Sample.Grant.Scope, rotate.Scope);
        Assert.Equal(Sample.Grant.Resource, rotate.Resource);
    }

    [Fact]
    public void An_unknown_token_is_rejected() => Assert.Equal("invalid_grant", Reject(Decide(null)));

    // RFC 9449 §5: without the key it is nothing, and nothing comes of it
    [Theory]
    [InlineData(null)]
    [InlineData("b")]
    public void A_token_bound_to_a_key_is_rejected_without_it_and_ends_nothing(string? proven)
    {
        var request = Sample.RefreshRequest with { Confirmation = proven };
        var bound = Sample.RefreshToken with { Confirmation = "a" };
        var rotated = Rotated with { Confirmation = "a", SuccessorConfirmation = "a" };

        Assert.All(
            [bound, rotated, rotated with { SuccessorWasPresented = true }, rotated with { RotatedAt = Sample.Now.AddDays(-1) }],
            token => Assert.Equal("invalid_grant", Reject(Decide(token, request))));
    }

    [Fact]
    public void A_token_bound_to_a_key_is_with_it_as_any_other()
    {
        var request = Sample.RefreshRequest with { Confirmation = "a" };
        var rotated = Rotated with { Confirmation = "a", SuccessorConfirmation = "a" };

        Assert.IsType<RefreshDecision.Rotate>(Decide(Sample.RefreshToken with { Confirmation = "a" }, request));
        Assert.IsType<RefreshDecision.Retry>(Decide(rotated, request));
        Assert.IsType<RefreshDecision.Replayed>(Decide(rotated with { SuccessorWasPresented = true }, request));
        Assert.IsType<RefreshDecision.Rotate>(Decide(Sample.RefreshToken, request));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("b")]
    public void A_token_bound_to_nothing_whose_successor_is_anothers_ends_the_family(string? proven) =>
        Assert.IsType<RefreshDecision.Replayed>(Decide(Rotated with { SuccessorConfirmation = "a" }, Sample.RefreshRequest with { Confirmation = proven }));

    [Fact]
    public void A_successor_is_bound_as_its_token_or_for_a_public_client_as_it_proves()
    {
        string? Of(string? bound, Client client, string? proven) => RefreshRotation.ConfirmationOfSuccessor(Sample.RefreshToken with { Confirmation = bound }, client, proven);

        Assert.Equal("a", Of(null, Sample.PublicClient, "a"));
        Assert.Equal("a", Of("a", Sample.PublicClient, "a"));
        Assert.Null(Of(null, Sample.PublicClient, null));
        Assert.Null(Of(null, Sample.Client, "a"));
        Assert.Equal("a", Of("a", Sample.Client, "a"));   // public when it began
    }

    // it stays usable by its owner, so it ends nothing either
    [Theory]
    [InlineData(null, false)]
    [InlineData(-10, false)]
    [InlineData(-10, true)]
    [InlineData(-1000, false)]
    public void A_token_of_another_client_is_rejected_and_revokes_nothing(int? rotated, bool presented) => Assert.Equal(
        "invalid_grant",
        Reject(Decide(
            Sample.RefreshToken with { RotatedAt = rotated is { } s ? Sample.Now.AddSeconds(s) : null, SuccessorWasPresented = presented },
            client: Sample.Client with { ClientId = "other" })));

    [Theory]
    [InlineData(0, true)]
    [InlineData(-59, true)]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    [InlineData(-86_400, false)]
    [InlineData(5, true)]               // rotated by a node whose clock is ahead
    public void A_retry_within_the_window_gets_the_same_successor_and_a_later_one_ends_the_family(int rotated, bool retries)
    {
        var decision = Decide(Rotated with { RotatedAt = Sample.Now.AddSeconds(rotated) });

        Assert.Equal(retries, decision is RefreshDecision.Retry);
        Assert.Equal(!retries, decision is RefreshDecision.Replayed);
    }

    [Fact]
    public void A_retry_is_over_one_tick_after_the_window() =>
        Assert.IsType<RefreshDecision.Replayed>(Decide(Rotated with { RotatedAt = Sample.Now - Sample.RetryWindow - TimeSpan.FromTicks(1) }));

    [Theory]
    [InlineData(-10)]
    [InlineData(0)]
    [InlineData(5)]
    public void A_window_of_zero_forgives_nothing(int rotated) =>
        Assert.IsType<RefreshDecision.Replayed>(Decide(Rotated with { RotatedAt = Sample.Now.AddSeconds(rotated) }, retryWindow: TimeSpan.Zero));

    [Theory]
    [InlineData(0)]
    [InlineData(-10)]
    [InlineData(-1000)]
    public void Reuse_after_the_successor_was_presented_ends_the_family(int rotated) => Assert.Equal(
        "invalid_grant",
        Assert.IsType<RefreshDecision.Replayed>(Decide(Rotated with { RotatedAt = Sample.Now.AddSeconds(rotated), SuccessorWasPresented = true })).Error.Code);

    [Fact]
    public void A_replay_is_one_whatever_else_it_asks_for_or_holds()
    {
        var replayed = Rotated with { SuccessorWasPresented = true };

        Assert.IsType<RefreshDecision.Replayed>(Decide(replayed, Sample.RefreshRequest with { Scope = "admin" }));
        Assert.IsType<RefreshDecision.Replayed>(Decide(replayed with { ExpiresAt = Sample.Now.AddDays(-1) }));
        Assert.IsType<RefreshDecision.Replayed>(Decide(replayed with { Grant = Sample.Grant with { Session = null } }));
        Assert.IsType<RefreshDecision.Replayed>(Decide(replayed, client: Sample.Client with { RefreshTokenRotation = false }));
    }

    // RFC 6749 §6: a retry says again what it wants, and of two that refresh at once each wants its own
    [Theory]
    [InlineData(null, "openid email todo.read")]
    [InlineData("openid", "openid")]
    [InlineData("email todo.read", "email todo.read")]
    public void A_retry_gets_the_scope_that_it_asks_for(string? scope, string expected) =>
        Assert.Equal(expected.Split(' '), Assert.IsType<RefreshDecision.Retry>(Decide(Rotated, Sample.RefreshRequest with { Scope = scope })).Scope);

    // RFC 8707 §2.2: a token for another resource than was asked for would be sent to the wrong one
    [Theory]
    [InlineData(null, Sample.Api + " https://files.example/")]
    [InlineData(Sample.Api, Sample.Api)]
    [InlineData("https://files.example/", "https://files.example/")]
    public void A_retry_gets_the_resources_that_it_asks_for(string? resource, string expected)
    {
        var rotated = Rotated with { Grant = Sample.Grant with { Resource = [Sample.Api, "https://files.example/"] } };

        Assert.Equal(
            expected.Split(' '),
            Assert.IsType<RefreshDecision.Retry>(Decide(rotated, Sample.RefreshRequest with { Resource = resource is null ? [] : [resource] })).Resource);
    }

    [Fact]
    public void A_retry_may_ask_for_no_resource_beyond_the_grant() =>
        Assert.Equal("invalid_target", Reject(Decide(Rotated, Sample.RefreshRequest with { Resource = ["https://files.example/"] })));

    [Fact]
    public void A_retry_may_not_widen_either() => Assert.Equal("invalid_scope", Reject(Decide(Rotated, Sample.RefreshRequest with { Scope = "openid todo.write" })));

    [Fact]
    public void A_token_that_expired_after_its_rotation_may_still_be_retried() => Assert.IsType<RefreshDecision.Retry>(Decide(Rotated with { ExpiresAt = Sample.Now }));

    [Theory]
    [MemberData(nameof(GrantRulesTests.Faults), MemberType = typeof(GrantRulesTests))]
    public void A_family_with_a_fault_gets_nothing_and_no_retry_either(string fault)
    {
        var (grant, client) = GrantRulesTests.Broken[fault];

        Assert.Equal("invalid_grant", Reject(Decide(Sample.RefreshToken with { Grant = grant }, client: client)));
        Assert.Equal("invalid_grant", Reject(Decide(Rotated with { Grant = grant }, client: client)));
        Assert.Equal("invalid_grant", Reject(Decide(Sample.RefreshToken with { Grant = grant }, client: client with { RefreshTokenRotation = false })));
    }

    [Fact]
    public void An_offline_family_is_refreshed_after_its_session()
    {
        var ended = Sample.Grant with { Offline = true, Session = Sample.Session with { EndedAt = Sample.Now.AddDays(-1) } };

        Assert.IsType<RefreshDecision.Rotate>(Decide(Sample.RefreshToken with { Grant = ended }));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void A_token_lives_until_its_last_tick(int ticks, bool rotates) =>
        Assert.Equal(rotates, Decide(Sample.RefreshToken with { ExpiresAt = Sample.Now.AddTicks(ticks) }) is RefreshDecision.Rotate);

    // RFC 6749 §6
    [Theory]
    [InlineData("todo.read openid", new[] { "todo.read", "openid" })]
    [InlineData("email", new[] { "email" })]
    [InlineData(" ", new[] { "openid", "email", "todo.read" })]
    [InlineData(null, new[] { "openid", "email", "todo.read" })]
    public void Scope_may_narrow(string? asked, string[] scope) =>
        Assert.Equal(scope, Assert.IsType<RefreshDecision.Rotate>(Decide(Sample.RefreshToken, Sample.RefreshRequest with { Scope = asked })).Scope);

    [Theory]
    [InlineData("openid todo.write")]      // the client's, but not granted
    [InlineData("offline_access")]
    [InlineData("admin")]
    [InlineData("OPENID")]
    [InlineData("openid \"")]
    public void Scope_may_not_widen(string asked)
    {
        Assert.Equal("invalid_scope", Reject(Decide(Sample.RefreshToken, Sample.RefreshRequest with { Scope = asked })));
        Assert.Equal("invalid_scope", Reject(Decide(Sample.RefreshToken, Sample.RefreshRequest with { Scope = asked }, Sample.Client with { RefreshTokenRotation = false })));
    }

    [Fact]
    public void A_resource_beyond_the_grant_is_rejected() =>
        Assert.Equal("invalid_target", Reject(Decide(Sample.RefreshToken, Sample.RefreshRequest with { Resource = ["https://files.example/"] })));

    [Fact]
    public void Without_rotation_the_token_is_kept_until_it_expires()
    {
        var client = Sample.Client with { RefreshTokenRotation = false };

        Assert.Equal(["email"], Assert.IsType<RefreshDecision.Keep>(Decide(Sample.RefreshToken, Sample.RefreshRequest with { Scope = "email" }, client)).Scope);
        Assert.Equal("invalid_grant", Reject(Decide(Sample.RefreshToken with { ExpiresAt = Sample.Now }, client: client)));
    }

    // OAuth 2.1 §4.3.1
    [Fact]
    public void A_public_client_rotates_whatever_is_registered() => Assert.IsType<RefreshDecision.Rotate>(
        Decide(Sample.RefreshToken with { Grant = Sample.Grant with { ClientId = "spa" } }, client: Sample.PublicClient with { RefreshTokenRotation = false }));

    private static RefreshDecision Decide(RefreshToken? token, RefreshTokenRequest? request = null, Client? client = null, TimeSpan? retryWindow = null) =>
        RefreshRotation.Decide(token, request ?? Sample.RefreshRequest, client ?? Sample.Client, retryWindow ?? Sample.RetryWindow, Sample.SessionIdle, Sample.Now);

    private static string? Reject(RefreshDecision decision) => (decision as RefreshDecision.Reject)?.Error.Code;
}
