using AuthCore.Features.BackChannelLogout;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>A row of the queue, as an operator reads it.</summary>
internal sealed record QueueRow
{
    public Guid Jti { get; init; }

    public int Attempts { get; init; }

    public int? LastStatus { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    public DateTimeOffset? DeadAt { get; init; }
}

/// <summary>A server, and applications that want to hear of the end of a session.</summary>
public sealed class LogoutServer : IAsyncLifetime
{
    private int _clients;

    public AuthCoreApp App { get; } = new();

    internal Receiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        await App.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>An application with an address of its own: <c>/</c> and its id.</summary>
    internal async Task<Client> NewClientAsync(string alg = "RS256", string? uri = null)
    {
        var id = $"rp-{Interlocked.Increment(ref _clients)}";
        var client = Seed.FirstParty with { ClientId = id, IdTokenSignedResponseAlg = alg, BackchannelLogoutUri = uri ?? $"{Receiver.Address}/{id}" };
        await App.SaveAsync(client);
        return client;
    }

    /// <summary>A browser whose session has signed in to the applications.</summary>
    internal async Task<(TestBrowser Browser, User User, Guid Session)> SignInAsync(params Client[] clients)
    {
        var user = await App.NewUserAsync();
        var browser = await App.NewSessionAsync(user);
        foreach (var client in clients)
        {
            await browser.GetCodeAsync(client, "openid", user.Username);
        }

        return (browser, user, await QueryAsync<Guid>("select id from sessions where subject = @Subject and ended_at is null", new { user.Subject }));
    }

    internal static async Task SignOutAsync(TestBrowser browser) => await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

    /// <summary>Has the server look at once, as it would in some seconds.</summary>
    internal void Look() => App.Get<LogoutSignal>().Wake();

    internal Task<QueueRow?> RowAsync(Client client) => App.Get<Database>().FindAsync<QueueRow>(
        "select jti, attempts, last_status, last_error, next_attempt_at, delivered_at, dead_at from logout_messages where client_id = @ClientId", new { client.ClientId }, CancellationToken.None);

    /// <summary>The row, once it is as the test waits for: what a request leaves behind is written after its answer.</summary>
    internal async Task<QueueRow> RowAsync(Client client, Func<QueueRow, bool> isSo)
    {
        for (var round = 0; round < 2000; round++)
        {
            if (await RowAsync(client) is { } row && isSo(row))
            {
                return row;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"It never was so; it is {await RowAsync(client)}");
    }

    internal async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        return await connection.QuerySingleAsync<T>(sql, parameters);
    }
}
