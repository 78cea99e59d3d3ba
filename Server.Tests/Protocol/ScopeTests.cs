using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("openid email", new[] { "openid", "email" })]
    [InlineData("b a b a", new[] { "b", "a" })]
    [InlineData("  a   b  ", new[] { "a", "b" })]
    [InlineData("A a", new[] { "A", "a" })]
    [InlineData("https://api.example/read", new[] { "https://api.example/read" })]
    [InlineData("!#[]~", new[] { "!#[]~" })]
    [InlineData(" ", new string[0])]
    [InlineData("", new string[0])]
    [InlineData(null, new string[0])]
    public void Distinct_tokens_in_the_order_sent(string? scope, string[] tokens) => Assert.Equal(tokens, Scope.Parse(scope).Value());

    // RFC 6749 §3.3
    [Theory]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u2003b")]
    [InlineData("\"a\"")]
    [InlineData("a\\b")]
    [InlineData("é")]
    [InlineData("a\u007f")]
    [InlineData("a\u0001")]
    [InlineData("openid \"")]
    [InlineData("😀")]
    public void A_character_outside_the_grammar_is_refused(string scope) => Assert.Equal("invalid_scope", Scope.Parse(scope).ErrorCode());

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "invalid_scope")]
    [InlineData(2000, "invalid_scope")]
    public void More_than_100_tokens_are_refused(int count, string? error) =>
        Assert.Equal(error, Scope.Parse(string.Join(' ', Enumerable.Range(0, count).Select(i => $"s{i}"))).ErrorCode());

    [Theory]
    [InlineData(128, null)]
    [InlineData(129, "invalid_scope")]
    public void A_token_of_more_than_128_characters_is_refused(int length, string? error) =>
        Assert.Equal(error, Scope.Parse(new string('s', length)).ErrorCode());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    public void What_is_not_one_token_is_no_token(string token) => Assert.False(Scope.IsToken(token));

    [Theory]
    [InlineData("a", "a b")]
    [InlineData("a", "A")]
    [InlineData("admin.read", "admin")]
    [InlineData("", "a")]
    public void Nothing_covers_what_it_does_not_name(string allowed, string asked) => Assert.False(Scope.Covers(allowed.Split(' '), asked.Split(' ')));

    [Fact]
    public void Order_does_not_matter_for_covering() => Assert.True(Scope.Covers(["a", "b", "c"], ["c", "a"]));
}
