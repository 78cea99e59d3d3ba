using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>OAuth 2.1 §3.1, §3.2, RFC 9700 §2.6: who may read answers from another site's page.</summary>
public sealed class CorsTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string Spa = "https://spa.example";

    [Theory]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    public async Task The_origin_of_a_registered_redirect_URI_may_ask_and_read_without_credentials(string path)
    {
        var preflight = await SendAsync(HttpMethod.Options, path, Spa, preflightFor: "POST");
        var actual = await SendAsync(HttpMethod.Post, path, Spa);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Spa, AllowedOrigin(preflight));
        Assert.Contains("POST", Header(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("authorization", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Unauthorized, actual.StatusCode);
        Assert.Equal(Spa, AllowedOrigin(actual));
        var exposed = Header(actual, "Access-Control-Expose-Headers");
        Assert.Contains("WWW-Authenticate", exposed, StringComparison.Ordinal);
        Assert.Contains("DPoP-Nonce", exposed, StringComparison.Ordinal);
        Assert.All([preflight, actual], answer => Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials")));
    }

    [Theory]
    [InlineData("https://spa.example.evil.test")]
    [InlineData("https://evil-spa.example")]
    [InlineData("https://sub.spa.example")]
    [InlineData("https://spa.exampl")]
    [InlineData("https://SPA.example")]
    [InlineData("http://spa.example")]
    [InlineData("https://spa.example:8443")]
    [InlineData("https://spa.example:443")]
    [InlineData("https://spa.example/")]
    [InlineData("https://spa.example/cb")]
    [InlineData("https://user@spa.example")]
    [InlineData("https://spa.example https://evil.test")]
    [InlineData("spa.example")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("com.example.app:")]
    [InlineData("com.example.app://")]
    [InlineData("' or 1=1 --")]
    public async Task Any_other_origin_gets_no_header_and_no_answer_to_its_preflight(string origin)
    {
        foreach (var path in new[] { "/token", "/userinfo" })
        {
            foreach (var answer in new[] { await SendAsync(HttpMethod.Options, path, origin, preflightFor: "POST"), await SendAsync(HttpMethod.Post, path, origin) })
            {
                Assert.True((int)answer.StatusCode < 500);
                Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact]
    public async Task A_preflight_is_never_taken_for_the_request_it_asks_for()
    {
        using var http = app.CreateClient();
        var message = Message(HttpMethod.Options, "/token", "https://evil.test", "POST");
        message.Headers.TryAddWithoutValidation("Authorization", TestBrowser.Basic("machine", AuthCoreApp.Secret));
        message.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);

        var answer = await http.SendAsync(message);

        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/authorize")]
    [InlineData("/login")]
    [InlineData("/consent")]
    [InlineData("/select-account")]
    [InlineData("/logout")]
    [InlineData("/")]
    [InlineData("/health/live")]
    public async Task No_page_is_open_to_scripts_of_others(string path)
    {
        foreach (var answer in new[]
        {
            await SendAsync(HttpMethod.Options, path, Spa, preflightFor: "GET"), await SendAsync(HttpMethod.Options, path, Spa, preflightFor: "POST"),
            await SendAsync(HttpMethod.Get, path, Spa), await SendAsync(HttpMethod.Post, path, Spa),
        })
        {
            Assert.True((int)answer.StatusCode < 500);
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/jwks")]
    public async Task Metadata_is_everybodys(string path)
    {
        Assert.Equal("*", AllowedOrigin(await SendAsync(HttpMethod.Get, path, "https://anybody.test")));
        Assert.Equal("*", AllowedOrigin(await SendAsync(HttpMethod.Get, path, "null")));
        Assert.Equal("*", AllowedOrigin(await SendAsync(HttpMethod.Options, path, "https://anybody.test", preflightFor: "GET")));
    }

    [Fact]
    public async Task The_origin_of_a_client_that_was_switched_off_is_nobodys()
    {
        var client = Seed.Spa with { ClientId = "closing", RedirectUris = ["https://closing.example/cb"] };
        await app.SaveAsync(client);
        Assert.Equal("https://closing.example", AllowedOrigin(await SendAsync(HttpMethod.Post, "/token", "https://closing.example")));

        await app.SaveAsync(client with { DisabledAt = app.Time!.GetUtcNow() });

        Assert.Null(AllowedOrigin(await SendAsync(HttpMethod.Post, "/token", "https://closing.example")));
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/userinfo")]
    [InlineData("/authorize")]
    [InlineData("/jwks")]
    public async Task OPTIONS_that_is_no_preflight_is_405_with_Allow(string path)
    {
        var answer = await SendAsync(HttpMethod.Options, path, origin: null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? origin, string? preflightFor = null)
    {
        using var http = app.CreateClient();
        return await http.SendAsync(Message(method, path, origin, preflightFor));
    }

    private HttpRequestMessage Message(HttpMethod method, string path, string? origin, string? preflightFor)
    {
        var message = new HttpRequestMessage(method, app.Issuer + path);
        if (origin is not null)
        {
            message.Headers.TryAddWithoutValidation("Origin", origin);
        }

        if (preflightFor is not null)
        {
            message.Headers.TryAddWithoutValidation("Access-Control-Request-Method", preflightFor);
            message.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", "authorization");
        }

        return message;
    }

    private static string? AllowedOrigin(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join(',', values) : null;

    private static string Header(HttpResponseMessage answer, string name) => string.Join(',', answer.Headers.GetValues(name));
}
