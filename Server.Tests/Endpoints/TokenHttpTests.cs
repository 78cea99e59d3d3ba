using System.Net;
using System.Text;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 6749 §3.2, §5: how the token endpoint speaks HTTP.</summary>
public sealed class TokenHttpTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task Tokens_are_json_that_nobody_keeps()
    {
        var answer = await AskAsync(("grant_type", "client_credentials"));

        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        AssertUncachedJson(answer.Http);
        Assert.Equal("Bearer", answer.Body.GetProperty("token_type").GetString());
    }

    [Theory]
    [InlineData("grant_type", "password")]
    [InlineData("scope", "unknown")]
    [InlineData("grant_type", "authorization_code")]
    public async Task Errors_are_json_that_nobody_keeps(string name, string value) =>
        AssertUncachedJson((await AskAsync(("grant_type", name == "grant_type" ? value : "client_credentials"), ("scope", name == "scope" ? value : "read:files"))).Http);

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Another_method_is_told_which_is_allowed(string method)
    {
        using var http = app.CreateClient();

        var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), app.Issuer + "/token?grant_type=client_credentials"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16")]
    public async Task Another_content_type_is_refused_as_json(string type)
    {
        using var http = app.CreateClient();
        var content = new ByteArrayContent("""{"grant_type":"client_credentials"}"""u8.ToArray());
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", type));
        var message = new HttpRequestMessage(HttpMethod.Post, app.Issuer + "/token") { Content = content };
        message.Headers.Add("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret));

        var answer = await http.SendAsync(message).ReadAsync();

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "invalid_request"), answer.Verdict);
        AssertUncachedJson(answer.Http);
    }

    [Theory]
    [InlineData("grant_type", "client_credentials")]
    [InlineData("scope", "read:files")]
    [InlineData("client_id", "machine")]
    [InlineData("client_secret", "x")]
    [InlineData("code", "x")]
    [InlineData("code_verifier", "x")]
    [InlineData("redirect_uri", "x")]
    [InlineData("refresh_token", "x")]
    [InlineData("client_assertion", "x")]
    [InlineData("client_assertion_type", "x")]
    public async Task A_repeated_parameter_is_refused(string name, string value)
    {
        Assert.Equal(TokenAnswer.InvalidRequest, (await AskAsync(("grant_type", "client_credentials"), (name, value), (name, value))).Verdict);
        Assert.Equal(TokenAnswer.InvalidRequest, (await AskAsync(("grant_type", "client_credentials"), (name, value), (name, ""))).Verdict);
    }

    [Fact]
    public async Task A_repeated_resource_is_none_of_these() =>
        Assert.Equal(TokenAnswer.Ok, (await AskAsync(("grant_type", "client_credentials"), ("resource", "https://api.test"), ("resource", "https://api.test"))).Verdict);

    [Fact]
    public async Task Unknown_parameters_change_nothing_repeated_or_not() =>
        Assert.Equal(TokenAnswer.Ok, (await AskAsync(("grant_type", "client_credentials"), ("foo", "1"), ("foo", "2"), ("audience", "https://evil.test"), ("sub", "sub-alice"))).Verdict);

    [Fact]
    public async Task An_empty_parameter_counts_as_absent()
    {
        Assert.Equal(TokenAnswer.Ok, (await AskAsync(("grant_type", "client_credentials"), ("scope", ""), ("resource", ""), ("client_id", ""))).Verdict);
        Assert.Equal(TokenAnswer.InvalidRequest, (await AskAsync(("grant_type", ""))).Verdict);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("implicit")]
    [InlineData("CLIENT_CREDENTIALS")]
    [InlineData("client_credentials ")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange")]
    public async Task A_grant_that_is_not_offered_is_unsupported(string type) =>
        Assert.Equal(TokenAnswer.UnsupportedGrantType, (await AskAsync(("grant_type", type), ("username", "alice"), ("password", AuthCoreApp.Password))).Verdict);

    [Theory]
    [InlineData("authorization_code")]
    [InlineData("refresh_token")]
    public async Task A_grant_the_client_is_not_registered_for_is_unauthorized(string type) =>
        Assert.Equal(TokenAnswer.UnauthorizedClient, (await AskAsync(("grant_type", type), ("code", "x"), ("refresh_token", "x"))).Verdict);

    [Fact]
    public async Task A_missing_grant_type_is_a_malformed_request() => Assert.Equal(TokenAnswer.InvalidRequest, (await AskAsync(("scope", "read:files"))).Verdict);

    [Fact]
    public async Task A_wrong_client_learns_nothing_about_grants()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(TokenAnswer.InvalidClient, (await browser.TokenAsync(Seed.Machine, [new("grant_type", "password")], "wrong").ReadAsync()).Verdict);
    }

    [Theory]
    [InlineData("scope=%00")]
    [InlineData("scope=a%00b")]
    [InlineData("scope=%ff")]
    [InlineData("scope=%ed%a0%80")]     // a lone surrogate
    [InlineData("scope=%")]
    [InlineData("code=%zz")]
    public async Task Bytes_that_are_no_text_are_refused(string body)
    {
        using var http = app.CreateClient();
        var message = new HttpRequestMessage(HttpMethod.Post, app.Issuer + "/token")
        {
            Content = new StringContent("grant_type=client_credentials&" + body, Encoding.ASCII, "application/x-www-form-urlencoded"),
        };
        message.Content.Headers.ContentType!.CharSet = null;
        message.Headers.Add("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret));

        Assert.Equal(TokenAnswer.InvalidRequest, (await http.SendAsync(message).ReadAsync()).Verdict);
    }

    [Fact]
    public async Task An_error_says_nothing_of_what_was_sent()
    {
        const string Marker = "marker7f3a";
        foreach (var fields in new (string, string)[][]
                 {
                     [("grant_type", Marker)], [("grant_type", "client_credentials"), ("scope", Marker)], [("grant_type", "client_credentials"), ("resource", "https://" + Marker)],
                     [("grant_type", "client_credentials"), ("client_id", Marker)],
                 })
        {
            Assert.DoesNotContain(Marker, (await AskAsync(fields)).Body.GetRawText(), StringComparison.Ordinal);
        }
    }

    private async Task<TokenAnswer> AskAsync(params (string Name, string Value)[] fields)
    {
        using var browser = app.CreateBrowser();
        return await browser.TokenAsync(Seed.Machine, fields.Select(f => KeyValuePair.Create(f.Name, f.Value))).ReadAsync();
    }

    private static void AssertUncachedJson(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
    }
}
