using System.Net;
using System.Text;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>OAuth 2.1 §2.4: who asks, proven by the one method it is registered for.</summary>
public sealed class TokenClientAuthenticationTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_basic = Seed.Machine;
    private static readonly Client s_post = Seed.Machine with { ClientId = "machine-post", TokenEndpointAuthMethod = "client_secret_post" };

    // A public client may ask for nothing by itself, so it asks with a code nobody has: authenticated, it gets as far as invalid_grant.
    private static readonly Dictionary<string, string> s_noCode = new(StringComparer.Ordinal) { ["grant_type"] = "authorization_code", ["code"] = "x" };
    private static readonly Dictionary<string, string> s_machine = new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };

    [Fact]
    public async Task A_secret_of_awkward_characters_works_in_the_header_and_in_the_body()
    {
        await app.SaveAsync(s_post);

        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic("machine", AuthCoreApp.Secret))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(With(s_machine, ("client_id", "machine-post"), ("client_secret", AuthCoreApp.Secret)))).Verdict);
    }

    [Fact]
    public async Task A_secret_put_into_the_header_without_form_encoding_is_refused()
    {
        var raw = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"machine:{AuthCoreApp.Secret}"));

        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, raw)).Verdict);
    }

    [Fact]
    public async Task The_scheme_is_read_in_any_case()
    {
        var header = TestBrowser.Basic("machine", AuthCoreApp.Secret);

        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, "bAsIc" + header[5..])).Verdict);
    }

    [Fact]
    public async Task A_public_client_says_its_id_and_nothing_else() =>
        Assert.Equal(TokenAnswer.InvalidGrant, (await PostAsync(With(s_noCode, ("client_id", "spa")))).Verdict);

    [Theory]
    [InlineData("web")]
    [InlineData("post")]
    [InlineData("machine")]
    public async Task An_id_alone_never_authenticates_a_confidential_client(string clientId)
    {
        var answer = await PostAsync(With(s_noCode, ("client_id", clientId)));

        Assert.Equal(TokenAnswer.InvalidClient, answer.Verdict);
        Assert.Empty(answer.Http.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task An_empty_secret_is_no_secret()
    {
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(With(s_noCode, ("client_id", "post"), ("client_secret", "")))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_noCode, TestBrowser.Basic("web", ""))).Verdict);
    }

    [Fact]
    public async Task A_right_secret_by_a_method_not_registered_is_refused()
    {
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(With(s_noCode, ("client_id", "web"), ("client_secret", AuthCoreApp.Secret)))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_noCode, TestBrowser.Basic("post", AuthCoreApp.Secret))).Verdict);
    }

    [Fact]
    public async Task A_public_client_that_sends_a_secret_is_refused()
    {
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(With(s_noCode, ("client_id", "spa"), ("client_secret", AuthCoreApp.Secret)))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_noCode, TestBrowser.Basic("spa", AuthCoreApp.Secret))).Verdict);
    }

    [Theory]
    [InlineData("client_secret", AuthCoreApp.Secret)]
    [InlineData("client_secret", "wrong")]
    [InlineData("client_id", "another")]
    public async Task Two_ways_at_once_are_refused(string name, string value) =>
        Assert.Equal(TokenAnswer.InvalidRequest, (await PostAsync(With(s_machine, (name, value)), TestBrowser.Basic("machine", AuthCoreApp.Secret))).Verdict);

    [Fact]
    public async Task The_same_id_in_the_header_and_in_the_body_is_one_way() =>
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(With(s_machine, ("client_id", "machine")), TestBrowser.Basic("machine", AuthCoreApp.Secret))).Verdict);

    [Fact]
    public async Task Credentials_in_the_query_are_not_read()
    {
        await app.SaveAsync(s_post);
        using var http = app.CreateClient();

        var answer = await http.PostAsync(
            app.Issuer + "/token?" + TestBrowser.Encode(With(s_machine, ("client_id", "machine-post"), ("client_secret", AuthCoreApp.Secret))),
            new FormUrlEncodedContent(s_machine));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task No_authentication_at_all_is_refused() => Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine)).Verdict);

    [Fact]
    public async Task An_unknown_client_is_refused_like_a_wrong_secret()
    {
        var unknown = await PostAsync(s_machine, TestBrowser.Basic("nobody", AuthCoreApp.Secret));
        var wrong = await PostAsync(s_machine, TestBrowser.Basic("machine", "wrong"));

        Assert.Equal(TokenAnswer.InvalidClient, unknown.Verdict);
        Assert.Equal(wrong.Body.GetRawText(), unknown.Body.GetRawText());
    }

    [Fact]
    public async Task Whoever_tried_the_header_is_told_the_scheme()
    {
        var answer = await PostAsync(s_machine, TestBrowser.Basic("machine", "wrong"));

        Assert.Equal(TokenAnswer.InvalidClient, answer.Verdict);
        Assert.Equal("Basic", Assert.Single(answer.Http.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task A_secret_that_is_almost_right_is_refused()
    {
        foreach (var wrong in new[]
                 {
                     AuthCoreApp.Secret[..^1], AuthCoreApp.Secret[1..], AuthCoreApp.Secret + "g", " " + AuthCoreApp.Secret, AuthCoreApp.Secret.ToUpperInvariant(),
                     AuthCoreApp.Secret.Replace('é', 'e'), AuthCoreApp.Secret.Replace(" ", "+", StringComparison.Ordinal),
                     Convert.ToHexString(Handle.HashOf(AuthCoreApp.Secret)),
                 })
        {
            Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, TestBrowser.Basic("machine", wrong))).Verdict);
        }
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic {valid}!")]
    [InlineData("Basic {valid}=")]
    [InlineData("Basic {valid} {valid}")]
    [InlineData("Basic {head} {tail}")]
    [InlineData("Basic {nocolon}")]
    [InlineData("Basic {noid}")]
    [InlineData("Basic {badescape}")]
    [InlineData("Basic {badutf8}")]
    [InlineData("Basic {nul}")]
    [InlineData("{valid}")]
    [InlineData("Bearer {valid}")]
    [InlineData("Basic {valid}, Basic {valid}")]
    public async Task A_malformed_header_is_refused_whole_whatever_the_body_says(string shape)
    {
        var valid = TestBrowser.Basic("machine", AuthCoreApp.Secret)[6..];
        var header = shape.Replace("{valid}", valid, StringComparison.Ordinal)
            .Replace("{head}", valid[..8], StringComparison.Ordinal).Replace("{tail}", valid[8..], StringComparison.Ordinal)
            .Replace("{nocolon}", Encode("machine"u8), StringComparison.Ordinal)
            .Replace("{noid}", Encode(":secret"u8), StringComparison.Ordinal)
            .Replace("{badescape}", Encode("machine:%zz"u8), StringComparison.Ordinal)
            .Replace("{badutf8}", Encode([.. "machine:"u8, 0xff, 0xfe]), StringComparison.Ordinal)
            .Replace("{nul}", Encode("machine:a%00b"u8), StringComparison.Ordinal);

        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, header)).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(With(s_noCode, ("client_id", "spa")), header)).Verdict);

        static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);
    }

    [Fact]
    public async Task Of_two_live_secrets_both_work_and_no_third()
    {
        var client = s_basic with { ClientId = "two", Secrets = [new(Handle.HashOf("the old secret"), null), new(Handle.HashOf("the new secret"), null)] };
        await app.SaveAsync(client);

        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic("two", "the old secret"))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic("two", "the new secret"))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, TestBrowser.Basic("two", AuthCoreApp.Secret))).Verdict);
    }

    [Fact]
    public async Task A_secret_works_until_it_expires_and_the_other_goes_on()
    {
        var end = app.Time!.GetUtcNow() + TimeSpan.FromSeconds(10);
        await app.SaveAsync(s_basic with { ClientId = "ending", Secrets = [new(Handle.HashOf("the ending secret"), end), new(Handle.HashOf("the other secret"), null)] });

        app.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic("ending", "the ending secret"))).Verdict);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, TestBrowser.Basic("ending", "the ending secret"))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic("ending", "the other secret"))).Verdict);
    }

    [Fact]
    public async Task A_disabled_client_is_refused_at_once_and_on_every_node_within_a_second()
    {
        var client = s_basic with { ClientId = "switched-off" };
        await app.SaveAsync(client);
        await using var node = app.StartSecondNode();
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(s_machine, TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret), app.CreateClient(node))).Verdict);

        await app.SaveAsync(client with { DisabledAt = app.Time!.GetUtcNow() });

        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret))).Verdict);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(TokenAnswer.InvalidClient, (await PostAsync(s_machine, TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret), app.CreateClient(node))).Verdict);
    }

    private static Dictionary<string, string> With(Dictionary<string, string> fields, params (string Name, string Value)[] more)
    {
        var all = new Dictionary<string, string>(fields, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }

    private async Task<TokenAnswer> PostAsync(Dictionary<string, string> fields, string? authorization = null, HttpClient? http = null)
    {
        using var client = http ?? app.CreateClient();
        var message = new HttpRequestMessage(HttpMethod.Post, app.Issuer + "/token") { Content = new FormUrlEncodedContent(fields) };
        if (authorization is not null)
        {
            Assert.True(message.Headers.TryAddWithoutValidation("Authorization", authorization));
        }

        return await client.SendAsync(message).ReadAsync();
    }
}
