using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class PkceTests
{
    [Fact]
    public void Accepts_the_vector_of_rfc7636_appendix_b()
    {
        Assert.True(Pkce.IsVerifier(Sample.Verifier));
        Assert.True(Pkce.IsChallenge(Sample.Challenge));
        Assert.True(Pkce.Matches(Sample.Verifier, Sample.Challenge));
    }

    [Fact]
    public void Every_change_of_one_character_of_the_verifier_is_refused()
    {
        for (var i = 0; i < Sample.Verifier.Length; i++)
        {
            var other = Sample.Verifier[i] == 'a' ? 'b' : 'a';
            Assert.False(Pkce.Matches(Sample.Verifier[..i] + other + Sample.Verifier[(i + 1)..], Sample.Challenge));
        }
    }

    [Fact]
    public void A_longer_or_shorter_verifier_is_refused()
    {
        Assert.False(Pkce.Matches(Sample.Verifier[..^1], Sample.Challenge));
        Assert.False(Pkce.Matches(Sample.Verifier + "a", Sample.Challenge));
        Assert.False(Pkce.Matches(Sample.Verifier + " ", Sample.Challenge));
    }

    // plain: the verifier is the challenge (RFC 7636 §4.2)
    [Fact]
    public void The_challenge_is_not_its_own_verifier() => Assert.False(Pkce.Matches(Sample.Challenge, Sample.Challenge));

    // RFC 9700 §4.8.2, both ways
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_challenge_without_a_verifier_is_refused(string? verifier) => Assert.False(Pkce.Matches(verifier, Sample.Challenge));

    [Theory]
    [InlineData(Sample.Verifier)]
    [InlineData("")]
    public void A_verifier_without_a_challenge_is_refused(string verifier) => Assert.False(Pkce.Matches(verifier, null));

    [Fact]
    public void Neither_is_a_client_excused_from_PKCE() => Assert.True(Pkce.Matches(null, null));

    [Theory]
    [InlineData("")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")]        // 42
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA")]      // 44
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")]      // padded
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]       // base64
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw/cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")]       // bits beyond the 256th
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw.cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstwécM")]
    public void What_cannot_be_an_S256_challenge_is_refused(string challenge) => Assert.False(Pkce.IsChallenge(challenge));

    // RFC 7636 §4.1
    [Theory]
    [InlineData(42, false)]
    [InlineData(43, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_verifier_has_43_to_128_characters(int length, bool isVerifier) => Assert.Equal(isVerifier, Pkce.IsVerifier(new string('a', length)));

    [Theory]
    [InlineData('+')]
    [InlineData('/')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('%')]
    [InlineData('é')]
    [InlineData('\0')]
    [InlineData('\n')]
    public void A_verifier_has_only_unreserved_characters(char character) => Assert.False(Pkce.IsVerifier(new string('a', 50) + character));

    [Fact]
    public void All_unreserved_characters_may_be_in_a_verifier() => Assert.True(Pkce.IsVerifier("ABCXYZabcxyz0123456789-._~ABCXYZabcxyz0123456789-._~"));
}
