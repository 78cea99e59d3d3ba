using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>OIDC Core §3.1.2.4: what was allowed, by whom, and whether to ask.</summary>
public sealed class AuthorizeDecisionConsentTests
{
    private static readonly SignedIn Alice = new(Guid.Empty, "alice", Sample.Now.AddMinutes(-5), "urn:authcore:acr:1", ["pwd"]);

    private static readonly ClaimsRequest Name = ClaimsRequest.Parse("""{"userinfo":{"name":null}}""").Value();

    // the request asks for openid, email and todo.read
    [Theory]
    [InlineData("openid email todo.read", "")]
    [InlineData("openid email todo.read todo.write", "profile")]
    [InlineData("openid email", "todo.read")]
    [InlineData("openid", "email todo.read")]
    public void What_was_answered_before_is_not_asked_again(string granted, string declined)
    {
        var step = Assert.IsType<AuthorizeStep.IssueCode>(Decide(Sample.Request, Remembered(granted, declined)));

        Assert.Equal(Sample.Request.Scope.Intersect(Words(granted)), step.Granted);
        Assert.Equal(Sample.Request.Scope.Except(Words(granted)), step.Declined);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("openid email", "")]                  // todo.read is new
    [InlineData("email todo.read", "openid")]         // openid cannot be declined
    [InlineData("", "openid email todo.read")]
    [InlineData("OPENID EMAIL TODO.READ", "")]
    public void What_was_not_answered_or_cannot_be_declined_is_asked(string granted, string declined) =>
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(Sample.Request, Remembered(granted, declined)));

    [Fact]
    public void Nothing_remembered_is_asked() => Assert.IsType<AuthorizeStep.AskConsent>(Decide(Sample.Request, consent: null));

    [Fact]
    public void A_required_scope_that_was_once_declined_is_asked_again() => Assert.IsType<AuthorizeStep.AskConsent>(
        Decide(Sample.Request with { Scope = ["openid", "terms"] }, Remembered("openid", "terms")));

    // OIDC Core §3.1.2.1
    [Fact]
    public void Prompt_consent_asks_again_until_it_is_answered()
    {
        var request = Sample.Request with { Prompt = ["consent"] };

        Assert.IsType<AuthorizeStep.AskConsent>(Decide(request, Remembered("openid email todo.read", "")));
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(request, Remembered("openid email todo.read", ""), client: Sample.Client with { RequireConsent = false }));
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, Remembered("openid email todo.read", ""), Answered("alice", "openid")));
    }

    // RFC 8252 §8.6, RFC 9700 §4.15: anybody can send a public client's id to a port or a scheme of this computer.
    [Theory]
    [InlineData("https://app.example/cb", true, false)]
    [InlineData("http://127.0.0.1:49152/cb", true, true)]
    [InlineData("http://localhost:49152/cb", true, true)]
    [InlineData("com.example.app:/cb", true, true)]
    [InlineData("HTTPS://app.example/cb", true, true)]
    [InlineData("http://127.0.0.1:49152/cb", false, false)]
    public void A_public_client_without_an_https_redirect_is_asked_every_time(string redirectUri, bool isPublic, bool asks)
    {
        var request = Sample.Request with { RedirectUri = new ChosenRedirectUri(redirectUri, WasSent: true) };
        var client = isPublic ? Sample.PublicClient : Sample.Client;

        Assert.Equal(asks, Decide(request, Remembered("openid email todo.read", ""), client: client) is AuthorizeStep.AskConsent);
        Assert.Equal(
            asks, Decide(request with { Prompt = ["none"] }, Remembered("openid email todo.read", ""), client: client) is AuthorizeStep.Fail { Error.Code: "consent_required" });
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, null, Answered("alice", "openid"), client));
    }

    [Fact]
    public void A_first_party_client_is_given_all_without_asking()
    {
        var step = Assert.IsType<AuthorizeStep.IssueCode>(Decide(Sample.Request, null, client: Sample.Client with { RequireConsent = false }));

        Assert.Equal(Sample.Request.Scope, step.Granted);
        Assert.Empty(step.Declined);
    }

    [Fact]
    public void What_is_granted_is_what_was_ticked_and_what_is_required()
    {
        var request = Sample.Request with { Scope = ["openid", "email", "todo.read", "terms"] };
        var step = Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, Remembered("openid email todo.read", ""), Answered("alice", "todo.read")));

        Assert.Equal(["openid", "todo.read", "terms"], step.Granted);
        Assert.Equal(["email"], step.Declined);
    }

    [Fact]
    public void A_tick_for_what_was_not_asked_for_grants_nothing() => Assert.Equal(
        ["openid", "email"],
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(Sample.Request, null, Answered("alice", "email todo.write offline_access admin"))).Granted);

    [Fact]
    public void Ticking_nothing_is_a_no() => Assert.Equal(
        "access_denied",
        Assert.IsType<AuthorizeStep.Fail>(Decide(Sample.Request with { Scope = ["email", "todo.read"] }, null, Answered("alice", "todo.write"))).Error.Code);

    [Theory]
    [InlineData("bob")]
    [InlineData("Alice")]
    [InlineData(null)]
    public void An_answer_of_another_subject_is_nobodys(string? subject) =>
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(Sample.Request, null, Answered(subject, "openid email todo.read")));

    // OIDC Core §5.5: a claim asked for by itself is asked for like a scope.
    [Theory]
    [InlineData("openid email todo.read", "", true)]
    [InlineData("openid email todo.read profile", "", true)]
    [InlineData("openid email todo.read claim:name", "", false)]
    [InlineData("openid email todo.read", "claim:name", false)]
    public void A_claim_asked_for_by_itself_has_to_be_answered(string granted, string declined, bool asks) => Assert.Equal(
        asks, Decide(Sample.Request with { Claims = Name }, Remembered(granted, declined)) is AuthorizeStep.AskConsent);

    [Fact]
    public void A_claim_not_ticked_is_declined_and_a_ticked_one_is_no_scope()
    {
        var request = Sample.Request with { Claims = Name };

        Assert.Equal(["claim:name"], Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, null, Answered("alice", "openid email todo.read"))).Declined);
        Assert.Equal(
            ["openid"], Assert.IsType<AuthorizeStep.IssueCode>(Decide(request, null, Answered("alice", "openid claim:name"))).Granted);
    }

    private static AuthorizeStep Decide(AuthorizationRequest request, Consent? consent, Progress? progress = null, Client? client = null) =>
        AuthorizeDecision.Decide(request, client ?? Sample.Client, Sample.Scopes, Sample.Means, Alice, consent, progress ?? Progress.None, Sample.Now);

    private static Consent Remembered(string granted, string declined) => new(Words(granted), Words(declined));

    private static Progress Answered(string? subject, string ticked) => new(Sample.Now.AddMinutes(-1), ConsentedSubject: subject, ConsentedScope: Words(ticked));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
