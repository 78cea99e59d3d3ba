using System.Text;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ClientCredentialsTests
{
    [Fact]
    public void Reads_the_example_of_rfc6749_section_2_3_1() => Assert.Equal(
        new ClientCredentials("client_secret_basic", "s6BhdRkqt3", "gX1fBat3bV"),
        ClientCredentials.Read("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW", Parameters.Empty).Value());

    [Theory]
    [InlineData("basic ")]
    [InlineData("BASIC ")]
    [InlineData("Basic   ")]
    public void The_scheme_is_case_insensitive_and_spaces_may_follow(string scheme) =>
        Assert.Equal("s6BhdRkqt3", ClientCredentials.Read(scheme + "czZCaGRSa3F0MzpnWDFmQmF0M2JW", Parameters.Empty).Value().ClientId);

    [Theory]
    [InlineData(":+%& é")]
    [InlineData("::")]
    [InlineData("%41")]
    [InlineData("a+b")]
    [InlineData("😀\"\\'<>")]
    public void A_form_encoded_secret_round_trips(string secret)
    {
        foreach (var encoded in (string[])[Uri.EscapeDataString(secret), Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal)])
        {
            Assert.Equal(
                new ClientCredentials("client_secret_basic", "my:app", secret),
                ClientCredentials.Read(Basic("my%3Aapp:" + encoded), Parameters.Empty).Value());
        }
    }

    [Fact]
    public void The_first_colon_separates() => Assert.Equal("b:c", ClientCredentials.Read(Basic("a:b:c"), Parameters.Empty).Value().Secret);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic:YTpi")]
    [InlineData("Basic\tYTpi")]
    [InlineData(" Basic YTpi")]
    [InlineData("BasicYTpi")]
    [InlineData("Bearer YTpi")]
    [InlineData("Digest username=\"a\"")]
    [InlineData("Basic YTpi!")]
    [InlineData("Basic YTpi ")]
    [InlineData("Basic YT pi")]
    [InlineData("Basic YT\tpi")]
    [InlineData("Basic YTpi, Basic YTpi")]
    [InlineData("Basic YTpi,Basic YTpi")]
    [InlineData("Basic YTpiYg")]        // padding is missing
    [InlineData("Basic YTpiYg=")]
    [InlineData("Basic YTpiYh==")]      // not the canonical spelling of a:bb
    [InlineData("Basic YTpi====")]
    [InlineData("Basic =YTpi")]
    [InlineData("Basic YTo_Pz8-")]      // base64url
    [InlineData("Basic é")]
    [InlineData("Basic \"YTpi\"")]
    public void A_malformed_header_is_refused(string header)
    {
        Assert.Equal("invalid_client", ClientCredentials.Read(header, Parameters.Empty).ErrorCode());
        Assert.Equal("invalid_client", ClientCredentials.Read(header, Body(("client_id", "a"), ("client_secret", "b"))).ErrorCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nocolon")]
    [InlineData(":")]
    [InlineData(":secret")]
    [InlineData("id:")]
    [InlineData("id:%")]
    [InlineData("id:%4")]
    [InlineData("id:%zz")]
    [InlineData("%zz:secret")]
    [InlineData("id:a%00b")]
    [InlineData("id\0:b")]
    [InlineData("id:\0")]
    [InlineData("id:%ff")]
    [InlineData("id:%C3%28")]
    [InlineData("id:%ED%A0%80")]
    [InlineData("id:%C0%80")]
    public void A_header_whose_content_is_malformed_is_refused(string content) =>
        Assert.Equal("invalid_client", ClientCredentials.Read(Basic(content), Parameters.Empty).ErrorCode());

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        Assert.Equal("invalid_client", ClientCredentials.Read("Basic " + Convert.ToBase64String([(byte)'a', (byte)':', 0xff]), Parameters.Empty).ErrorCode());

    [Theory]
    [InlineData(1025)]
    [InlineData(3000)]
    [InlineData(5 * 1024 * 1024)]
    public void A_secret_that_is_too_long_is_refused(int length) =>
        Assert.Equal("invalid_client", ClientCredentials.Read(Basic("a:" + new string('s', length)), Parameters.Empty).ErrorCode());

    // RFC 6749 §2.3
    [Fact]
    public void A_secret_in_header_and_body_is_refused() =>
        Assert.Equal("invalid_request", ClientCredentials.Read(Basic("a:b"), Body(("client_secret", "b"))).ErrorCode());

    [Fact]
    public void A_client_id_in_the_body_that_differs_from_the_header_is_refused() =>
        Assert.Equal("invalid_request", ClientCredentials.Read(Basic("a:b"), Body(("client_id", "A"))).ErrorCode());

    [Fact]
    public void The_same_client_id_in_the_body_is_no_second_method() =>
        Assert.Equal("client_secret_basic", ClientCredentials.Read(Basic("a:b"), Body(("client_id", "a"))).Value().Method);

    [Fact]
    public void Both_in_the_body_are_client_secret_post() => Assert.Equal(
        new ClientCredentials("client_secret_post", "a", "b"), ClientCredentials.Read(null, Body(("client_id", "a"), ("client_secret", "b"))).Value());

    // OAuth 2.1 §2.2: a client_id proves nothing; it is the method "none", which only a public client may use.
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_client_id_alone_is_the_method_none(string? secret) => Assert.Equal(
        new ClientCredentials("none", "a", Secret: null),
        ClientCredentials.Read(null, secret is null ? Body(("client_id", "a")) : Body(("client_id", "a"), ("client_secret", secret))).Value());

    [Fact]
    public void A_secret_alone_is_nobodys() => Assert.Equal("invalid_client", ClientCredentials.Read(null, Body(("client_secret", "b"))).ErrorCode());

    [Fact]
    public void Nothing_at_all_is_invalid_client_with_status_401()
    {
        Assert.False(ClientCredentials.Read(null, Parameters.Empty).Try(out _, out var error));
        Assert.Equal(("invalid_client", 401), (error.Code, error.Status));
    }

    // RFC 7521 §4.2
    [Fact]
    public void An_assertion_comes_with_its_type_and_perhaps_with_an_id()
    {
        Assert.Equal(new ClientCredentials("client_assertion", null, null), ClientCredentials.Read(null, Body(s_assertion)).Value());
        Assert.Equal(new ClientCredentials("client_assertion", "a", null), ClientCredentials.Read(null, Body([.. s_assertion, ("client_id", "a"), ("client_secret", "")])).Value());
    }

    [Theory]
    [InlineData("client_assertion")]
    [InlineData("client_assertion_type")]
    public void Half_an_assertion_is_none(string name) => Assert.Equal("invalid_client", ClientCredentials.Read(null, Body((name, "x"), ("client_id", "a"))).ErrorCode());

    [Fact]
    public void An_assertion_beside_another_method_is_refused()
    {
        Assert.Equal("invalid_request", ClientCredentials.Read(Basic("a:b"), Body(s_assertion)).ErrorCode());
        Assert.Equal("invalid_request", ClientCredentials.Read("nonsense", Body(s_assertion)).ErrorCode());
        Assert.Equal("invalid_request", ClientCredentials.Read(null, Body([.. s_assertion, ("client_id", "a"), ("client_secret", "b")])).ErrorCode());
        Assert.Equal("invalid_request", ClientCredentials.Read(Basic("a:b"), Body(("client_assertion_type", "t"))).ErrorCode());
    }

    [Theory]
    [InlineData("client_assertion")]
    [InlineData("client_assertion_type")]
    [InlineData("client_id")]
    public void A_repeated_part_of_an_assertion_is_refused(string name) =>
        Assert.Equal("invalid_request", ClientCredentials.Read(null, Body([.. s_assertion, (name, "x"), (name, "x")])).ErrorCode());

    private static readonly (string, string)[] s_assertion = [("client_assertion", "e30.e30.AA"), ("client_assertion_type", "t")];

    [Fact]
    public void Printing_shows_no_secret() =>
        Assert.DoesNotContain("s3cr3t", new ClientCredentials("client_secret_post", "a", "s3cr3t").ToString(), StringComparison.Ordinal);

    private static string Basic(string content) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(content));

    private static Parameters Body(params (string Name, string Value)[] pairs) =>
        Parameters.Of(pairs.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value)));
}
