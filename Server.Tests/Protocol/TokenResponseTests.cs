using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class TokenResponseTests
{
    private static readonly TokenResponse Response = new()
    {
        AccessToken = "a.b.c", ExpiresIn = 900, RefreshToken = "r", IdToken = "d.e.f", Scope = ["openid", "email"],
    };

    // RFC 6749 §5.1, OIDC Core §3.1.3.3
    [Fact]
    public void A_response_has_the_members_of_the_standard() => Assert.Equal(
        """{"access_token":"a.b.c","token_type":"Bearer","expires_in":900,"refresh_token":"r","id_token":"d.e.f","scope":"openid email"}""",
        Json.Of(Response.Write));

    [Fact]
    public void What_was_not_given_is_not_a_member() => Assert.Equal(
        """{"access_token":"a.b.c","token_type":"Bearer","expires_in":900,"scope":"email"}""",
        Json.Of((Response with { RefreshToken = null, IdToken = null, Scope = ["email"] }).Write));

    // RFC 6749 §3.3: a scope has at least one token.
    [Fact]
    public void No_scope_is_no_member() => Assert.False(Json.Parse((Response with { Scope = [] }).Write).ContainsKey("scope"));

    [Fact]
    public void Printing_shows_no_token() => Assert.Equal("token response, scope openid email", Response.ToString());
}
