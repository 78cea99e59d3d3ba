using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>OIDC Core §3.1.2.3: who is signed in, and whether that will do.</summary>
public sealed class AuthorizeDecisionSignInTests
{
    private static readonly SignedIn Alice = new(Guid.Empty, "alice", Sample.Now.AddMinutes(-5), "urn:authcore:acr:1", ["pwd"]);

    private static readonly Consent All = new(Sample.Request.Scope, []);

    [Fact]
    public void Signed_in_and_allowed_before_gives_a_code_at_once() => Assert.IsType<AuthorizeStep.IssueCode>(Decide());

    [Fact]
    public void Nobody_signed_in_must_sign_in() => Assert.IsType<AuthorizeStep.Login>(Decide(nobody: true));

    // OIDC Core §3.1.2.6: prompt=none shows nothing.
    [Theory]
    [InlineData(true, "alice", "alice", null, true, "login_required")]
    [InlineData(false, "alice", "bob", null, true, "login_required")]      // the hint names somebody else
    [InlineData(false, "alice", "alice", 60, true, "login_required")]      // signed in 300 s ago
    [InlineData(false, "alice", "alice", 0, true, "login_required")]
    [InlineData(false, "alice", "alice", 600, false, "consent_required")]
    public void Prompt_none_answers_with_an_error_and_never_a_page(bool nobody, string subject, string hint, int? maxAge, bool consented, string error) => Assert.Equal(
        error,
        Assert.IsType<AuthorizeStep.Fail>(Decide(
            Sample.Request with { Prompt = ["none"], HintedSubject = hint, MaxAge = maxAge }, Alice with { Subject = subject }, nobody: nobody, forgotten: !consented)).Error.Code);

    [Fact]
    public void Prompt_none_gives_a_code_where_nothing_had_to_be_asked() =>
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(Sample.Request with { Prompt = ["none"], HintedSubject = "alice", MaxAge = 600 }));

    // auth_time is 300 s ago; the interaction began by that many seconds from now, or the request has just arrived
    [Theory]
    [InlineData("login", null, null, true)]
    [InlineData("login", null, -299, true)]
    [InlineData("login", null, -300, false)]
    [InlineData("login", null, -600, false)]
    [InlineData("login consent", null, null, true)]
    [InlineData("", 0, null, true)]
    [InlineData("", 0, -299, true)]
    [InlineData("", 0, -300, false)]
    [InlineData("", 299, null, true)]
    [InlineData("", 300, null, false)]
    [InlineData("", 301, null, false)]
    [InlineData("", 299, -600, false)]
    [InlineData("login", 600, null, true)]
    [InlineData("", 999_999_999, null, false)]
    [InlineData("", null, null, false)]
    public void A_sign_in_older_than_asked_for_is_repeated_once(string prompt, int? maxAge, int? began, bool again) => Assert.Equal(
        again,
        Decide(
            Sample.Request with { Prompt = prompt.Split(' ', StringSplitOptions.RemoveEmptyEntries), MaxAge = maxAge },
            progress: began is { } seconds ? new Progress(Sample.Now.AddSeconds(seconds)) : null) is AuthorizeStep.Login);

    // OIDC Core §3.1.2.1: max_age=0 is prompt=login, even in the instant of a sign-in, or by a clock that is ahead.
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Max_age_0_trusts_no_earlier_sign_in_however_young(int seconds) =>
        Assert.IsType<AuthorizeStep.Login>(Decide(Sample.Request with { MaxAge = 0 }, Alice with { AuthenticatedAt = Sample.Now.AddSeconds(seconds) }));

    [Fact]
    public void A_hint_at_somebody_else_asks_for_that_user() => Assert.IsType<AuthorizeStep.Login>(Decide(Sample.Request with { HintedSubject = "bob" }));

    [Fact]
    public void A_hint_is_compared_exactly() => Assert.IsType<AuthorizeStep.Login>(Decide(Sample.Request with { HintedSubject = "Alice" }));

    // OIDC Core §3.1.2.1: somebody else's answer is never given.
    [Fact]
    public void Signing_in_as_somebody_else_than_hinted_is_an_error() => Assert.Equal(
        "login_required",
        Assert.IsType<AuthorizeStep.Fail>(Decide(Sample.Request with { HintedSubject = "bob" }, progress: new Progress(Sample.Now.AddMinutes(-10)))).Error.Code);

    [Fact]
    public void Consent_is_no_way_around_the_hint() => Assert.Equal(
        "login_required",
        Assert.IsType<AuthorizeStep.Fail>(Decide(
            Sample.Request with { HintedSubject = "bob" },
            progress: new Progress(Sample.Now.AddMinutes(-10), ConsentedSubject: "alice", ConsentedScope: ["openid", "email"]))).Error.Code);

    // OIDC Core §5.5.1.1: an essential acr that does not come about is a failed sign-in.
    [Theory]
    [InlineData("urn:authcore:acr:1", true, true)]
    [InlineData("urn:authcore:acr:2", true, false)]
    [InlineData("urn:authcore:acr:2", false, true)]      // voluntary
    [InlineData("urn:authcore:acr", true, false)]
    public void An_essential_acr_is_met_or_an_error(string acr, bool essential, bool gives)
    {
        var json = """{"id_token":{"acr":{"essential":true,"values":["?"]}}}""".Replace("?", acr, StringComparison.Ordinal);
        json = essential ? json : json.Replace("true", "false", StringComparison.Ordinal);

        foreach (var prompt in (string[][])[[], ["none"]])
        {
            var step = Decide(Sample.Request with { Prompt = prompt, Claims = ClaimsRequest.Parse(json).Value() });

            Assert.Equal(gives, step is AuthorizeStep.IssueCode);
            Assert.Equal(!gives, step is AuthorizeStep.Fail { Error.Code: "unmet_authentication_requirements" });
        }
    }

    [Fact]
    public void Select_account_asks_whoever_was_signed_in_before() => Assert.IsType<AuthorizeStep.SelectAccount>(Decide(Sample.Request with { Prompt = ["select_account"] }));

    [Fact]
    public void Select_account_is_satisfied_by_a_choice_or_a_new_sign_in()
    {
        var request = Sample.Request with { Prompt = ["select_account"] };
        var began = Sample.Now.AddMinutes(-1);

        Assert.IsType<AuthorizeStep.SelectAccount>(Decide(request, progress: new Progress(began)));
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, progress: new Progress(began, AccountChosenAt: began.AddSeconds(5))));
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, progress: new Progress(began.AddMinutes(-10))));
    }

    [Fact]
    public void Choosing_an_account_is_not_signing_in() => Assert.IsType<AuthorizeStep.Login>(
        Decide(Sample.Request with { Prompt = ["select_account", "login"] }, progress: new Progress(Sample.Now.AddMinutes(-1), AccountChosenAt: Sample.Now)));

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("login")]
    public void No_means_no_whatever_else_holds(string prompt) => Assert.Equal(
        "access_denied",
        Assert.IsType<AuthorizeStep.Fail>(Decide(
            Sample.Request with { Prompt = prompt.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
            progress: new Progress(Sample.Now, ConsentedSubject: "alice", ConsentedScope: ["openid"], Denied: true))).Error.Code);

    private static AuthorizeStep Decide(
        AuthorizationRequest? request = null, SignedIn? session = null, Progress? progress = null, bool nobody = false, bool forgotten = false) => AuthorizeDecision.Decide(
            request ?? Sample.Request, Sample.Client, Sample.Scopes, Sample.Means, nobody ? null : session ?? Alice, forgotten ? null : All, progress ?? Progress.None, Sample.Now);
}
