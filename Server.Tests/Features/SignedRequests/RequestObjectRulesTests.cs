using System.Text;
using System.Text.Json.Nodes;
using AuthCore.Features.SignedRequests;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.SignedRequests;

/// <summary>RFC 9101 §4, FAPI 2.0 Message Signing §5.3.1: what an object must be and say.</summary>
public sealed class RequestObjectRulesTests
{
    private const string Issuer = "https://issuer.test";

    private static readonly Client s_client = Seed.Web with { Jwks = Objects.SetOf(Objects.Key) };

    private static readonly JsonObject s_claims = Objects.Claims(s_client, Sample.Now, Issuer);

    [Fact]
    public void A_good_object_is_read_as_if_its_parameters_had_been_sent()
    {
        var parameters = Read(s_claims.Sign()).Value();

        Assert.Equal(TestBrowser.Request(s_client).OrderBy(pair => pair.Key, StringComparer.Ordinal), parameters.Pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    // RFC 7519 §4.1: these are of the token, not of the request.
    [Fact]
    public void The_tokens_own_claims_are_no_parameters() =>
        Assert.Null(Read(s_claims.With("jti", "a").With("sub", "somebody").With("iat", Seconds(0)).Sign()).Value().Pairs.FirstOrDefault(pair => pair.Key is "iss" or "sub" or "aud" or "exp" or "nbf" or "iat" or "jti").Key);

    [Theory]
    [InlineData("oauth-authz-req+jwt")]
    [InlineData("application/oauth-authz-req+jwt")]
    [InlineData("JWT")]
    [InlineData("jwt")]
    public void Its_type_is_its_own_or_any_jwts(string typ) => Assert.Null(Read(s_claims.Sign(typ: typ)).ErrorCode());

    [Fact]
    public void Its_type_may_be_absent() => Assert.Null(Read(Objects.SignUnder("""{"alg":"ES256"}""", s_claims)).ErrorCode());

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("token-introspection+jwt")]
    [InlineData("JOSE")]
    [InlineData("")]
    public void Another_tokens_type_is_refused(string typ) => AssertRefused(s_claims.Sign(typ: typ));

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"ES384"}""")]
    [InlineData("""{"alg":"es256"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"ES256","jku":"https://app.example/jwks"}""")]
    [InlineData("""{"alg":"ES256","x5u":"https://app.example/x"}""")]
    [InlineData("""{"alg":"ES256","zip":"DEF"}""")]
    [InlineData("""{"alg":"ES256","b64":false}""")]
    [InlineData("""{"alg":"ES256","kid":"unknown"}""")]
    public void A_header_that_the_door_refuses_is_refused_here(string header) => AssertRefused(Objects.SignUnder(header, s_claims));

    [Fact]
    public void Unsigned_and_by_another_key_it_is_refused()
    {
        var parts = s_claims.Sign().Split('.');

        AssertRefused($"{Objects.Encode("""{"alg":"none"}""")}.{parts[1]}.");
        AssertRefused($"{parts[0]}.{parts[1]}.");
        AssertRefused($"{parts[0]}.{parts[1]}");
        AssertRefused($"{parts[0]}.{parts[1]}.{Objects.Encode(new string('\0', 64))}");
        AssertRefused($"{parts[0]}.{s_claims.With("scope", "openid").Sign().Split('.')[1]}.{parts[2]}");
        AssertRefused($"{parts[0]}.a.b.{parts[1]}.{parts[2]}");
        AssertRefused(s_claims.Sign(Objects.OtherKey));
        AssertRefused("a.b.c");
    }

    [Fact]
    public void The_algorithm_that_the_client_registered_is_the_only_one()
    {
        var other = SigningKey.Create(SigningAlgorithm.ES384);
        var client = s_client with { Jwks = Objects.SetOf(Objects.Key, other) };

        Assert.Null(Read(s_claims.Sign(other), client).ErrorCode());
        Assert.Null(Read(s_claims.Sign(), client with { RequestObjectSigningAlg = "ES256" }).ErrorCode());
        Assert.Equal("invalid_request_object", Read(s_claims.Sign(other), client with { RequestObjectSigningAlg = "ES256" }).ErrorCode());
        Assert.Equal("invalid_request_object", Read(s_claims.Sign(), client with { RequestObjectSigningAlg = "ES384" }).ErrorCode());
        Assert.Equal("invalid_request_object", Read(s_claims.Sign(), client with { RequestObjectSigningAlg = "PS256" }).ErrorCode());
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("nbf")]
    [InlineData("exp")]
    [InlineData("client_id")]
    public void A_claim_that_is_missing_is_missed(string name) => AssertRefused(s_claims.With(name, null).Sign());

    public static TheoryData<string, string> WrongClaims => new()
    {
        { "iss", "\"post\"" },
        { "iss", "\"\"" },
        { "iss", "[\"web\"]" },
        { "iss", "null" },
        { "client_id", "\"post\"" },
        { "client_id", "\"WEB\"" },
        { "client_id", "[\"web\"]" },
        { "client_id", "null" },
        { "sub", "\"web\"" },   // as it is in a client assertion
        { "sub", "5" },
        { "aud", "\"https://other.test\"" },
        { "aud", "\"https://issuer.test/\"" },
        { "aud", "\"https://issuer.test/authorize\"" },
        { "aud", "\"HTTPS://ISSUER.TEST\"" },
        { "aud", "[]" },
        { "aud", "[\"https://other.test\"]" },
        { "aud", "[\"https://issuer.test\", 5]" },
        { "aud", "{\"https://issuer.test\":1}" },
        { "exp", "\"1893499500\"" },
        { "exp", "null" },
        { "exp", "-1" },
        { "exp", "1e300" },
        { "nbf", "\"1893499200\"" },
        { "nbf", "true" },
        { "iat", "\"now\"" },
        { "jti", "5" },
        { "request", "\"a.b.c\"" },
        { "request", "null" },
        { "request_uri", "\"urn:ietf:params:oauth:request_uri:x\"" },
        { "request_uri", "\"\"" },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public void A_claim_that_is_wrong_is_refused(string name, string json) =>
        AssertRefused(Objects.SignText(s_claims.With(name, null).ToJsonString()[..^1] + $",\"{name}\":{json}}}"));

    [Theory]
    [InlineData("[\"https://issuer.test\"]")]
    [InlineData("[\"https://other.test\",\"https://issuer.test\"]")]
    public void The_audience_is_the_issuer_or_has_it(string aud) => Assert.Null(Read(s_claims.With("aud", JsonNode.Parse(aud)).Sign()).ErrorCode());

    [Theory]
    [InlineData(0, 300, true)]
    [InlineData(10, 300, true)]
    [InlineData(11, 300, false)]       // nbf is ahead
    [InlineData(-3600, 0, true)]
    [InlineData(-3600, -59, true)]     // clocks differ
    [InlineData(-3600, -60, false)]    // over
    [InlineData(-3601, -30, false)]    // nbf over an hour ago
    [InlineData(0, 3600, true)]
    [InlineData(0, 3601, false)]       // exp over an hour after nbf
    [InlineData(-10, 3591, false)]
    [InlineData(0, 0, false)]
    [InlineData(5, 4, false)]
    [InlineData(-7200, 300, false)]
    [InlineData(-7200, -3600, false)]
    public void It_lives_within_an_hour_of_its_beginning(int nbf, int exp, bool isGood) =>
        Assert.Equal(isGood ? null : "invalid_request_object", Read(s_claims.With("nbf", Seconds(nbf)).With("exp", Seconds(exp)).Sign()).ErrorCode());

    [Theory]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void When_it_was_issued_is_not_ahead_of_us(int iat, bool isGood) =>
        Assert.Equal(isGood ? null : "invalid_request_object", Read(s_claims.With("iat", Seconds(iat)).Sign()).ErrorCode());

    [Theory]
    [InlineData("max_age", "300", "300")]
    [InlineData("max_age", "\"300\"", "300")]
    [InlineData("max_age", "-1", "-1")]          // for the rules of the request to refuse
    [InlineData("max_age", "1e3", "1e3")]
    [InlineData("claims", """{"userinfo":{"email":null}}""", """{"userinfo":{"email":null}}""")]
    [InlineData("claims", "\"{\\\"userinfo\\\":{\\\"email\\\":null}}\"", """{"userinfo":{"email":null}}""")]
    [InlineData("authorization_details", """[{"type":"payment"}]""", """[{"type":"payment"}]""")]
    [InlineData("resource", "\"https://api.test\"", "https://api.test")]
    [InlineData("resource", """["https://api.test","https://other.test"]""", "https://api.test https://other.test")]
    [InlineData("resource", "[]", "")]
    [InlineData("state", "\"\\u00e9 \\ud83d\\udd11\"", "é 🔑")]
    [InlineData("nonce", "\"\"", "")]
    [InlineData("unknown", "{\"a\":[1]}", "")]
    [InlineData("unknown", "null", "")]
    [InlineData("unknown", "5", "")]
    public void A_parameter_is_the_text_that_it_would_have_been(string name, string json, string text)
    {
        var parameters = Read(Objects.SignText(s_claims.With(name, null).ToJsonString()[..^1] + $",\"{name}\":{json}}}")).Value();

        Assert.Equal(text, string.Join(' ', parameters.All(name)));
    }

    [Theory]
    [InlineData("state", "5")]
    [InlineData("state", "null")]
    [InlineData("state", "[\"a\",\"b\"]")]
    [InlineData("state", "\"a\\u0000b\"")]
    [InlineData("redirect_uri", "[\"https://app.example/cb\"]")]
    [InlineData("redirect_uri", "{\"0\":\"https://app.example/cb\"}")]
    [InlineData("scope", "[\"openid\",\"profile\"]")]
    [InlineData("response_type", "true")]
    [InlineData("response_mode", "[\"query\"]")]
    [InlineData("max_age", "\"\\u0000\"")]
    [InlineData("max_age", "true")]
    [InlineData("max_age", "[300]")]
    [InlineData("claims", "5")]
    [InlineData("claims", "null")]
    [InlineData("prompt", "[\"login\"]")]
    [InlineData("resource", "[5]")]
    [InlineData("resource", "{}")]
    [InlineData("resource", "null")]
    [InlineData("code_challenge", "{}")]
    public void A_parameter_of_another_type_is_refused(string name, string json) =>
        AssertRefused(Objects.SignText(s_claims.With(name, null).ToJsonString()[..^1] + $",\"{name}\":{json}}}"));

    [Theory]
    [InlineData("\"scope\":\"openid\"")]
    [InlineData("\"client_id\":\"web\"")]
    [InlineData("\"exp\":1893499500")]
    [InlineData("\"\\u0073cope\":\"openid\"")]
    public void A_member_twice_is_refused(string member) => AssertRefused(Objects.SignText(s_claims.ToJsonString()[..^1] + $",{member}}}"));

    [Fact]
    public void A_member_twice_within_claims_is_refused() =>
        AssertRefused(Objects.SignText(s_claims.ToJsonString()[..^1] + ",\"claims\":{\"userinfo\":{\"email\":null,\"email\":null}}}"));

    [Theory]
    [InlineData("[]")]
    [InlineData("\"web\"")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"iss\":\"web\"")]
    public void What_is_no_object_is_refused(string text) => AssertRefused(Objects.SignText(text));

    [Fact]
    public void Counts_and_lengths_are_bounded()
    {
        var many = s_claims.DeepClone().AsObject();
        for (var i = 0; i < Parameters.MaxCount; i++)
        {
            many[$"p{i}"] = "";
        }

        AssertRefused(many.Sign());
        AssertRefused(s_claims.With(new string('n', Parameters.MaxNameLength + 1), "x").Sign());
        AssertRefused(s_claims.With("state", new string('s', Parameters.MaxValueLength)).Sign());
        Assert.Null(Read(s_claims.With("claims", new string('c', 10_000)).Sign()).ErrorCode());   // for the rules of the request to refuse
    }

    // RFC 9449 §10: a key that the request names in a way that is none must not be overlooked.
    [Theory]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[\"x\"]")]
    public void A_parameter_of_another_feature_is_a_text_where_that_feature_is(string json)
    {
        var compact = Objects.SignText(s_claims.ToJsonString()[..^1] + $",\"dpop_jkt\":{json}}}");

        Assert.Equal("invalid_request_object", Read(compact, others: ["dpop_jkt"]).ErrorCode());
        Assert.Null(Read(compact).Value()["dpop_jkt"]);
        Assert.Equal("x", Read(s_claims.With("dpop_jkt", "x").Sign(), others: ["dpop_jkt"]).Value()["dpop_jkt"]);
    }

    [Theory]
    [InlineData("ES256", "ES384", true)]
    [InlineData("RS256", "PS256", false)]
    [InlineData("ES384", "ES384", false)]
    public void A_client_that_names_its_algorithms_signs_with_no_other(string one, string other, bool isGood) =>
        Assert.Equal(isGood ? null : "invalid_request_object", Read(s_claims.Sign(), s_client with { AllowedSigningAlgs = [one, other] }).ErrorCode());

    [Fact]
    public void Another_client_cannot_send_it() =>
        Assert.Equal("invalid_request_object", Read(s_claims.Sign(), Seed.Post with { Jwks = s_client.Jwks }).ErrorCode());

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS384")]
    [InlineData("es256")]
    public void An_algorithm_that_is_not_ours_cannot_be_registered(string alg) => Assert.Contains("request_object_signing_alg", FaultsOf(s_client with { RequestObjectSigningAlg = alg }));

    [Fact]
    public void What_a_client_may_register_needs_its_keys_and_this_feature()
    {
        var signing = s_client with { RequireSignedRequestObject = true, RequestObjectSigningAlg = "PS256", Scope = [], Resources = [] };

        Assert.Empty(FaultsOf(signing));
        Assert.Empty(FaultsOf(signing with { Jwks = null, JwksUri = "https://app.example/jwks" }));
        Assert.Equal(["request_object_signing_alg", "require_signed_request_object"], FaultsOf(signing with { Jwks = null }).Order());
        Assert.Superset(
            new HashSet<string>(["request_object_signing_alg", "require_signed_request_object"]),
            new ClientMetadataRules(Sample.Capabilities, [], []).Validate(signing).Errors.Select(fault => fault.PropertyName).ToHashSet(StringComparer.Ordinal));
    }

    private static string[] FaultsOf(Client client) =>
        [.. new ClientMetadataRules(((IMetadataPart)new SignedRequestsMetadata()).Extend(Sample.Capabilities), client.Scope, client.Resources).Validate(client).Errors.Select(fault => fault.PropertyName).Distinct()];

    private static JsonNode Seconds(int fromNow) => Sample.Now.ToUnixTimeSeconds() + fromNow;

    private static void AssertRefused(string compact) => Assert.Equal("invalid_request_object", Read(compact).ErrorCode());

    // As the server reads it, with the keys of the client.
    private static Result<Parameters> Read(string compact, Client? client = null, params string[] others)
    {
        client ??= s_client;
        return IncomingJwt.TryRead(compact, RequestObjectRules.DoorOf(client), JwkSet.Parse(Encoding.UTF8.GetBytes(client.Jwks!)), Sample.Now, out var jwt, out var reason)
            ? RequestObjectRules.Read(jwt, client, Issuer, Sample.Now, others)
            : ProtocolError.InvalidRequestObject(reason);
    }
}
