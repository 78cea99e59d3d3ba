using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class AuthorizationRequestRulesTests
{
    [Fact]
    public void A_good_request_is_read_as_it_was_sent()
    {
        var request = Check(Sample.Authorize(("nonce", "n-0S6_WzA2Mj"), ("login_hint", "alice"), ("response_mode", "form_post"))).Value();

        Assert.Equal("web", request.ClientId);
        Assert.Equal(["openid", "email"], request.Scope);
        Assert.Equal(("xyz", "n-0S6_WzA2Mj", "alice", "form_post"), (request.State, request.Nonce, request.LoginHint, request.ResponseMode));
        Assert.Equal(Sample.Challenge, request.CodeChallenge);
        Assert.True(request.IsOpenId);
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("response_type")]
    [InlineData("response_mode")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    [InlineData("code_challenge_method")]
    [InlineData("prompt")]
    [InlineData("max_age")]
    [InlineData("display")]
    [InlineData("ui_locales")]
    [InlineData("claims_locales")]
    [InlineData("id_token_hint")]
    [InlineData("login_hint")]
    [InlineData("acr_values")]
    [InlineData("claims")]
    [InlineData("request")]
    [InlineData("request_uri")]
    [InlineData("registration")]
    public void A_repeated_parameter_is_refused(string name)
    {
        var pairs = Sample.Authorize((name, null)).Pairs;
        var once = new KeyValuePair<string, string>(name, "1");

        Assert.Equal("invalid_request", Check(Parameters.Of([.. pairs, once, once])).ErrorCode());
        Assert.Equal("invalid_request", Check(Parameters.Of([.. pairs, once, new(name, "")])).ErrorCode());
    }

    // OAuth 2.1 §3.1
    [Fact]
    public void An_unknown_parameter_is_ignored_even_repeated() =>
        Assert.Null(Check(Sample.Authorize(("utm", "1"), ("utm", "2"), ("code", "x"), ("iss", "x"))).ErrorCode());

    [Fact]
    public void Empty_parameters_are_absent() => Assert.Null(Check(Sample.Authorize(
        ("request", ""), ("request_uri", ""), ("registration", ""), ("prompt", ""), ("max_age", ""), ("claims", ""), ("response_mode", ""), ("resource", ""))).ErrorCode());

    // OIDC Core §3.1.2.6
    [Theory]
    [InlineData("request", "request_not_supported")]
    [InlineData("request_uri", "request_uri_not_supported")]
    [InlineData("registration", "registration_not_supported")]
    public void A_way_that_is_not_offered_is_named(string name, string error) => Assert.Equal(error, Check(Sample.Authorize((name, "x"))).ErrorCode());

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("", "invalid_request")]
    [InlineData("token", "unsupported_response_type")]
    [InlineData("id_token", "unsupported_response_type")]
    [InlineData("id_token token", "unsupported_response_type")]
    [InlineData("code id_token", "unsupported_response_type")]
    [InlineData("code token", "unsupported_response_type")]
    [InlineData("none", "unsupported_response_type")]
    [InlineData("Code", "unsupported_response_type")]
    [InlineData("code ", "unsupported_response_type")]
    [InlineData("code code", "unsupported_response_type")]
    public void Any_response_type_but_code_is_refused(string? type, string error) => Assert.Equal(error, Check(Sample.Authorize(("response_type", type))).ErrorCode());

    [Fact]
    public void A_client_not_registered_for_code_is_refused()
    {
        Assert.Equal("unauthorized_client", Check(Sample.Authorize(), Sample.Client with { GrantTypes = ["client_credentials"] }).ErrorCode());
        Assert.Equal("unauthorized_client", Check(Sample.Authorize(), Sample.Client with { ResponseTypes = [] }).ErrorCode());
    }

    [Theory]
    [InlineData("fragment")]
    [InlineData("web_message")]
    [InlineData("form_post.jwt")]
    [InlineData("jwt")]
    [InlineData("Query")]
    [InlineData("query form_post")]
    public void A_response_mode_that_is_not_delivered_is_refused(string mode) => Assert.Equal("invalid_request", Check(Sample.Authorize(("response_mode", mode))).ErrorCode());

    // RFC 6749 §4.1.1, RFC 7636 §4.4.1, RFC 9700 §2.1.1
    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "S256")]
    [InlineData("", "S256")]
    [InlineData(Sample.Challenge, null)]                                   // absent means plain
    [InlineData(Sample.Challenge, "")]
    [InlineData(Sample.Challenge, "plain")]
    [InlineData(Sample.Challenge, "s256")]
    [InlineData(Sample.Challenge, "S512")]
    [InlineData(Sample.Challenge, "none")]
    [InlineData("short", "S256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "S256")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256")]
    public void A_request_without_a_good_S256_challenge_is_refused(string? challenge, string? method)
    {
        var parameters = Sample.Authorize(("code_challenge", challenge), ("code_challenge_method", method), ("nonce", "n"));

        Assert.Equal("invalid_request", Check(parameters).ErrorCode());
        Assert.Equal("invalid_request", Check(parameters, Sample.PublicClient).ErrorCode());
        Assert.Equal("invalid_request", Check(parameters, Sample.PublicClient with { RequirePkce = false }).ErrorCode());
    }

    // FAPI 2.0 Message Signing §5.4
    [Theory]
    [InlineData("query", "invalid_request")]
    [InlineData(null, "invalid_request")]
    [InlineData("form_post", null)]
    public void A_client_of_certain_response_modes_gets_no_other(string? mode, string? error)
    {
        string[] modes = ["form_post"];

        Assert.Equal(error, AuthorizationRequestRules.Check(Sample.Authorize(("response_mode", mode)), Sample.Client, Sample.Request.RedirectUri, hint: null, modes).ErrorCode());
        Assert.Equal("form_post", AuthorizationRequestRules.TargetOf(Sample.Authorize(("response_mode", mode)), Sample.Request.RedirectUri, modes).ResponseMode);
    }

    [Fact]
    public void Only_a_confidential_client_may_be_excused_from_PKCE()
    {
        var bare = Sample.Authorize(("code_challenge", null), ("code_challenge_method", null));

        Assert.Null(Check(bare, Sample.Client with { RequirePkce = false }).Value().CodeChallenge);
        Assert.Equal("invalid_request", Check(bare, Sample.PublicClient with { RequirePkce = false }).ErrorCode());
    }

    [Theory]
    [InlineData(Sample.Challenge, null)]
    [InlineData(Sample.Challenge, "plain")]
    [InlineData("short", "S256")]
    [InlineData(null, "S256")]
    public void An_excused_client_that_sends_a_challenge_must_send_a_good_one(string? challenge, string? method) => Assert.Equal(
        "invalid_request", Check(Sample.Authorize(("code_challenge", challenge), ("code_challenge_method", method)), Sample.Client with { RequirePkce = false }).ErrorCode());

    [Theory]
    [InlineData("openid admin")]
    [InlineData("openid phone")]        // known, but not this client's
    [InlineData("OPENID")]
    [InlineData("openid \"")]
    [InlineData("openid\temail")]
    [InlineData("claim:email")]
    public void A_scope_beyond_the_registered_is_refused(string scope) => Assert.Equal("invalid_scope", Check(Sample.Authorize(("scope", scope))).ErrorCode());

    // RFC 6749 §3.3
    [Fact]
    public void No_scope_means_the_registered_ones_without_openid_and_offline_access()
    {
        var request = Check(Sample.Authorize(("scope", null))).Value();

        Assert.Equal(["profile", "email", "todo.read", "todo.write", "terms"], request.Scope);
        Assert.False(request.IsOpenId);
    }

    [Fact]
    public void No_scope_is_refused_where_nothing_could_be_meant() =>
        Assert.Equal("invalid_scope", Check(Sample.Authorize(("scope", null)), Sample.Client with { Scope = ["openid", "offline_access"] }).ErrorCode());

    [Fact]
    public void A_resource_may_repeat_and_must_be_the_clients()
    {
        Assert.Equal(
            [Sample.Api, "https://files.example/"],
            Check(Sample.Authorize(("resource", Sample.Api), ("resource", "https://files.example/"))).Value().Resource);
        Assert.Equal("invalid_target", Check(Sample.Authorize(("resource", Sample.Api), ("resource", "https://other.example/"))).ErrorCode());
    }

    // RFC 6749 §4.1.2.1: an error needs somewhere to go, whatever else is wrong.
    [Theory]
    [InlineData("form_post", "form_post")]
    [InlineData("query", "query")]
    [InlineData("fragment", "query")]
    [InlineData("", "query")]
    [InlineData(null, "query")]
    public void The_target_of_an_error_is_a_mode_that_is_delivered(string? sent, string mode) => Assert.Equal(
        new ResponseTarget(Sample.RedirectUri, mode, "xyz"),
        AuthorizationRequestRules.TargetOf(Sample.Authorize(("response_mode", sent)), Sample.Request.RedirectUri));

    [Fact]
    public void The_target_of_an_error_has_no_parameter_that_was_repeated()
    {
        Assert.Null(AuthorizationRequestRules.TargetOf(Sample.AuthorizeAnd("state", "abc"), Sample.Request.RedirectUri).State);
        Assert.Equal("query", AuthorizationRequestRules.TargetOf(
            Sample.Authorize(("response_mode", "form_post"), ("response_mode", "form_post")), Sample.Request.RedirectUri).ResponseMode);
    }

    private static Result<AuthorizationRequest> Check(Parameters parameters, Client? client = null) =>
        AuthorizationRequestRules.Check(parameters, client ?? Sample.Client, Sample.Request.RedirectUri, hint: null);
}
