using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Jose;

public sealed class JwkSetTests
{
    private const string Es256 = Vectors.Es256Key;
    private static readonly SigningKey s_es256 = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly SigningKey s_other = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly SigningKey s_rs256 = SigningKey.Create(SigningAlgorithm.RS256);

    private static JwkSet Parse(string json) => JwkSet.Parse(Encoding.UTF8.GetBytes(json));

    private static JwkSet Of(params string[] keys) => Parse($$"""{"keys":[{{string.Join(',', keys)}}]}""");

    private static string Key(SigningKey key, params (string Name, JsonNode? Value)[] changes) => TestJwt.Change(TestJwt.JsonOf(key.PublicJwk), changes).ToJsonString();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[]} x""")]
    [InlineData("""{"keys":[{"kty":"EC","kty":"RSA"}]}""")]
    [InlineData("<html></html>")]
    public void What_is_no_set_has_no_keys_and_a_fault(string json)
    {
        var set = Parse(json);

        Assert.Empty(set.Keys);
        Assert.Single(set.Faults);
    }

    [Fact]
    public void A_set_that_is_too_large_is_not_read()
    {
        var key = Vectors.Es256Key;

        Assert.Equal(["has more than 65536 bytes"], Parse($$"""{"keys":[{{key}}],"note":"{{new string('x', 65_536)}}"}""").Faults);
        Assert.Equal(["has more than 20 keys"], Of([.. Enumerable.Repeat(key, 21)]).Faults);
        Assert.Equal(20, Of([.. Enumerable.Repeat(key, 20)]).Keys.Count);
    }

    [Theory]
    [InlineData("d", "\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"")]   // RFC 7515 A.3.1
    [InlineData("k", "\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ\"")]
    [InlineData("d", "null")]
    [InlineData("oth", "[]")]
    public void A_private_key_is_a_fault_whatever_else_it_says(string member, string value)
    {
        Assert.Single(Of(Key(s_es256, (member, JsonNode.Parse(value) ?? JsonValue.Create("null")))).Faults);
        Assert.Single(Of($$"""{"kty":"OKP","crv":"Ed25519","{{member}}":{{value}}}""").Faults);
        Assert.Single(Of(Key(s_es256, (member, "x"), ("use", "enc"))).Faults);
        Assert.Single(Of($$"""{"kty":"oct","{{member}}":{{value}}}""").Faults);
    }

    // RFC 7520 §3
    [Fact]
    public void Of_the_keys_of_the_cookbook_the_public_rsa_key_is_taken_and_the_symmetric_one_is_a_fault()
    {
        var set = Of(Vectors.CookbookP521Key, Vectors.CookbookRsaKey, Vectors.CookbookSymmetricKey);

        Assert.Equal("RSA", Assert.Single(set.Keys).KeyType);
        Assert.Contains("number 3", Assert.Single(set.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void An_rsa_key_under_2048_bits_is_a_fault()
    {
        using var rsa = RSA.Create(1024);
        var numbers = rsa.ExportParameters(false);

        var set = Of($$"""{"kty":"RSA","n":"{{CanonicalBase64Url.Encode(numbers.Modulus)}}","e":"AQAB"}""", Es256);

        Assert.Contains("fewer than 2048", Assert.Single(set.Faults), StringComparison.Ordinal);
        Assert.Single(set.Keys);   // RFC 7517 §5: the sound ones are of use all the same
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}""")]   // off the curve
    [InlineData("""{"kty":"EC","crv":"P-384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""")]
    [InlineData("""{"kty":"EC","x":"AA","y":"AA"}""")]
    [InlineData("""{"kty":7}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"EC\"")]
    public void A_broken_key_is_a_fault(string key) => Assert.Single(Of(key).Faults);

    // RFC 7517 §5
    [Theory]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"new","kid":"a"}""")]
    [InlineData(Vectors.CookbookP521Key)]   // RFC 7520 §3.1
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}""")]
    public void A_key_of_a_kind_unknown_here_is_left_alone(string key)
    {
        var set = Of(key, Es256);

        Assert.Empty(set.Faults);
        Assert.Single(set.Keys);
    }

    [Fact]
    public void A_key_for_another_use_is_left_alone()
    {
        var set = Of(
            Key(s_es256, ("use", "enc")), Key(s_es256, ("alg", "ECDH-ES")), Key(s_es256, ("use", null), ("key_ops", new JsonArray("deriveKey"))), Key(s_rs256, ("alg", "RS512")));

        Assert.Empty(set.Faults);
        Assert.Empty(set.Keys);
    }

    [Fact]
    public void A_key_is_found_by_its_name_and_kind()
    {
        var set = Of(Key(s_es256, ("kid", "one")), Key(s_rs256, ("kid", "two"), ("alg", null)));

        Assert.Equal("one", Assert.Single(set.Find("one", SigningAlgorithm.ES256)).Kid);
        Assert.Equal("two", Assert.Single(set.Find("two", SigningAlgorithm.PS256)).Kid);
        Assert.Empty(set.Find("two", SigningAlgorithm.ES256));
        Assert.Empty(set.Find("one", SigningAlgorithm.ES384));
        Assert.Empty(set.Find("three", SigningAlgorithm.ES256));
        Assert.Empty(set.Find("", SigningAlgorithm.ES256));
    }

    [Fact]
    public void A_key_that_names_its_algorithm_is_for_no_other() =>
        Assert.Empty(Of(Key(s_rs256, ("kid", "r"))).Find("r", SigningAlgorithm.PS256));

    [Fact]
    public void Without_a_name_every_key_of_the_kind_comes_into_question_and_nameless_ones_last()
    {
        var set = Of(Key(s_es256, ("kid", null)), Key(s_other, ("kid", "b")), Key(s_rs256));

        Assert.Equal(2, set.Find(null, SigningAlgorithm.ES256).Count);
        Assert.Equal(["b", null], set.Find("b", SigningAlgorithm.ES256).Select(key => key.Kid));
    }

    [Fact]
    public void Of_several_keys_of_one_name_the_one_that_signed_verifies()
    {
        var set = Of(Key(s_other, ("kid", "same")), Key(s_es256, ("kid", "same")));
        var compact = TestJwt.Sign(s_es256, "{\"alg\":\"ES256\",\"kid\":\"same\"}", "{}");

        Assert.True(UnverifiedJws.TryRead(compact, new JwsRules(null), out var jws, out _));
        Assert.True(jws.Verify(set.Find("same", SigningAlgorithm.ES256)).Try(out var verified, out _));
        Assert.Equal(s_es256.PublicJwk.Thumbprint(), verified.Key.Thumbprint());
        Assert.False(jws.Verify(Of(Key(s_other, ("kid", "same"))).Find("same", SigningAlgorithm.ES256)).Try(out _, out _));
        Assert.False(jws.Verify(JwkSet.Empty.Keys).Try(out _, out var reason));
        Assert.Equal("no such key", reason);
    }
}
