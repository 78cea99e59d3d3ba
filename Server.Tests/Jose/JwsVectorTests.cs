using System.Text;
using AuthCore.Jose;

namespace AuthCore.Tests.Jose;

public sealed class JwsVectorTests
{
    private static readonly JwsRules Any = new(null);

    [Theory]
    [InlineData(Vectors.Rs256, Vectors.Rs256Key)]   // RFC 7515 A.2
    [InlineData(Vectors.Es256, Vectors.Es256Key)]   // RFC 7515 A.3
    public void Verifies_the_vectors_of_rfc7515(string compact, string key)
    {
        Assert.True(Jws.Verify(compact, Any, (_, _) => Vectors.Key(key)).Try(out var jws, out _));
        Assert.Equal("joe", jws.Payload.GetProperty("iss").GetString());
        Assert.Equal(1300819380, jws.Payload.GetProperty("exp").GetInt32());
    }

    [Theory]
    [InlineData(Vectors.Rs256, Vectors.Rs256Key)]
    [InlineData(Vectors.Es256, Vectors.Es256Key)]
    public void Refuses_the_vectors_of_rfc7515_with_any_signature_character_changed(string compact, string key)
    {
        var jwk = Vectors.Key(key);
        for (var i = compact.LastIndexOf('.') + 1; i < compact.Length; i += 7)
        {
            var changed = compact[..i] + (compact[i] == 'A' ? 'Q' : 'A') + compact[(i + 1)..];
            Assert.False(Jws.Verify(changed, Any, (_, _) => jwk).Try(out _, out _));
        }
    }

    [Theory]
    [InlineData(Vectors.Hs256)]          // RFC 7515 A.1
    [InlineData(Vectors.Es512)]          // RFC 7515 A.4
    [InlineData(Vectors.Unsecured)]      // RFC 7515 A.5
    [InlineData(Vectors.CookbookPs384)]  // RFC 7520 §4.2
    [InlineData(Vectors.CookbookEs512)]  // RFC 7520 §4.3
    [InlineData(Vectors.CookbookHs256)]  // RFC 7520 §4.4
    [InlineData(Vectors.CookbookDetached)]  // RFC 7520 §4.5
    public void Refuses_vectors_of_algorithms_outside_the_list_before_looking_for_a_key(string compact)
    {
        var asked = false;
        var result = Jws.Verify(compact, Any, (_, _) => { asked = true; return Vectors.Key(Vectors.CookbookRsaKey); });

        Assert.False(result.Try(out _, out var reason));
        Assert.Equal("alg is not one this use accepts", reason);
        Assert.False(asked);
    }

    // RFC 7520 §4.1: the signature is right, and its payload, being prose, is no JWT.
    [Fact]
    public void Verifies_the_signature_of_the_cookbook_but_refuses_its_payload()
    {
        string? kid = null;
        Assert.False(Jws.Verify(Vectors.CookbookRs256, Any, (k, _) => { kid = k; return Vectors.Key(Vectors.CookbookRsaKey); }).Try(out _, out var reason));
        Assert.Equal("payload: not JSON, or a member is repeated", reason);
        Assert.Equal("bilbo.baggins@hobbiton.example", kid);

        Assert.True(Vectors.Key(Vectors.CookbookRsaKey).Verify(
            SigningAlgorithm.RS256,
            Encoding.ASCII.GetBytes(Vectors.CookbookRs256[..Vectors.CookbookRs256.LastIndexOf('.')]),
            CanonicalBase64Url.Decode(Vectors.CookbookRs256.AsSpan(Vectors.CookbookRs256.LastIndexOf('.') + 1))));
    }
}
