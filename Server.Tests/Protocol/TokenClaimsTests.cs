using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class TokenClaimsTests
{
    private static readonly AccessTokenClaims Access = new()
    {
        Issuer = "https://id.example", Subject = "alice", Audience = [Sample.Api], ClientId = "web", Scope = ["openid", "email"],
        IssuedAt = Sample.Now, Lifetime = 900, JwtId = "j1", GrantId = Sample.Grant.Id,
        AuthenticatedAt = Sample.Now.AddMinutes(-5), Acr = "urn:authcore:acr:1", Amr = ["pwd"],
    };

    private static readonly IdTokenClaims Id = new()
    {
        Issuer = "https://id.example", Subject = "alice", Audience = "web", IssuedAt = Sample.Now, Lifetime = 300,
        AuthenticatedAt = Sample.Now.AddMinutes(-5), Nonce = "n", Acr = "urn:authcore:acr:1", Amr = ["pwd"], SessionId = Sample.Grant.SessionId, AccessTokenHash = "hash",
    };

    // RFC 9068 §2.2
    [Fact]
    public void An_access_token_has_the_claims_of_rfc9068()
    {
        Assert.Equal("at+jwt", AccessTokenClaims.Type);
        Assert.Equal(
            """
            {"iss":"https://id.example","sub":"alice","aud":"https://api.example/","client_id":"web","iat":1893499200,"exp":1893500100,"jti":"j1","scope":"openid email","gid":"01890a5d-ac96-774b-bcce-b302099a8057","auth_time":1893498900,"acr":"urn:authcore:acr:1","amr":["pwd"]}
            """,
            Json.Of(Access.Write));
    }

    [Fact]
    public void A_client_that_acts_for_itself_was_not_authenticated_like_a_person()
    {
        var claims = Json.Parse((Access with { Subject = "web", GrantId = null, AuthenticatedAt = null, Acr = null, Amr = null, Scope = [] }).Write);

        Assert.Equal(["iss", "sub", "aud", "client_id", "iat", "exp", "jti"], claims.Select(claim => claim.Key));
    }

    [Fact]
    public void Several_audiences_are_an_array() =>
        Assert.Equal("""["a","b"]""", Json.Parse((Access with { Audience = ["a", "b"] }).Write)["aud"]!.ToJsonString());

    // RFC 7800 §3.1
    [Fact]
    public void A_bound_token_carries_its_confirmation_and_a_bearer_token_none()
    {
        Assert.Equal("k", (string?)Json.Parse((Access with { Confirmation = """{"jkt":"k"}""" }).Write)["cnf"]!["jkt"]);
        Assert.False(Json.Parse(Access.Write).ContainsKey("cnf"));
    }

    [Fact]
    public void An_access_token_carries_no_claim_about_the_person() => Assert.DoesNotContain("email", Json.Parse(Access.Write).Select(claim => claim.Key));

    // OIDC Core §2
    [Fact]
    public void An_ID_token_has_the_claims_of_the_standard() => Assert.Equal(
        """
        {"iss":"https://id.example","sub":"alice","aud":"web","iat":1893499200,"exp":1893499500,"auth_time":1893498900,"acr":"urn:authcore:acr:1","amr":["pwd"],"nonce":"n","sid":"01890a5d-ac96-774b-bcce-b302099a8058","at_hash":"hash"}
        """,
        Json.Of(Id.Write));

    // OIDC Core §12.2
    [Fact]
    public void After_a_refresh_there_is_no_nonce_and_the_old_auth_time()
    {
        var claims = Json.Parse((Id with { Nonce = null, IssuedAt = Sample.Now.AddDays(1), SessionId = null, AccessTokenHash = null }).Write);

        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr"], claims.Select(claim => claim.Key));
        Assert.Equal(Sample.Now.AddMinutes(-5).ToUnixTimeSeconds(), (long)claims["auth_time"]!);
    }

    [Theory]
    [InlineData("a\"b\\c<>&'+/")]
    [InlineData("é€😀")]
    [InlineData(" \t\n")]
    [InlineData("\",\"sub\":\"bob")]
    public void A_nonce_comes_back_unmodified(string nonce)
    {
        var claims = Json.Parse((Id with { Nonce = nonce }).Write);

        Assert.Equal(nonce, (string?)claims["nonce"]);
        Assert.Equal("alice", (string?)claims["sub"]);
    }

    [Fact]
    public void Claims_about_the_person_are_written_once_and_only_known_ones()
    {
        var claims = Json.Parse((Id with { UserClaimNames = ["email", "email", "shoe_size", "phone_number", "sub", "iss", "aud"], User = Sample.User }).Write);

        Assert.Equal(["iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr", "nonce", "sid", "at_hash", "email"], claims.Select(claim => claim.Key));
    }
}

/// <summary>What a writer wrote.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    public static string Of(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            write(json);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    public static JsonObject Parse(Action<Utf8JsonWriter> write) => JsonNode.Parse(Of(write), documentOptions: s_strict)!.AsObject();
}
