using AuthCore.Protocol;
using AuthCore.Tests.Stores;
using AuthCore.Tests.Support;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

/// <summary>Trouble of the database is never a verdict: 503, and what was not applied can be asked again.</summary>
public sealed class TokenStorageFaultTests : IAsyncLifetime, IDisposable
{
    private const string TheFamily = "select 1 from grants where id = @id for update";

    private static readonly Client s_client = Seed.FirstParty;

    private readonly AuthCoreApp _app;
    private readonly Outage _outage = new();
    private TestBrowser? _browser;

    public TokenStorageFaultTests() => _app = new AuthCoreApp { Connect = _outage.Connect };

    private TestBrowser Browser => _browser!;

    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        _browser = _app.CreateBrowser();
    }

    [Fact]
    public async Task A_connection_lost_between_load_and_apply_leaves_the_code_usable()
    {
        var code = await Browser.GetCodeAsync(s_client);
        await using var held = await RowLock.TakeAsync(_app.ConnectionString, TheFamily, TokenSteps.GrantOf(code));

        var lost = Browser.RedeemAsync(s_client, code);
        await held.KillWaitersAsync();

        AssertUnavailable(await lost);
        await held.ReleaseAsync();
        Assert.Equal(TokenAnswer.Ok, (await Browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task A_row_held_beyond_the_deadline_is_answered_in_time_and_leaves_the_code_usable()
    {
        var code = await Browser.GetCodeAsync(s_client);
        await using var held = await RowLock.TakeAsync(_app.ConnectionString, TheFamily, TokenSteps.GrantOf(code));

        AssertUnavailable(await Browser.RedeemAsync(s_client, code));

        await held.NoWaitersAsync();   // the statement was cancelled, not left to go on
        await held.ReleaseAsync();
        Assert.Equal(TokenAnswer.Ok, (await Browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task A_refresh_whose_outcome_is_unknown_is_resolved_by_its_retry()
    {
        var token = (await Browser.BeginAsync(s_client)).RefreshToken;
        var family = TokenSteps.GrantOf(token);
        var held = await RowLock.TakeAsync(_app.ConnectionString, TheFamily, family);

        var lost = Browser.RefreshAsync(s_client, token);
        await held.WaitersAsync(1);
        _outage.Begin(blackHole: false);
        AssertUnavailable(await lost);
        await held.DisposeAsync();                    // PostgreSQL goes on, and commits what nobody hears of
        await UntilRotatedAsync(family);
        _outage.End();

        var retry = await Browser.RefreshAsync(s_client, token);
        Assert.Equal(TokenAnswer.Ok, retry.Verdict);
        Assert.Equal(1, await LiveTokens.CountAsync(_app, family));
        Assert.Equal(TokenAnswer.Ok, (await Browser.RefreshAsync(s_client, retry.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Without_a_database_every_grant_is_unavailable_and_nothing_is_lost()
    {
        var code = await Browser.GetCodeAsync(s_client);
        var token = (await Browser.BeginAsync(s_client)).RefreshToken;
        _outage.Begin(blackHole: false);

        AssertUnavailable(await Browser.RedeemAsync(s_client, code));
        AssertUnavailable(await Browser.RefreshAsync(s_client, token));
        AssertUnavailable(await Browser.AskAsync(Seed.Machine, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }));

        _outage.End();
        Assert.Equal(TokenAnswer.Ok, (await Browser.RedeemAsync(s_client, code)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await Browser.RefreshAsync(s_client, token)).Verdict);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _outage.DisposeAsync();
    }

    public void Dispose() => _browser?.Dispose();

    private async Task UntilRotatedAsync(Guid family)
    {
        await using var connection = new NpgsqlConnection(_app.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from grants where id = $1 and rotated_at is not null", connection);
        command.Parameters.AddWithValue(family);
        while ((long)(await command.ExecuteScalarAsync())! == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static void AssertUnavailable(TokenAnswer answer)
    {
        Assert.Equal(TokenAnswer.Unavailable, answer.Verdict);
        Assert.NotNull(answer.Http.Headers.RetryAfter);
    }
}
