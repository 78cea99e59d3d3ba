using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>The parameters of OIDC Core §3.1.2.1 in <see cref="AuthorizationRequestRules"/>.</summary>
public sealed class AuthenticationRequestTests
{
    [Theory]
    [InlineData("none", new[] { "none" })]
    [InlineData("none none", new[] { "none" })]
    [InlineData("login consent", new[] { "login", "consent" })]
    [InlineData("select_account login consent", new[] { "select_account", "login", "consent" })]
    [InlineData(" login ", new[] { "login" })]
    [InlineData(" ", new string[0])]
    [InlineData(null, new string[0])]
    public void Prompt_is_a_set_of_known_values(string? prompt, string[] values) => Assert.Equal(values, Check(("prompt", prompt)).Value().Prompt);

    [Theory]
    [InlineData("none login")]
    [InlineData("login none")]
    [InlineData("consent none")]
    [InlineData("none select_account")]
    [InlineData("none none login")]
    [InlineData("create")]
    [InlineData("login create")]
    [InlineData("NONE")]
    [InlineData("none,login")]
    [InlineData("login\tconsent")]
    public void Prompt_none_stands_alone_and_unknown_values_are_refused(string prompt) => Assert.Equal("invalid_request", Check(("prompt", prompt)).ErrorCode());

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("3600", 3600)]
    [InlineData("007", 7)]
    [InlineData("999999999", 999_999_999)]
    public void Max_age_is_a_number_of_seconds(string maxAge, int seconds) => Assert.Equal(seconds, Check(("max_age", maxAge)).Value().MaxAge);

    [Theory]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData(" ")]
    [InlineData("1.0")]
    [InlineData("1,000")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1000000000")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("٣")]
    [InlineData("１")]
    [InlineData("1\n")]
    public void Max_age_of_any_other_shape_is_refused(string maxAge) => Assert.Equal("invalid_request", Check(("max_age", maxAge)).ErrorCode());

    // OIDC Registration §2
    [Theory]
    [InlineData(null, 60)]
    [InlineData("", 60)]
    [InlineData("0", 0)]
    [InlineData("600", 600)]
    public void The_clients_default_max_age_holds_where_none_is_sent(string? sent, int seconds) =>
        Assert.Equal(seconds, Check(Sample.Client with { DefaultMaxAge = 60 }, null, ("max_age", sent)).Value().MaxAge);

    [Theory]
    [InlineData("urn:a urn:b", new[] { "urn:a", "urn:b" })]
    [InlineData(null, new[] { "urn:default" })]
    public void Acr_values_are_voluntary_and_may_have_a_default(string? sent, string[] values) =>
        Assert.Equal(values, Check(Sample.Client with { DefaultAcrValues = ["urn:default"] }, null, ("acr_values", sent)).Value().AcrValues);

    // OIDC Registration §2: a default of OpenID requests, overridden by either way of asking
    [Theory]
    [InlineData("openid email", null, true)]
    [InlineData("openid email", """{"id_token":{"acr":null}}""", true)]
    [InlineData("openid email", """{"id_token":{"acr":{"values":["urn:a"]}}}""", false)]
    [InlineData("openid email", """{"id_token":{"acr":{"essential":true,"value":"urn:a"}}}""", false)]
    [InlineData("openid email", """{"userinfo":{"acr":{"values":["urn:a"]}}}""", true)]
    [InlineData("email", null, false)]
    public void Default_acr_values_hold_where_nothing_else_was_asked_for(string scope, string? claims, bool holds) => Assert.Equal(
        holds ? ["urn:default"] : [], Check(Sample.Client with { DefaultAcrValues = ["urn:default"] }, null, ("scope", scope), ("claims", claims)).Value().AcrValues);

    // OIDC Core §15.1
    [Theory]
    [InlineData("display", "popup")]
    [InlineData("display", "hologram")]
    [InlineData("ui_locales", "de-CH fr tlh")]
    [InlineData("claims_locales", "x")]
    [InlineData("acr_values", "urn:nobody:knows")]
    [InlineData("login_hint", "alice@app.example")]
    public void What_is_not_understood_of_these_causes_no_error(string name, string value) => Assert.Null(Check((name, value)).ErrorCode());

    [Fact]
    public void The_hint_names_the_subject() => Assert.Equal("alice", Check(Sample.Client, "alice").Value().HintedSubject);

    [Fact]
    public void A_hint_that_is_not_ours_is_an_error() => Assert.Equal(
        "invalid_request",
        AuthorizationRequestRules.Check(Sample.Authorize(), Sample.Client, Sample.Request.RedirectUri, ProtocolError.InvalidRequest("hint")).ErrorCode());

    [Fact]
    public void A_hint_that_was_never_set_is_an_error() => Assert.Equal(
        "server_error", AuthorizationRequestRules.Check(Sample.Authorize(), Sample.Client, Sample.Request.RedirectUri, default(Result<string>)).ErrorCode());

    // OIDC Core §5.5.1
    [Fact]
    public void A_subject_asked_for_by_value_is_kept_with_the_request() =>
        Assert.Equal(["bob"], Check(("claims", """{"id_token":{"sub":{"value":"bob"}}}""")).Value().Claims!.Subjects!);

    [Fact]
    public void Two_hints_that_name_different_users_are_refused()
    {
        Assert.Equal("invalid_request", Check(Sample.Client, "alice", ("claims", """{"id_token":{"sub":{"value":"bob"}}}""")).ErrorCode());
        Assert.Equal("invalid_request", Check(Sample.Client, "alice", ("claims", """{"userinfo":{"sub":{"values":["bob","carol"]}}}""")).ErrorCode());
        Assert.Null(Check(Sample.Client, "alice", ("claims", """{"userinfo":{"sub":{"values":["bob","alice"]}}}""")).ErrorCode());
    }

    [Fact]
    public void Bad_claims_are_refused() => Assert.Equal("invalid_request", Check(("claims", "{")).ErrorCode());

    private static Result<AuthorizationRequest> Check(params (string Name, string? Value)[] changes) => Check(Sample.Client, null, changes);

    private static Result<AuthorizationRequest> Check(Client client, string? hint, params (string Name, string? Value)[] changes) =>
        AuthorizationRequestRules.Check(Sample.Authorize(changes), client, Sample.Request.RedirectUri, hint is null ? (Result<string>?)null : (Result<string>)hint);
}
