using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>Without a database nobody knows what a token is worth, and nobody is told that it is worth nothing.</summary>
public sealed class IntrospectionOutageTests : IAsyncLifetime
{
    private readonly Outage _outage = new();
    private readonly AuthCoreApp _app;

    public IntrospectionOutageTests() => _app = new AuthCoreApp { Connect = _outage.Connect };

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _outage.End();
        await _app.DisposeAsync();
        await _outage.DisposeAsync();
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

        _outage.Begin(blackHole);
        await Task.WhenAll(tokens.SelectMany(token => new[] { null, "application/token-introspection+jwt" }.Select(accept => Outage.AssertSaidAsync(AskAsync(token.Client, token.Token, accept)))));

        _outage.End();
        foreach (var (client, token) in tokens)
        {
            var answer = await Outage.WhenOverAsync(() => AskAsync(client, token, null));
            Assert.StartsWith("""{"active":true""", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(Client client, string token, string? accept)
    {
        using var browser = _app.CreateBrowser();
        var authorization = ("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret));
        return await browser.SendAsync(HttpMethod.Post, _app.Issuer + "/introspect", [new("token", token)], accept is null ? [authorization] : [authorization, ("Accept", accept)]);
    }
}
