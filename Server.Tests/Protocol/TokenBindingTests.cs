using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 7800 §3: the one key a token is bound to.</summary>
public sealed class TokenBindingTests
{
    // RFC 9449 §6.1
    private const string Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    [Fact]
    public void What_is_written_is_read()
    {
        var binding = new TokenBinding("jkt", Thumbprint, "DPoP");

        Assert.Equal($$"""{"jkt":"{{Thumbprint}}"}""", binding.Confirmation);
        Assert.Equal(("jkt", Thumbprint), TokenBinding.Read(binding.Confirmation));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"jkt\"")]
    [InlineData("null")]
    [InlineData("""{"jkt":1}""")]
    [InlineData("""{"jkt":null}""")]
    [InlineData("""{"jkt":{"jkt":"a"}}""")]
    [InlineData("""{"jkt":"a","x5t#S256":"b"}""")]
    public void What_names_no_key_or_two_is_not_read(string confirmation) => Assert.Null(TokenBinding.Read(confirmation));

    [Theory]
    [InlineData(Thumbprint, true)]
    [InlineData("", false)]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4", false)]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J", false)]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4=", false)]
    [InlineData("0ZcOCORZNYy/DWpqq30jZyJGHTN0d2HglBV3uiguA4I", false)]
    public void A_thumbprint_has_one_form(string text, bool isOne) => Assert.Equal(isOne, TokenBinding.IsThumbprint(text));
}
