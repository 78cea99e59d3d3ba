using System.Text;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Jose;

public sealed class IncomingJwtTests
{
    private const long Now = 1_893_499_200;   // 2030-01-01T12:00:00Z
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(Now);
    private static readonly SigningKey s_key = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly JwkSet s_keys = JwkSet.Parse(Encoding.UTF8.GetBytes(TestJwt.SetOf(s_key)));
    private static readonly JwtRules s_rules = new(new JwsRules("client-authentication+jwt", TypRequired: false) { OtherTyps = ["JWT"] })
    {
        Required = ["iss", "sub", "aud", "exp", "jti"],
        ExpiresWithin = TimeSpan.FromMinutes(10),
    };

    private static readonly JwtRules s_proof = new(new JwsRules("dpop+jwt") { KeyInHeader = true }) { Required = ["jti", "htm", "htu", "iat"], IssuedWithin = TimeSpan.FromSeconds(60) };

    private static JsonObject Claims(params (string Name, JsonNode? Value)[] changes) => TestJwt.Change(
        new JsonObject { ["iss"] = "app", ["sub"] = "app", ["aud"] = "https://issuer.test", ["jti"] = "1", ["exp"] = Now + 60, ["iat"] = Now }, changes);

    private static string? Refusal(string compact, JwtRules? rules = null) => IncomingJwt.TryRead(compact, rules ?? s_rules, s_keys, s_now, out _, out var reason) ? null : reason;

    private static string? Refusal(params (string Name, JsonNode? Value)[] changes) => Refusal(TestJwt.Sign(s_key, Claims(changes)));

    private static string? RefusalOf(string claim, string json) =>
        Refusal(TestJwt.Sign(s_key, "{\"alg\":\"ES256\"}", Claims((claim, null)).ToJsonString()[..^1] + $",\"{claim}\":{json}}}"));

    [Fact]
    public void A_good_one_is_read_whole()
    {
        var compact = TestJwt.Sign(s_key, Claims(("nbf", Now - 1), ("exp", Now + 59.5)), ("typ", "JWT"));

        Assert.True(IncomingJwt.TryRead(compact, s_rules, s_keys, s_now, out var jwt, out _));
        Assert.Equal(("app", "app", "1"), (jwt.Issuer, jwt.Subject, jwt.Id));
        Assert.Equal(["https://issuer.test"], jwt.Audience);
        Assert.Equal((s_now.AddSeconds(59.5), s_now.AddSeconds(-1), s_now), (jwt.ExpiresAt, jwt.NotBefore, jwt.IssuedAt));
        Assert.Equal(s_key.Kid, jwt.Key.Kid);
        Assert.DoesNotContain("issuer.test", jwt.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("aud")]
    [InlineData("jti")]
    [InlineData("exp")]
    public void A_claim_that_the_use_demands_must_be_there(string claim) => Assert.Equal(claim + " is missing", Refusal((claim, null)));

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("jti")]
    public void A_claim_of_text_is_text_and_not_empty(string claim)
    {
        foreach (var json in new[] { "7", "null", "[]", "[\"app\"]", "{}", "true", "\"\"" })
        {
            Assert.Equal("iss, sub or jti is empty or no text", RefusalOf(claim, json));
        }
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[7]")]
    [InlineData("[\"https://issuer.test\",null]")]
    public void An_audience_is_a_text_or_a_list_of_texts(string json) => Assert.Equal("aud is neither a text nor a list of texts", RefusalOf("aud", json));

    [Theory]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("iat")]
    public void A_time_is_a_number_that_a_clock_can_show(string claim)
    {
        foreach (var json in new[] { "\"1893499200\"", "null", "true", "[]", "{}", "-1", "-0.5", "1e400", "1e20", "253402300800", "99999999999999999999999999999999999999", "18446744073709551617" })
        {
            Assert.Equal("exp, nbf or iat is no time", RefusalOf(claim, json));
        }
    }

    [Theory]
    [InlineData("1893499260.000")]
    [InlineData("1.89349926e9")]
    [InlineData("1893499259.9999999999")]
    public void A_time_may_have_a_fraction_or_an_exponent(string json) => Assert.Null(RefusalOf("exp", json));

    [Theory]
    [InlineData(600, null)]
    [InlineData(600.5, "exp is too far ahead")]
    [InlineData(601, "exp is too far ahead")]
    [InlineData(1, null)]
    [InlineData(0, null)]
    [InlineData(-59, null)]
    [InlineData(-60, "expired")]
    [InlineData(-3600, "expired")]
    public void It_expires_a_minute_late_and_not_too_far_ahead(double seconds, string? reason) => Assert.Equal(reason, Refusal(("exp", Now + seconds)));

    [Theory]
    [InlineData(-3600, null)]
    [InlineData(0, null)]
    [InlineData(10, null)]
    [InlineData(10.5, "ahead")]
    [InlineData(11, "ahead")]
    [InlineData(61, "ahead")]
    public void It_may_come_from_ten_seconds_ahead_and_no_more(double seconds, string? reason)
    {
        Assert.Equal(reason is null ? null : "iat is " + reason, Refusal(("iat", Now + seconds)));
        Assert.Equal(reason is null ? null : "nbf is " + reason, Refusal(("nbf", Now + seconds)));
    }

    [Fact]
    public void Where_time_is_ignored_it_is_still_of_its_type()
    {
        var rules = s_rules with { IgnoresTime = true };

        Assert.Null(Refusal(TestJwt.Sign(s_key, Claims(("exp", 1), ("iat", Now + 5000))), rules));
        Assert.NotNull(Refusal(TestJwt.Sign(s_key, Claims(("exp", "1"))), rules));
    }

    // RFC 10070
    [Theory]
    [InlineData("\"https://issuer.test\"", true)]
    [InlineData("[\"https://issuer.test\"]", false)]
    [InlineData("[\"https://issuer.test\",\"https://other.test\"]", false)]
    [InlineData("\"https://issuer.test/\"", false)]
    [InlineData("\"HTTPS://issuer.test\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("[]", false)]
    public void Only_a_text_alone_is_an_audience_alone(string json, bool expected)
    {
        var compact = TestJwt.Sign(s_key, "{\"alg\":\"ES256\"}", Claims(("aud", null)).ToJsonString()[..^1] + $",\"aud\":{json}}}");

        Assert.True(IncomingJwt.TryRead(compact, s_rules, s_keys, s_now, out var jwt, out _));
        Assert.Equal(expected, jwt.IsOnlyFor("https://issuer.test"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("JWT", true)]
    [InlineData("jwt", true)]
    [InlineData("application/jwt", true)]
    [InlineData("client-authentication+jwt", true)]
    [InlineData("application/client-authentication+jwt", true)]
    [InlineData("dpop+jwt", false)]
    [InlineData("at+jwt", false)]
    [InlineData("oauth-authz-req+jwt", false)]
    [InlineData("", false)]
    public void A_type_of_another_use_is_refused(string? typ, bool expected) => Assert.Equal(expected, Refusal(TestJwt.Sign(s_key, Claims(), ("typ", typ))) is null);

    [Fact]
    public void What_is_not_signed_by_one_of_the_keys_is_not_looked_at()
    {
        using var stranger = SigningKey.Create(SigningAlgorithm.ES256);

        Assert.Equal("no such key", Refusal(TestJwt.Sign(stranger, Claims(("exp", "nonsense")))));
        Assert.Equal("signature does not verify", Refusal(TestJwt.Sign(stranger, Claims(("exp", "nonsense")), ("kid", s_key.Kid))));
        Assert.Equal("signature does not verify", Refusal(TestJwt.Sign(stranger, Claims(), ("kid", null))));
    }

    [Fact]
    public void A_claim_seen_before_the_signature_is_text_or_nothing()
    {
        Assert.True(UnverifiedJws.TryRead(TestJwt.Sign(s_key, Claims(("iss", 7))), s_rules.Jws, out var jws, out _));
        Assert.Equal("app", jws.UnverifiedText("sub"));
        Assert.Null(jws.UnverifiedText("iss"));
        Assert.Null(jws.UnverifiedText("nothing"));
        Assert.True(UnverifiedJws.TryRead(TestJwt.Sign(s_key, "{\"alg\":\"ES256\"}", "prose"), s_rules.Jws, out jws, out _));
        Assert.Null(jws.UnverifiedText("sub"));
    }

    // RFC 7518 §3.4 asks for no one of the two values of s, and many signers take either: the second signature is as good as the first, and names the same jti.
    [Fact]
    public void The_other_signature_of_ecdsa_verifies_and_says_the_same()
    {
        var compact = TestJwt.Sign(s_key, Claims());
        var other = TestJwt.Malleate(compact);

        Assert.NotEqual(compact, other);
        Assert.True(IncomingJwt.TryRead(other, s_rules, s_keys, s_now, out var jwt, out _));
        Assert.Equal("1", jwt.Id);
    }

    [Fact]
    public void A_signature_of_another_curve_is_refused_under_either_name()
    {
        using var p384 = SigningKey.Create(SigningAlgorithm.ES384);
        var keys = JwkSet.Parse(Encoding.UTF8.GetBytes(TestJwt.SetOf(p384, s_key)));
        string? With(SigningKey signer, string alg, string? kid) =>
            IncomingJwt.TryRead(TestJwt.Sign(signer, Claims(), ("alg", alg), ("kid", kid)), s_rules, keys, s_now, out _, out var reason) ? null : reason;

        Assert.Null(With(p384, "ES384", null));
        Assert.Equal("signature does not verify", With(p384, "ES256", null));
        Assert.Equal("signature does not verify", With(s_key, "ES384", null));
        Assert.Equal("no such key", With(p384, "ES256", p384.Kid));
        Assert.Equal("no such key", With(s_key, "ES384", s_key.Kid));
    }

    // RFC 9449 §4.1
    [Fact]
    public void The_proof_of_rfc9449_is_verified_by_the_key_in_its_header()
    {
        const string Proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19."
            + "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ."
            + "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        var then = DateTimeOffset.FromUnixTimeSeconds(1_562_262_616);

        Assert.True(IncomingJwt.TryRead(Proof, s_proof, JwkSet.Empty, then, out var jwt, out var reason), reason);
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", jwt.Key.Thumbprint());   // RFC 9449 §6.1
        Assert.True(IncomingJwt.TryRead(Proof, s_proof, JwkSet.Empty, then.AddSeconds(60), out _, out _));
        Assert.False(IncomingJwt.TryRead(Proof, s_proof, JwkSet.Empty, then.AddSeconds(61), out _, out reason));
        Assert.Equal("iat is too long ago", reason);
        Assert.False(IncomingJwt.TryRead(Proof, s_proof, JwkSet.Empty, then.AddSeconds(-11), out _, out _));
        Assert.Equal("header carries jwk", Refusal(Proof));
    }

    [Fact]
    public void A_proof_without_a_key_or_with_a_private_weak_or_other_one_is_refused()
    {
        using var stranger = SigningKey.Create(SigningAlgorithm.ES256);
        JsonObject payload = new() { ["jti"] = "1", ["htm"] = "POST", ["htu"] = "https://issuer.test/token", ["iat"] = Now };
        string? With(JsonNode? jwk) => Refusal(TestJwt.Sign(s_key, payload, ("typ", "dpop+jwt"), ("jwk", jwk)), s_proof);

        Assert.Null(With(TestJwt.JsonOf(s_key.PublicJwk)));
        Assert.Equal("header carries no jwk", With(null));
        Assert.Equal("signature does not verify", With(TestJwt.JsonOf(stranger.PublicJwk)));
        Assert.StartsWith("jwk: ", With(TestJwt.Change(TestJwt.JsonOf(s_key.PublicJwk), ("d", "AA"))), StringComparison.Ordinal);
        Assert.StartsWith("jwk: ", With(new JsonObject { ["kty"] = "oct", ["k"] = "AA" }), StringComparison.Ordinal);
        Assert.StartsWith("jwk: ", With("text"), StringComparison.Ordinal);
    }
}
