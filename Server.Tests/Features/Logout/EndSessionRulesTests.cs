using AuthCore.Features.Logout;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Logout;

/// <summary>RP-Initiated Logout §2, §3, §4: what a request is worth before anybody looks at a browser, and what follows from who sits there.</summary>
public sealed class EndSessionRulesTests
{
    private const string Bye = "https://app.example/bye";

    private static readonly Guid s_session = Guid.Parse("01890000-0000-7000-8000-0000000000ab");
    private static readonly SignedInHere s_alice = new(s_session, "sub-alice", "alice", "alice@example.com");
    private static readonly EndSessionRequest s_hinted = new() { ClientId = "web", HintedSubject = "sub-alice", HintedSession = s_session.ToString(), PostLogoutRedirectUri = Bye };
    private static readonly Client s_client = Seed.Web with { PostLogoutRedirectUris = [Bye, "https://app.example/bye?a=b", "com.example.app:/bye"] };
    private static readonly IdTokenFacts s_hint = new("sub-alice", "web", s_session.ToString());

    [Fact]
    public void The_client_is_the_audience_of_the_hint_where_it_does_not_name_itself()
    {
        var request = Read(("id_token_hint", "hint"), ("post_logout_redirect_uri", Bye), ("state", "s"));

        Assert.Equal(("web", "sub-alice", s_session.ToString(), Bye, "s"), (request.ClientId, request.HintedSubject, request.HintedSession, request.PostLogoutRedirectUri, request.State));
    }

    [Fact]
    public void A_hint_that_was_issued_to_another_client_is_refused() =>
        Assert.Contains("was not issued to this client", FaultOf(("id_token_hint", "hint"), ("client_id", "other")), StringComparison.Ordinal);

    [Theory]
    [InlineData("WEB")]
    [InlineData("web ")]
    public void A_client_id_that_only_looks_like_the_audience_is_refused(string clientId) =>
        Assert.Contains("was not issued to this client", FaultOf(("id_token_hint", "hint"), ("client_id", clientId)), StringComparison.Ordinal);

    [Fact]
    public void A_hint_that_is_no_ID_token_of_ours_is_refused() =>
        Assert.Contains("id_token_hint", FaultOf(("id_token_hint", "forged"), ("client_id", "web")), StringComparison.Ordinal);

    [Theory]
    [InlineData("id_token_hint")]
    [InlineData("logout_hint")]
    [InlineData("client_id")]
    [InlineData("post_logout_redirect_uri")]
    [InlineData("state")]
    [InlineData("ui_locales")]
    public void A_parameter_of_the_standard_that_is_repeated_is_refused(string name) =>
        Assert.Contains($"'{name}' is repeated", FaultOf((name, "web"), (name, "web")), StringComparison.Ordinal);

    [Fact]
    public void Empty_is_absent_and_unknown_is_ignored()
    {
        var request = Read(("id_token_hint", ""), ("client_id", ""), ("post_logout_redirect_uri", ""), ("foo", "1"), ("foo", "2"), ("ui_locales", "tlh de"));

        Assert.Equal(new EndSessionRequest(), request);
    }

    [Fact]
    public void A_state_may_be_long_but_not_without_end()
    {
        Assert.Equal(EndSessionRules.MaxState, Read(("state", new string('é', EndSessionRules.MaxState))).State!.Length);
        Assert.Contains("'state' is too long", FaultOf(("state", new string('s', EndSessionRules.MaxState + 1))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Bye)]
    [InlineData("https://app.example/bye?a=b")]
    [InlineData("com.example.app:/bye")]
    public void A_registered_address_is_gone_to(string uri) => Assert.True(Check(uri, s_client));

    [Theory]
    [InlineData("https://app.example/bye/")]
    [InlineData("https://app.example/bye?")]
    [InlineData("https://app.example/bye?a=b&c=d")]
    [InlineData("https://app.example/Bye")]
    [InlineData("https://APP.example/bye")]
    [InlineData("https://app.example:443/bye")]
    [InlineData("https://app.example/bye#x")]
    [InlineData("https://app.example/%62ye")]
    [InlineData("https://app.example/bye/../bye")]
    [InlineData("https://app.example")]
    [InlineData("https://app.example.evil.example/bye")]
    [InlineData("https://app.example@evil.example/bye")]
    [InlineData("https://evil.example/bye")]
    [InlineData("//app.example/bye")]
    [InlineData("/\\evil.example")]
    [InlineData("\thttps://app.example/bye")]
    [InlineData("https://app.example/cb")]
    [InlineData("javascript:alert(1)")]
    public void Any_other_is_refused_letter_for_letter(string uri) => Assert.False(Check(uri, s_client));

    [Fact]
    public void Loopback_is_no_exception_a_port_is_part_of_the_address()
    {
        var native = s_client with { ApplicationType = "native", PostLogoutRedirectUris = ["http://127.0.0.1/bye"] };

        Assert.True(Check("http://127.0.0.1/bye", native));
        Assert.False(Check("http://127.0.0.1:5000/bye", native));
    }

    [Fact]
    public void Without_a_client_no_address_is_gone_to() => Assert.False(EndSessionRules.CheckClient(new EndSessionRequest { PostLogoutRedirectUri = Bye }, client: null).Try(out _, out _));

    [Fact]
    public void An_unknown_or_disabled_client_is_refused_with_an_address_and_without()
    {
        foreach (var uri in new[] { null, Bye })
        {
            var request = new EndSessionRequest { ClientId = "web", PostLogoutRedirectUri = uri };
            Assert.False(EndSessionRules.CheckClient(request, client: null).Try(out _, out _));
            Assert.False(EndSessionRules.CheckClient(request, s_client with { DisabledAt = DateTimeOffset.UnixEpoch }).Try(out _, out _));
            Assert.True(EndSessionRules.CheckClient(request, s_client).Try(out _, out _));
        }
    }

    [Fact]
    public void Only_a_hint_of_this_very_session_spares_the_question()
    {
        Assert.Equal(EndSessionStep.SignOut, EndSessionRules.Decide(s_hinted, s_alice));
        Assert.Equal(EndSessionStep.SignOut, EndSessionRules.Decide(s_hinted with { HintedSession = null }, s_alice));
        Assert.Equal(EndSessionStep.Ask, EndSessionRules.Decide(s_hinted with { HintedSession = Guid.Empty.ToString() }, s_alice));
        Assert.Equal(EndSessionStep.Ask, EndSessionRules.Decide(s_hinted with { HintedSession = null, HintedSubject = "sub-bob" }, s_alice));
        Assert.Equal(EndSessionStep.Ask, EndSessionRules.Decide(s_hinted with { HintedSession = null, HintedSubject = null }, s_alice));
        Assert.Equal(EndSessionStep.Ask, EndSessionRules.Decide(new EndSessionRequest { LogoutHint = "alice" }, s_alice));
        Assert.Equal(EndSessionStep.Ask, EndSessionRules.Decide(new EndSessionRequest(), s_alice));
    }

    [Fact]
    public void Where_nobody_is_signed_in_only_a_token_of_ours_leads_anywhere_at_once()
    {
        Assert.Equal(EndSessionStep.GoBack, EndSessionRules.Decide(s_hinted, here: null));
        Assert.Equal(EndSessionStep.Tell, EndSessionRules.Decide(s_hinted with { HintedSubject = null, HintedSession = null }, here: null));
        Assert.Equal(EndSessionStep.Tell, EndSessionRules.Decide(s_hinted with { PostLogoutRedirectUri = null }, here: null));
        Assert.Equal(EndSessionStep.Tell, EndSessionRules.Decide(new EndSessionRequest(), here: null));
    }

    // Nobody is signed in by a session that has run out, but applications may still be.
    [Fact]
    public void A_session_that_has_run_out_is_ended_by_its_own_hint_and_by_nothing_else()
    {
        var over = s_alice with { HasRunOut = true };
        Assert.Equal(EndSessionStep.SignOut, EndSessionRules.Decide(s_hinted, over));
        Assert.Equal(EndSessionStep.SignOut, EndSessionRules.Decide(s_hinted with { PostLogoutRedirectUri = null }, over));
        Assert.Equal(EndSessionStep.GoBack, EndSessionRules.Decide(s_hinted with { HintedSession = Guid.Empty.ToString() }, over));
        Assert.Equal(EndSessionStep.GoBack, EndSessionRules.Decide(s_hinted with { HintedSession = null, HintedSubject = "sub-bob" }, over));
        Assert.Equal(EndSessionStep.Tell, EndSessionRules.Decide(s_hinted with { HintedSession = null, HintedSubject = null }, over));
        Assert.Equal(EndSessionStep.Tell, EndSessionRules.Decide(new EndSessionRequest { LogoutHint = "alice" }, over));
    }

    [Theory]
    [InlineData("alice", false)]
    [InlineData("ALICE", false)]
    [InlineData("Alice@Example.com", false)]
    [InlineData("sub-alice", false)]
    [InlineData("01890000-0000-7000-8000-0000000000ab", false)]
    [InlineData("bob", true)]
    [InlineData("SUB-ALICE", true)]
    public void A_logout_hint_only_says_whether_somebody_else_seems_to_be_meant(string hint, bool another) =>
        Assert.Equal(another, EndSessionRules.SeemsToMeanAnother(new EndSessionRequest { LogoutHint = hint }, s_alice));

    [Theory]
    [InlineData(Bye, "a b&c=d#é", "https://app.example/bye?state=a%20b%26c%3Dd%23%C3%A9")]
    [InlineData("https://app.example/bye?a=b", "s", "https://app.example/bye?a=b&state=s")]
    [InlineData("https://app.example/bye?", "s", "https://app.example/bye?state=s")]
    [InlineData("com.example.app:/bye", "s", "com.example.app:/bye?state=s")]
    [InlineData(Bye, null, Bye)]
    [InlineData(null, "s", null)]
    public void The_state_is_handed_back_with_the_address_as_it_was_registered(string? uri, string? state, string? target) =>
        Assert.Equal(target, EndSessionRules.Target(new EndSessionRequest { PostLogoutRedirectUri = uri, State = state }));

    private static EndSessionRequest Read(params (string Name, string Value)[] parameters) =>
        EndSessionRules.Read(Of(parameters), HintIn(parameters)).Try(out var request, out var error) ? request : throw new InvalidOperationException(error.Description);

    private static string FaultOf(params (string Name, string Value)[] parameters)
    {
        Assert.False(EndSessionRules.Read(Of(parameters), HintIn(parameters)).Try(out _, out var error));
        return error!.Description;
    }

    private static bool Check(string uri, Client client) => EndSessionRules.CheckClient(new EndSessionRequest { ClientId = "web", PostLogoutRedirectUri = uri }, client).Try(out _, out _);

    private static Parameters Of((string Name, string Value)[] parameters) => Parameters.Of(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    private static Result<IdTokenFacts>? HintIn((string Name, string Value)[] parameters) =>
        Of(parameters)["id_token_hint"] is { } hint ? ReadHint(hint) : (Result<IdTokenFacts>?)null;

    private static Result<IdTokenFacts> ReadHint(string token) => token == "hint" ? s_hint : ProtocolError.InvalidRequest("The parameter 'id_token_hint' is not an ID token of this server.");
}
