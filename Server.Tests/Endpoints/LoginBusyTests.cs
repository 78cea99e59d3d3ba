using System.Net;
using AuthCore.Keys;
using AuthCore.Tests.Support;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

public sealed class LoginBusyTests : IAsyncLifetime
{
    private readonly AuthCoreApp _app = new() { Settings = { ["AuthCore:PasswordHashing:Threads"] = "1", ["AuthCore:PasswordHashing:QueueLength"] = "1" } };

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_full_queue_is_503_with_retry_after_and_the_attempt_is_not_counted()
    {
        Assert.SkipUnless(Bcrypt.IsAvailable, "this system has no bcrypt");
        using var browser = _app.CreateBrowser();
        var page = await browser.GetAsync("/login");
        var hasher = _app.Get<PasswordHasher>();
        var long1 = hasher.VerifyAsync(Bcrypt.OfNothing(15), "keeps the thread busy for seconds", CancellationToken.None);
        using var enough = new CancellationTokenSource();
        var long2 = hasher.VerifyAsync(null, "fills the queue", enough.Token);

        var answer = await browser.SubmitAsync(page, ("username", "alice"), ("password", AuthCoreApp.Password));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("2", answer.Headers.GetValues("Retry-After").Single());
        Assert.Contains("very busy", await Walk.TextOf(answer), StringComparison.Ordinal);
        Assert.Empty(Walk.CookiesOf(answer));
        Assert.Equal(0, await FailuresAsync());
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => long2);
        await long1;
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync(page, ("username", "alice"), ("password", AuthCoreApp.Password))).StatusCode);
    }

    private async Task<int> FailuresAsync()
    {
        await using var connection = new NpgsqlConnection(_app.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select coalesce(sum(failures), 0)::int from login_failures", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
