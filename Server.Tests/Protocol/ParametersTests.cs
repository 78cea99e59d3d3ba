using System.Text;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ParametersTests
{
    [Fact]
    public void Escapes_and_plus_are_decoded_once()
    {
        var parameters = Parse("a=b+c%2B%26%3d&d=%2541&%65=f").Value();

        Assert.Equal("b c+&=", parameters["a"]);
        Assert.Equal("%41", parameters["d"]);
        Assert.Equal("f", parameters["e"]);
    }

    // RFC 6749 appendix A.5: state is of any printable characters.
    [Fact]
    public void Every_printable_character_comes_through_byte_for_byte()
    {
        var state = string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)) + "é€😀\uFEFF";

        Assert.Equal(state, Parse("state=" + Uri.EscapeDataString(state)).Value()["state"]);
    }

    [Theory]
    [InlineData("state=")]
    [InlineData("state")]
    [InlineData("")]
    [InlineData("&&&")]
    [InlineData("=x")]
    [InlineData("State=x")]
    [InlineData("state%20=x")]
    public void A_parameter_without_a_value_is_absent(string query) => Assert.Null(Parse(query).Value()["state"]);

    [Fact]
    public void A_semicolon_separates_nothing() => Assert.Equal("1;b=2", Parse("a=1;b=2").Value()["a"]);

    [Fact]
    public void Only_the_first_equals_sign_separates() => Assert.Equal("b=c", Parse("a=b=c").Value()["a"]);

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%&b=1")]
    [InlineData("a=%4&b=1")]
    [InlineData("a=%zz")]
    [InlineData("a=%4g")]
    [InlineData("a=%g4")]
    [InlineData("a=% 41")]
    [InlineData("a=%+41")]
    [InlineData("a=%u0041")]
    [InlineData("a=%-1")]
    [InlineData("a=%0x")]
    [InlineData("%=b")]
    [InlineData("%4=b")]
    public void A_broken_escape_is_refused(string query) => Assert.Equal("invalid_request", Parse(query).ErrorCode());

    [Theory]
    [InlineData("a=%00")]
    [InlineData("a=b%00c")]
    [InlineData("a%00=b")]
    [InlineData("a=b\0")]
    [InlineData("\0")]
    [InlineData("%00")]
    [InlineData("unknown=1&a=%00")]
    public void NUL_is_refused_in_names_and_values(string query) => Assert.Equal("invalid_request", Parse(query).ErrorCode());

    [Theory]
    [InlineData("%ff")]
    [InlineData("%80")]
    [InlineData("%C3")]
    [InlineData("%C3%28")]
    [InlineData("%C0%80")]              // NUL, overlong
    [InlineData("%C0%AF")]              // a slash, overlong
    [InlineData("%E0%80%AF")]
    [InlineData("%ED%A0%80")]           // a lone high surrogate
    [InlineData("%ED%BF%BF")]           // a lone low one
    [InlineData("%ED%A0%80%ED%B0%80")]  // a pair, each half encoded by itself
    [InlineData("%F4%90%80%80")]        // beyond U+10FFFF
    [InlineData("%F5%80%80%80")]
    [InlineData("%F0%9F%98")]
    public void Invalid_UTF8_is_refused_in_names_and_values(string piece)
    {
        Assert.Equal("invalid_request", Parse("a=" + piece).ErrorCode());
        Assert.Equal("invalid_request", Parse("a=x" + piece + "y").ErrorCode());
        Assert.Equal("invalid_request", Parse(piece + "=a").ErrorCode());
    }

    [Fact]
    public void Invalid_UTF8_that_is_not_escaped_is_refused() =>
        Assert.Equal("invalid_request", Parameters.Parse([(byte)'a', (byte)'=', 0xff]).ErrorCode());

    [Theory]
    [InlineData(200, null)]
    [InlineData(201, "invalid_request")]
    [InlineData(10_000, "invalid_request")]
    public void More_than_200_parameters_are_refused(int count, string? error) =>
        Assert.Equal(error, Parse(string.Join('&', Enumerable.Range(0, count).Select(i => $"p{i}=1"))).ErrorCode());

    [Fact]
    public void Ten_thousand_separators_are_no_parameters() => Assert.Empty(Parse(new string('&', 10_000)).Value().Pairs);

    [Theory]
    [InlineData(128, 1, null)]
    [InlineData(129, 1, "invalid_request")]
    [InlineData(3000, 1, "invalid_request")]
    [InlineData(1, 16 * 1024, null)]
    [InlineData(1, (16 * 1024) + 1, "invalid_request")]
    [InlineData(1, 5 * 1024 * 1024, "invalid_request")]
    public void Names_and_values_over_the_limit_are_refused(int name, int value, string? error) =>
        Assert.Equal(error, Parse(new string('n', name) + "=" + new string('v', value)).ErrorCode());

    [Fact]
    public void The_limit_counts_what_was_meant_not_how_it_was_escaped() =>
        Assert.Null(Parse("a=" + string.Concat(Enumerable.Repeat("%61", Parameters.MaxValueLength))).ErrorCode());

    // OAuth 2.1 §3.1
    [Theory]
    [InlineData("state=a&state=b")]
    [InlineData("state=a&state=a")]
    [InlineData("state=a&state=")]
    [InlineData("state=&state=a")]
    [InlineData("state&state")]
    [InlineData("state=a&nonce=b&st%61te=c")]
    public void A_repetition_is_seen_however_it_is_written(string query)
    {
        var parameters = Parse(query).Value();

        Assert.True(parameters.IsRepeated("state"));
        Assert.Equal("state", parameters.FindRepeated(["nonce", "state"]));
    }

    [Theory]
    [InlineData("state=a")]
    [InlineData("state=a&State=b")]
    [InlineData("state=a&x=1&x=2")]
    [InlineData("state=a&state%20=b")]
    public void What_is_sent_once_is_not_repeated(string query) => Assert.Null(Parse(query).Value().FindRepeated(["nonce", "state"]));

    [Fact]
    public void All_keeps_the_order_and_leaves_out_what_is_empty() =>
        Assert.Equal(["b", "a"], Parse("resource=b&resource=&x=1&resource=a").Value().All("resource"));

    [Fact]
    public void Printing_shows_no_value() =>
        Assert.Equal("client_secret password", Parse("client_secret=s3cr3t&password=hunter2").Value().ToString());

    private static Result<Parameters> Parse(string query) => Parameters.Parse(Encoding.UTF8.GetBytes(query));
}
