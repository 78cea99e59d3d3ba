using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>OIDC Core §5.5.1.1, RFC 9470 §5: what was demanded of the sign-in comes about or the request fails; what was wished for is tried.</summary>
public sealed class AuthorizeDecisionStepUpTests
{
    private const string One = "urn:authcore:acr:1";
    private const string Two = "urn:authcore:acr:2";

    private static readonly AuthenticationMeans WithStep = Sample.Means with { Further = [Two] };

    private static readonly SignedIn Alice = new(Guid.Empty, "alice", Sample.Now.AddMinutes(-5), One, ["pwd"]) { WithinReach = [Two] };

    private static readonly SignedIn WithoutFactor = Alice with { WithinReach = [] };

    private static AuthorizationRequest Essential(params string[] values) => Sample.Request with
    {
        Claims = ClaimsRequest.Parse($$$$"""{"id_token":{"acr":{"essential":true,"values":["{{{{string.Join("\",\"", values)}}}}"]}}}""").Value(),
    };

    private static AuthorizationRequest Wished(params string[] values) => Sample.Request with { AcrValues = values };

    [Fact]
    public void An_essential_acr_that_a_step_gives_is_asked_for() =>
        Assert.Equal(Two, Assert.IsType<AuthorizeStep.TakeStep>(Decide(Essential(Two))).Acr);

    [Fact]
    public void A_step_is_no_way_for_who_has_not_what_it_asks_for() => Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(Essential(Two), WithoutFactor)));

    [Fact]
    public void The_step_once_taken_is_not_asked_for_again() =>
        Assert.Equal(Two, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Essential(Two), Alice with { Acr = Two })).Acr);

    [Fact]
    public void Prompt_none_shows_no_step() => Assert.Equal("login_required", ErrorOf(Decide(Essential(Two) with { Prompt = ["none"] })));

    [Theory]
    [InlineData("select_account")]
    [InlineData("consent")]
    public void The_step_comes_before_account_and_consent(string prompt) => Assert.IsType<AuthorizeStep.TakeStep>(Decide(Essential(Two) with { Prompt = [prompt] }));

    [Fact]
    public void A_sign_in_that_is_too_old_comes_before_the_step() => Assert.IsType<AuthorizeStep.Login>(Decide(Essential(Two) with { MaxAge = 60 }));

    [Fact]
    public void Consent_is_no_way_around_the_step() => Assert.IsType<AuthorizeStep.TakeStep>(Decide(
        Essential(Two), progress: new Progress(Sample.Now.AddMinutes(-10), ConsentedSubject: "alice", ConsentedScope: ["openid", "email"])));

    [Fact]
    public void A_step_that_gives_another_acr_is_not_asked_for() =>
        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(Essential("urn:other"), means: WithStep with { Further = [Two, "urn:other"] })));

    // In vain nobody types a password.
    [Fact]
    public void What_no_sign_in_gives_is_an_error_at_once() => Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(Essential("urn:gold"), nobody: true)));

    [Fact]
    public void Nobody_is_sent_to_a_self_registered_client_before_signing_in() =>
        Assert.IsType<AuthorizeStep.Login>(Decide(Essential("urn:gold"), nobody: true, client: Sample.Client with { RegisteredBy = "dynamic" }));

    [Fact]
    public void What_a_step_may_give_is_worth_a_sign_in() => Assert.IsType<AuthorizeStep.Login>(Decide(Essential(Two), nobody: true));

    // OIDC Core §5.5.1.1: voluntary
    [Theory]
    [InlineData("urn:gold", One)]
    [InlineData("urn:gold urn:silver", One)]
    [InlineData("urn:authcore:acr", One)]
    public void A_wish_that_cannot_come_true_leaves_everything_as_it_is(string values, string told) =>
        Assert.Equal(told, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(values.Split(' ')))).Acr);

    [Fact]
    public void A_wish_that_a_step_grants_is_asked_for_where_somebody_may_be_asked()
    {
        Assert.IsType<AuthorizeStep.TakeStep>(Decide(Wished(Two)));
        Assert.IsType<AuthorizeStep.TakeStep>(Decide(Sample.Request with { Claims = ClaimsRequest.Parse("""{"id_token":{"acr":{"value":"urn:authcore:acr:2"}}}""").Value() }));
        Assert.Equal(One, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(Two) with { Prompt = ["none"] })).Acr);
        Assert.Equal(One, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(Two), WithoutFactor)).Acr);
        Assert.Equal(One, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(One, Two))).Acr);
    }

    // the client must get a value it named, and the stronger sign-in is the weaker one too
    [Theory]
    [InlineData(One, One)]
    [InlineData(Two, Two)]
    [InlineData("urn:authcore:acr:1 urn:authcore:acr:2", Two)]
    [InlineData("urn:gold urn:authcore:acr:1", One)]
    public void A_stronger_sign_in_meets_a_weaker_demand_and_is_told_by_its_name(string values, string told)
    {
        var twice = Alice with { Acr = Two };

        Assert.Equal(told, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Essential(values.Split(' ')), twice)).Acr);
        Assert.Equal(told, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(values.Split(' ')), twice)).Acr);
    }

    [Fact]
    public void Without_a_word_about_it_the_sessions_own_acr_is_told() => Assert.Equal(Two, Assert.IsType<AuthorizeStep.IssueCode>(Decide(Sample.Request, Alice with { Acr = Two })).Acr);

    // a session from before the operator gave the level another name
    [Fact]
    public void A_session_of_another_acr_signs_in_anew_where_that_would_do_and_once()
    {
        var old = WithoutFactor with { Acr = "urn:old-name" };

        Assert.IsType<AuthorizeStep.Login>(Decide(Essential(One), old));
        Assert.Equal("login_required", ErrorOf(Decide(Essential(One) with { Prompt = ["none"] }, old)));
        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(Essential(One), old, progress: new Progress(Sample.Now.AddMinutes(-10)))));
        Assert.Equal("urn:old-name", Assert.IsType<AuthorizeStep.IssueCode>(Decide(Wished(One), old)).Acr);
    }

    // RFC 9470 §5: without an ID token nothing says what came about, so acr_values are taken for necessary
    [Fact]
    public void Of_a_request_without_openid_acr_values_are_demanded()
    {
        var request = Sample.Request with { Scope = ["todo.read"] };

        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(request with { AcrValues = ["urn:gold"] })));
        Assert.IsType<AuthorizeStep.TakeStep>(Decide(request with { AcrValues = [Two] }));
        Assert.Equal(One, Assert.IsType<AuthorizeStep.IssueCode>(Decide(request with { AcrValues = ["urn:gold", One] })).Acr);
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(request));
    }

    // OIDC Core §5.5.1.1, RFC 9470 §4: the access token carries the acr too, so without openid it is no less essential
    [Fact]
    public void An_essential_acr_binds_a_request_without_openid_too()
    {
        var request = Sample.Request with { Scope = ["todo.read"] };

        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(request with { Claims = Essential("urn:gold").Claims })));
        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(request with { Claims = Essential("urn:gold").Claims, AcrValues = [One] })));
        Assert.Equal(Two, Assert.IsType<AuthorizeStep.TakeStep>(Decide(request with { Claims = Essential(Two).Claims })).Acr);
        Assert.Equal(One, Assert.IsType<AuthorizeStep.IssueCode>(Decide(request with { Claims = Essential("urn:gold", One).Claims })).Acr);
    }

    [Fact]
    public void An_essential_acr_counts_before_acr_values() =>
        Assert.Equal("unmet_authentication_requirements", ErrorOf(Decide(Essential("urn:gold") with { AcrValues = [One] })));

    [Fact]
    public void An_essential_acr_of_no_value_at_all_is_never_met() => Assert.Equal(
        "unmet_authentication_requirements",
        ErrorOf(Decide(Sample.Request with { Claims = ClaimsRequest.Parse("""{"id_token":{"acr":{"essential":true,"value":"urn:a","values":["urn:authcore:acr:1"]}}}""").Value() })));

    // OIDC Core §5.5.1: somebody of those asked for, or an error
    [Theory]
    [InlineData("""{"id_token":{"sub":{"value":"alice"}}}""", true)]
    [InlineData("""{"userinfo":{"sub":{"values":["bob","alice"]}}}""", true)]
    [InlineData("""{"id_token":{"sub":{"value":"bob"}}}""", false)]
    [InlineData("""{"userinfo":{"sub":{"value":"Alice"}}}""", false)]
    [InlineData("""{"id_token":{"sub":{"values":["bob","carol"]}}}""", false)]
    public void A_subject_asked_for_by_value_is_who_gets_the_code_and_nobody_else(string json, bool gives)
    {
        var request = Sample.Request with { Claims = ClaimsRequest.Parse(json).Value() };

        Assert.Equal(gives, Decide(request) is AuthorizeStep.IssueCode);
        Assert.Equal(!gives, Decide(request) is AuthorizeStep.Login);
        Assert.Equal(gives ? null : "login_required", Decide(request with { Prompt = ["none"] }) is AuthorizeStep.Fail fail ? fail.Error.Code : null);
        Assert.Equal(!gives, Decide(request, progress: new Progress(Sample.Now.AddMinutes(-10))) is AuthorizeStep.Fail { Error.Code: "login_required" });
    }

    // OIDC Core §8: hints are in the client's words
    [Theory]
    [InlineData("pairwise-name", true)]
    [InlineData("alice", false)]
    public void A_hint_is_held_against_what_the_client_calls_the_user(string named, bool gives)
    {
        var known = Alice with { KnownAs = "pairwise-name" };

        Assert.Equal(gives, Decide(Sample.Request with { HintedSubject = named }, known) is AuthorizeStep.IssueCode);
        Assert.Equal(gives, Decide(Sample.Request with { Claims = ClaimsRequest.Parse($$$$"""{"id_token":{"sub":{"value":"{{{{named}}}}"}}}""").Value() }, known) is AuthorizeStep.IssueCode);
    }

    [Theory]
    [InlineData(One, One, true)]
    [InlineData(Two, One, true)]
    [InlineData(One, Two, false)]
    [InlineData("urn:other", One, false)]
    [InlineData(Two, "urn:other", false)]
    [InlineData("urn:other", "urn:other", true)]
    [InlineData("", One, false)]
    public void A_level_includes_those_before_it_and_a_name_without_an_order_itself(string acr, string other, bool includes) => Assert.Equal(includes, WithStep.Includes(acr, other));

    // RFC 9470 §3
    [Theory]
    [InlineData("", null, true)]
    [InlineData("", 300, true)]
    [InlineData("", 299, false)]
    [InlineData(One, null, true)]
    [InlineData(Two, null, false)]
    [InlineData("urn:authcore:acr:2 urn:authcore:acr:1", 300, true)]
    [InlineData(One, 299, false)]
    public void A_demand_is_met_by_strength_and_age_both(string acr, int? maxAge, bool isMet) => Assert.Equal(
        isMet, new AuthenticationDemand(acr.Split(' ', StringSplitOptions.RemoveEmptyEntries), maxAge).IsMetBy(One, Sample.Now.AddMinutes(-5), WithStep, Sample.Now));

    [Fact]
    public void A_demand_says_what_would_do()
    {
        Assert.Equal("", new AuthenticationDemand([], null).Challenge);
        Assert.Equal(", acr_values=\"urn:a urn:b\", max_age=\"5\"", new AuthenticationDemand(["urn:a", "urn:b"], 5).Challenge);
    }

    private static string ErrorOf(AuthorizeStep step) => Assert.IsType<AuthorizeStep.Fail>(step).Error.Code;

    private static AuthorizeStep Decide(
        AuthorizationRequest request, SignedIn? session = null, Progress? progress = null, bool nobody = false, AuthenticationMeans? means = null, Client? client = null) =>
        AuthorizeDecision.Decide(
            request, client ?? Sample.Client, Sample.Scopes, means ?? WithStep, nobody ? null : session ?? Alice, new Consent(Sample.Request.Scope, []), progress ?? Progress.None, Sample.Now);
}
