using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>RFC 7009 §2.2.1: without a database nothing is revoked, and nobody is told otherwise.</summary>
public sealed class RevocationOutageTests : IAsyncLifetime
{
    private readonly Outage _outage = new();
    private readonly AuthCoreApp _app;

    public RevocationOutageTests() => _app = new AuthCoreApp { Connect = _outage.Connect };

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
    public async Task Without_a_database_it_is_503_with_Retry_After_and_can_be_asked_again(bool blackHole)
    {
        var clients = await _app.InEveryFormAsync(Seed.FirstParty);
        var tokens = new List<TokenAnswer>();
        foreach (var client in clients)
        {
            tokens.Add(await _app.BeginAsync(client));
            await _app.AssertAliveAsync(client, tokens[^1].AccessToken);
        }

        var before = await Tables.ReadAsync(_app.ConnectionString);
        _outage.Begin(blackHole);
        await Task.WhenAll(clients.SelectMany((client, i) => new[] { tokens[i].AccessToken, tokens[i].RefreshToken }.Select(token => Outage.AssertSaidAsync(_app.RevokeAsync(client, token)))));
        Assert.Equal(before, await Tables.ReadAsync(_app.ConnectionString));

        _outage.End();
        await Outage.WhenOverAsync(() => _app.RevokeAsync(clients[0], tokens[0].AccessToken));
        await _app.AssertDeadAsync(clients[0], tokens[0].AccessToken);
        if (!blackHole)   // else what was on its way arrives now, and nobody was told that it would not
        {
            using var browser = _app.CreateBrowser();
            Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(clients[0], tokens[0].RefreshToken)).Verdict);
            foreach (var (client, i) in clients.Select((client, i) => (client, i)).Skip(1))
            {
                await _app.AssertAliveAsync(client, tokens[i].AccessToken);
            }
        }
    }
}
