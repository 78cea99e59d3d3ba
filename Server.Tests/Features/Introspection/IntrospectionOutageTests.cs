using System.Diagnostics;
using System.Net;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>Without a database nobody knows what a token is worth, and nobody is told that it is worth nothing.</summary>
public sealed class IntrospectionOutageTests : IAsyncLifetime
{
    private readonly AuthCoreApp _app;
    private DatabaseProxy _proxy = null!;

    public IntrospectionOutageTests() => _app = new AuthCoreApp
    {
        Connect = connectionString =>
        {
            _proxy = DatabaseProxy.To(connectionString);
            return _proxy.ConnectionString;
        },
    };

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _proxy.Restore();
        await _app.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_database_it_is_503_with_Retry_After_and_never_a_verdict(bool blackHole)
    {
        var tokens = new List<(Client Client, string Token)>();
        using var browser = _app.CreateBrowser();
        foreach (var format in _app.Get<ServerCapabilities>().AccessTokenFormats)
        {
            var client = Seed.FirstParty with { ClientId = "app-" + format, AccessTokenFormat = format };
            await _app.SaveAsync(client);
            var answer = await browser.BeginAsync(client);
            tokens.AddRange([(client, answer.AccessToken), (client, answer.RefreshToken)]);
        }

        if (blackHole)
        {
            _proxy.BlackHole();
        }
        else
        {
            _proxy.Cut();
        }

        await Task.WhenAll(tokens.SelectMany(token => new[] { null, "application/token-introspection+jwt" }.Select(accept => AssertUnavailableAsync(AskAsync(token.Client, token.Token, accept)))));

        _proxy.Restore();
        var waited = Stopwatch.StartNew();
        foreach (var (client, token) in tokens)
        {
            HttpResponseMessage answer;
            while ((answer = await AskAsync(client, token, null)).StatusCode != HttpStatusCode.OK)
            {
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), "still nothing 5 s after the database is back");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            Assert.StartsWith("""{"active":true""", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(Client client, string token, string? accept)
    {
        using var browser = _app.CreateBrowser();
        var authorization = ("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret));
        return await browser.SendAsync(HttpMethod.Post, _app.Issuer + "/introspect", [new("token", token)], accept is null ? [authorization] : [authorization, ("Accept", accept)]);
    }

    private static async Task AssertUnavailableAsync(Task<HttpResponseMessage> sent)
    {
        var waited = Stopwatch.StartNew();
        var answer = await sent;
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(2.8), $"took {waited.Elapsed}");   // 2 s are promised; the rest is for a busy machine
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        Assert.Equal("temporarily_unavailable", await TestBrowser.ErrorOf(answer));
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
    }
}
