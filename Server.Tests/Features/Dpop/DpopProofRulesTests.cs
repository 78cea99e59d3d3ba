using System.Text.Json.Nodes;
using AuthCore.Features.Dpop;
using AuthCore.Protocol;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §4.3: each thing that may be wrong with a proof, one at a time.</summary>
public sealed class DpopProofRulesTests
{
    private const string Uri = "https://issuer.test/token";
    private const string OurNonce = "a-nonce-of-ours";
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProofKey s_key = ProofKey.Create();
    private static readonly ProofDemand s_demand = new("POST", Uri, AccessToken: null, NonceRequired: false);
    private static readonly ProofDemand s_atResource = s_demand with { AccessToken = "the-token" };

    private static readonly Dictionary<string, Func<string>> s_bad = new(StringComparer.Ordinal)
    {
        // one JWT in its one spelling
        ["nothing"] = () => "",
        ["no JWT"] = () => "proof",
        ["four parts"] = () => Good() + ".AA",
        ["two parts"] = () => string.Join('.', Good().Split('.')[..2]),
        ["two proofs in one header"] = () => $"{Good()}, {Good()}",
        ["white space"] = () => Good() + " ",
        ["padding"] = () => Good() + "=",
        ["another spelling of the same bytes"] = () => Good()[..^1] + Next(Good()[^1]),
        ["a signature of nothing"] = () => Good()[..(Good().LastIndexOf('.') + 1)],
        ["a payload changed afterwards"] = () => { var p = Good().Split('.'); return $"{p[0]}.{Claims(c => c["htm"] = "POST").Split('.')[1]}.{p[2]}"; },
        ["too long"] = () => Claims(c => c["more"] = new string('x', 9000)),
        ["a payload that is no object"] = () => s_key.Sign(HeaderText(), "[]"),
        ["a payload that is no JSON"] = () => s_key.Sign(HeaderText(), "{"),
        ["a claim twice"] = () => s_key.Sign(HeaderText(), $$"""{"jti":"a","jti":"b","htm":"POST","htu":"{{Uri}}","iat":{{s_now.ToUnixTimeSeconds()}}}"""),

        // typ and alg
        ["no typ"] = () => Header(h => h.Remove("typ")),
        ["typ JWT"] = () => Header(h => h["typ"] = "JWT"),
        ["typ of an access token"] = () => Header(h => h["typ"] = "at+jwt"),
        ["typ that is no text"] = () => Header(h => h["typ"] = 1),
        ["no alg"] = () => Header(h => h.Remove("alg")),
        ["alg none"] = () => Header(h => h["alg"] = "none"),
        ["alg none, without a signature"] = () => Header(h => h["alg"] = "none") is var p ? p[..(p.LastIndexOf('.') + 1)] : "",
        ["alg HS256"] = () => Header(h => h["alg"] = "HS256"),
        ["alg es256"] = () => Header(h => h["alg"] = "es256"),
        ["alg of another curve"] = () => Header(h => h["alg"] = "ES384"),
        ["alg of another key type"] = () => Header(h => h["alg"] = "RS256"),
        ["ES512"] = () => ProofKey.Create("ES512").Prove("POST", Uri, s_now),
        ["RS256 said, PS256 signed"] = () => ProofKey.Create("PS256").Prove("POST", Uri, s_now, header: h => h["alg"] = "RS256"),
        ["RSA of 1024 bits"] = () => ProofKey.Create("RS256", 1024).Prove("POST", Uri, s_now),

        // the key
        ["no jwk"] = () => Header(h => h.Remove("jwk")),
        ["jwk null"] = () => Header(h => h["jwk"] = null),
        ["jwk that is no object"] = () => Header(h => h["jwk"] = "key"),
        ["a set of keys"] = () => Header(h => h["jwk"] = new JsonObject { ["keys"] = new JsonArray(s_key.Jwk.DeepClone()) }),
        ["another key"] = () => Header(h => h["jwk"] = ProofKey.Create().Jwk),
        ["a private key"] = () => Header(h => h["jwk"]!["d"] = "AAAA"),
        ["a symmetric key"] = () => Header(h => h["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }),
        ["a symmetric member"] = () => Header(h => h["jwk"]!["k"] = "AAAA"),
        ["a key for encryption"] = () => Header(h => h["jwk"]!["use"] = "enc"),
        ["a point on no curve"] = () => Header(h => h["jwk"]!["y"] = h["jwk"]!["x"]!.GetValue<string>()),
        ["a key of another alg"] = () => Header(h => h["jwk"]!["alg"] = "ES384"),
        ["jku"] = () => Header(h => h["jku"] = "https://evil/jwks"),
        ["x5u"] = () => Header(h => h["x5u"] = "https://evil/x5u"),
        ["x5c"] = () => Header(h => h["x5c"] = new JsonArray()),
        ["crit"] = () => Header(h => h["crit"] = new JsonArray("exp")),
        ["b64"] = () => Header(h => h["b64"] = false),
        ["zip"] = () => Header(h => h["zip"] = "DEF"),

        // the claims
        ["no jti"] = () => Claims(c => c.Remove("jti")),
        ["an empty jti"] = () => Claims(c => c["jti"] = ""),
        ["a jti that is no text"] = () => Claims(c => c["jti"] = 7),
        ["a jti without end"] = () => Claims(c => c["jti"] = new string('x', 257)),
        ["no htm"] = () => Claims(c => c.Remove("htm")),
        ["another method"] = () => Claims(c => c["htm"] = "GET"),
        ["the method in small letters"] = () => Claims(c => c["htm"] = "post"),
        ["an htm that is no text"] = () => Claims(c => c["htm"] = new JsonArray("POST")),
        ["no htu"] = () => Claims(c => c.Remove("htu")),
        ["another path"] = () => Claims(c => c["htu"] = "https://issuer.test/userinfo"),
        ["another host"] = () => Claims(c => c["htu"] = "https://evil/token"),
        ["another scheme"] = () => Claims(c => c["htu"] = "http://issuer.test/token"),
        ["an htu that is no URI"] = () => Claims(c => c["htu"] = "token"),
        ["an htu that is no text"] = () => Claims(c => c["htu"] = true),
        ["no iat"] = () => Claims(c => c.Remove("iat")),
        ["an iat that is text"] = () => Claims(c => c["iat"] = "now"),
        ["an iat before time"] = () => Claims(c => c["iat"] = -1),
        ["an iat beyond all clocks"] = () => s_key.Sign(HeaderText(), $$"""{"jti":"a","htm":"POST","htu":"{{Uri}}","iat":1e40}"""),
    };

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("RS256")]
    public void A_proof_of_each_advertised_algorithm_is_good_and_tells_its_key(string alg)
    {
        var key = ProofKey.Create(alg);

        var proof = Assert.IsType<ProofVerdict.Good>(Judge(key.Prove("POST", Uri, s_now))).Proof;

        Assert.Equal(key.Thumbprint, proof.Thumbprint);
        Assert.Equal((s_now, s_now + DpopProofRules.Behind, false), (proof.MadeAt, proof.GoodUntil, proof.HasNonce));
        Assert.Contains(alg, DpopProofRules.Algorithms.Select(a => a.Name));
    }

    [Theory]
    [InlineData("htu", "HTTPS://issuer.test:443/token?query#fragment")]
    [InlineData("ath", "something that no token request asks for")]
    [InlineData("unknown", "ignored")]
    public void What_does_not_matter_does_not_matter(string claim, string value) =>
        Assert.IsType<ProofVerdict.Good>(Judge(Claims(c => c[claim] = value)));

    [Theory]
    [InlineData("ES256", true)]
    [InlineData("PS256", true)]
    [InlineData("RS256", false)]
    [InlineData("ES384", false)]
    public void A_client_that_names_its_algorithms_proves_with_no_other(string alg, bool isGood)
    {
        var proof = ProofKey.Create(alg).Prove("POST", Uri, s_now);
        var client = new Client { ClientId = "web", AllowedSigningAlgs = ["ES256", "PS256"] };

        Assert.IsType<ProofVerdict.Good>(Judge(proof));
        Assert.Equal(isGood, Judge(proof, s_demand with { Client = client }) is ProofVerdict.Good);
        Assert.Equal(isGood, Judge(proof, s_demand with { Client = client, NonceRequired = true }) is ProofVerdict.NeedsNonce);
    }

    [Theory]
    [InlineData("application/dpop+jwt")]
    [InlineData("DPoP+JWT")]
    public void A_media_type_is_read_in_any_case(string typ) => Assert.IsType<ProofVerdict.Good>(Judge(Header(h => h["typ"] = typ)));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_proof_with_one_fault_is_bad(string fault)
    {
        var verdict = Assert.IsType<ProofVerdict.Bad>(Judge(s_bad[fault]()));

        Assert.False(verdict.IsOfTime);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Nor_does_a_nonce_make_it_good_nor_is_one_offered_for_it(string fault) =>
        Assert.IsType<ProofVerdict.Bad>(Judge(s_bad[fault](), s_demand with { NonceRequired = true }));

    [Theory]
    [InlineData(-61, false)]
    [InlineData(-60, true)]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(86_400, false)]
    public void Without_a_nonce_its_own_time_counts(int seconds, bool isGood)
    {
        var verdict = Judge(s_key.Prove("POST", Uri, s_now.AddSeconds(seconds)));

        Assert.Equal(isGood, verdict is ProofVerdict.Good);
        Assert.Equal(!isGood, verdict is ProofVerdict.Bad { IsOfTime: true });
    }

    [Theory]
    [InlineData(-86_400)]
    [InlineData(86_400)]
    public void With_a_nonce_the_age_of_the_nonce_counts_alone(int seconds)
    {
        var proof = Assert.IsType<ProofVerdict.Good>(Judge(s_key.Prove("POST", Uri, s_now.AddSeconds(seconds), nonce: OurNonce))).Proof;

        Assert.Equal((s_now.AddSeconds(-20), s_now.AddSeconds(100), true), (proof.MadeAt, proof.GoodUntil, proof.HasNonce));
    }

    [Fact]
    public void A_nonce_is_asked_for_where_it_is_required_and_whatever_the_clock_says()
    {
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(Good(), s_demand with { NonceRequired = true }));
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(s_key.Prove("POST", Uri, s_now.AddHours(1)), s_demand with { NonceRequired = true }));
        Assert.IsType<ProofVerdict.Good>(Judge(s_key.Prove("POST", Uri, s_now, nonce: OurNonce), s_demand with { NonceRequired = true }));
    }

    // RFC 9449 §8: MUST reject where it does not match one that was given
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_nonce_that_is_not_ours_is_refused_whether_required_or_not(bool required)
    {
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(s_key.Prove("POST", Uri, s_now, nonce: "other"), s_demand with { NonceRequired = required }));
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(s_key.Prove("POST", Uri, s_now, nonce: ""), s_demand with { NonceRequired = required }));
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(Claims(c => c["nonce"] = 7), s_demand with { NonceRequired = required }));
        Assert.IsType<ProofVerdict.NeedsNonce>(Judge(Claims(c => c["nonce"] = null), s_demand with { NonceRequired = required }));
    }

    [Fact]
    public void At_a_resource_it_is_bound_to_the_token()
    {
        Assert.IsType<ProofVerdict.Good>(Judge(s_key.Prove("POST", Uri, s_now, "the-token"), s_atResource));
        Assert.IsType<ProofVerdict.Bad>(Judge(Good(), s_atResource));
        Assert.IsType<ProofVerdict.Bad>(Judge(s_key.Prove("POST", Uri, s_now, "another-token"), s_atResource));
        Assert.IsType<ProofVerdict.Bad>(Judge(Claims(c => c["ath"] = "the-token"), s_atResource));
        Assert.IsType<ProofVerdict.Bad>(Judge(Claims(c => c["ath"] = ProofKey.HashOf("the-token") + "="), s_atResource));
        Assert.IsType<ProofVerdict.Bad>(Judge(Claims(c => c["ath"] = new JsonArray(ProofKey.HashOf("the-token"))), s_atResource));
    }

    // RFC 9449 §4.1, §7.1, verbatim
    [Fact]
    public void The_proof_of_the_standard_is_good_for_the_request_of_the_standard()
    {
        const string Proof =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
            + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ"
            + ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

        var verdict = DpopProofRules.Judge(
            Proof, s_demand with { Uri = "https://server.example.com/token" }, _ => null, TimeSpan.FromSeconds(1), DateTimeOffset.FromUnixTimeSeconds(1562262616));

        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", Assert.IsType<ProofVerdict.Good>(verdict).Proof.Thumbprint);
    }

    private static ProofVerdict Judge(string proof, ProofDemand? demand = null) =>
        DpopProofRules.Judge(proof, demand ?? s_demand, nonce => nonce == OurNonce ? s_now.AddSeconds(-20) : null, TimeSpan.FromSeconds(120), s_now);

    private static string Good() => s_key.Prove("POST", Uri, s_now);

    private static string Claims(Action<JsonObject> change) => s_key.Prove("POST", Uri, s_now, claims: change);

    private static string Header(Action<JsonObject> change) => s_key.Prove("POST", Uri, s_now, header: change);

    private static string HeaderText() => new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = s_key.Jwk.DeepClone() }.ToJsonString();

    // The last character of 64 bytes carries two bits; its neighbour decodes to the same.
    private static char Next(char last) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" is var alphabet ? alphabet[alphabet.IndexOf(last, StringComparison.Ordinal) + 1] : ' ';
}
