using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 6750 §2, RFC 9449 §7.1: how a token comes, and that it comes once.</summary>
public sealed class PresentedTokenTests
{
    private static readonly string[] s_schemes = ["DPoP"];

    [Theory]
    [InlineData("Bearer t", "Bearer")]
    [InlineData("bEARER t", "Bearer")]
    [InlineData("Bearer   t ", "Bearer")]
    [InlineData("DPoP t", "DPoP")]
    [InlineData("dpop t", "DPoP")]
    [InlineData("DPOP  t", "DPoP")]
    public void A_scheme_is_read_in_any_case(string header, string scheme) =>
        Assert.Equal(new PresentedToken(scheme, "t"), PresentedToken.Read(header, Parameters.Empty, s_schemes).Value());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("Bearer")]
    [InlineData("DPoP")]
    [InlineData("Bearert")]
    [InlineData("DPoPt x")]
    [InlineData("Bearer\tt")]
    [InlineData("Basic YTpi")]
    public void What_names_no_scheme_of_ours_is_no_token(string? header) =>
        Assert.Equal("", PresentedToken.Read(header, Parameters.Empty, s_schemes).ErrorCode());

    [Fact]
    public void A_scheme_that_nobody_offers_is_no_scheme() => Assert.Equal("", PresentedToken.Read("DPoP t", Parameters.Empty, []).ErrorCode());

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("DPoP  ")]
    public void A_scheme_without_a_token_is_invalid_request(string header) =>
        Assert.Equal("invalid_request", PresentedToken.Read(header, Parameters.Empty, s_schemes).ErrorCode());

    [Theory]
    [InlineData("Bearer t")]
    [InlineData("DPoP t")]
    [InlineData("Basic YTpi")]
    public void A_token_in_two_places_is_invalid_request(string header) =>
        Assert.Equal("invalid_request", PresentedToken.Read(header, Form(("access_token", "t")), s_schemes).ErrorCode());

    [Fact]
    public void A_form_brings_a_bearer_token_and_only_one()
    {
        Assert.Equal(new PresentedToken("Bearer", "t"), PresentedToken.Read(null, Form(("access_token", "t")), s_schemes).Value());
        Assert.Equal("invalid_request", PresentedToken.Read(null, Form(("access_token", "t"), ("access_token", "t")), s_schemes).ErrorCode());
        Assert.Equal("invalid_request", PresentedToken.Read("DPoP t", Form(("access_token", ""), ("access_token", "")), s_schemes).ErrorCode());
    }

    [Fact]
    public void It_never_prints_its_value() => Assert.DoesNotContain("secret", new PresentedToken("Bearer", "secret").ToString(), StringComparison.Ordinal);

    private static Parameters Form(params (string Name, string Value)[] pairs) => Parameters.Of(pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
}
