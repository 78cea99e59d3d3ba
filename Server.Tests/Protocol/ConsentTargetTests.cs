using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 8707 §2.1: what was allowed at one resource is not given at another unasked.</summary>
public sealed class ConsentTargetTests
{
    private const string Files = "https://files.example/";

    private static readonly ScopeCatalog s_catalog = new(
        Sample.Scopes.Scopes,
        [
            new() { Identifier = Sample.Api, Name = "Lists", Scopes = ["todo.read", "todo.write"] },
            new() { Identifier = Files, Name = "Files", Scopes = ["todo.read", "todo.write"] },
        ]);

    private static readonly SignedIn s_alice = new(Guid.Empty, "alice", Sample.Now.AddMinutes(-5), "urn:authcore:acr:1", ["pwd"]);

    private static readonly AuthorizationRequest s_request = Sample.Request with { Scope = ["openid", "todo.read"], Resource = [Sample.Api] };

    [Fact]
    public void What_was_allowed_at_this_resource_is_not_asked_again() => Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request, Allowed(["openid", "todo.read"], Sample.Api)));

    [Fact]
    public void A_consent_from_before_resources_were_remembered_is_asked_anew() =>
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(s_request, new Consent(["openid", "todo.read"], [])));

    [Fact]
    public void A_resource_nobody_was_asked_about_is_asked_about_and_silently_never_given()
    {
        var consent = Allowed(["openid", "todo.read"], Files);

        Assert.IsType<AuthorizeStep.AskConsent>(Decide(s_request, consent));
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(s_request with { Resource = [Files, Sample.Api] }, consent));
        Assert.Equal("consent_required", Assert.IsType<AuthorizeStep.Fail>(Decide(s_request with { Prompt = ["none"] }, consent)).Error.Code);
    }

    [Fact]
    public void A_resource_that_reads_none_of_the_scope_is_asked_about_too() =>
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(s_request with { Scope = ["openid", "email"] }, Allowed(["openid", "email"], Files)));

    // todo.write was allowed at Files, todo.read at the lists: that is no todo.write at the lists
    [Fact]
    public void A_scope_allowed_elsewhere_is_asked_about_at_a_resource_that_was_allowed_less()
    {
        var consent = new Consent(["openid", "todo.read", "todo.write"], [])
        {
            Targets = [.. s_catalog.TargetsOf([Files], ["openid", "todo.write"]), .. s_catalog.TargetsOf([Sample.Api], ["openid", "todo.read"])],
        };

        Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request, consent));
        Assert.IsType<AuthorizeStep.AskConsent>(Decide(s_request with { Scope = ["openid", "todo.read", "todo.write"] }, consent));
    }

    [Fact]
    public void A_scope_that_was_declined_needs_no_place() => Assert.Equal(
        ["openid"],
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request, new Consent(["openid"], ["todo.read"]) { Targets = [Sample.Api] })).Granted);

    [Fact]
    public void Without_a_resource_a_consent_to_the_scope_is_enough() =>
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request with { Resource = [] }, Allowed(["openid", "todo.read"], Files)));

    [Fact]
    public void What_was_ticked_on_this_page_is_for_the_resources_of_this_request() =>
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request, null, new Progress(Sample.Now.AddMinutes(-1), ConsentedSubject: "alice", ConsentedScope: ["openid", "todo.read"])));

    [Fact]
    public void A_first_party_client_asks_nobody_wherever() =>
        Assert.IsType<AuthorizeStep.IssueCode>(Decide(s_request, null, client: Sample.Client with { RequireConsent = false }));

    [Fact]
    public void A_resource_that_is_gone_is_invalid_target() =>
        Assert.Equal("invalid_target", Assert.IsType<AuthorizeStep.Fail>(Decide(s_request with { Resource = [Sample.Api, "https://gone.example/"] }, null)).Error.Code);

    [Theory]
    [InlineData("terms", "invalid_scope")]
    [InlineData("offline_access terms", "invalid_scope")]
    [InlineData("email", "invalid_scope")]
    [InlineData("todo.read terms", null)]
    public void Nobody_is_asked_for_what_no_token_would_carry(string scope, string? error)
    {
        var step = Decide(s_request with { Scope = scope.Split(' ') }, null);

        Assert.Equal(error, (step as AuthorizeStep.Fail)?.Error.Code);
        Assert.Equal(error is null, step is AuthorizeStep.AskConsent);
    }

    [Fact]
    public void What_no_resource_of_the_request_understands_is_no_item() => Assert.Equal(
        ["todo.read", "offline_access"], s_catalog.ItemsOf(s_request with { Scope = ["todo.read", "terms", "offline_access", "email"] }, Sample.Client));

    [Fact]
    public void Unticking_all_but_offline_access_is_a_no() => Assert.Equal(
        "access_denied",
        Assert.IsType<AuthorizeStep.Fail>(Decide(
            s_request with { Scope = ["todo.read", "offline_access"] },
            null,
            new Progress(Sample.Now.AddMinutes(-1), ConsentedSubject: "alice", ConsentedScope: ["offline_access"]))).Error.Code);

    private static Consent Allowed(string[] scope, string resource) => new(scope, []) { Targets = s_catalog.TargetsOf([resource], scope) };

    private static AuthorizeStep Decide(AuthorizationRequest request, Consent? consent, Progress? progress = null, Client? client = null) =>
        AuthorizeDecision.Decide(request, client ?? Sample.Client, s_catalog, Sample.Means, s_alice, consent, progress ?? Progress.None, Sample.Now);
}
