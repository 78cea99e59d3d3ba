using AuthCore.Stores;
using Npgsql;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>Hears from PostgreSQL that a message was written, by whatever server or statement. A convenience: what is not heard is found by looking.</summary>
internal sealed partial class LogoutSignal(Database database, ILogger<LogoutSignal> log) : BackgroundService
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_proofEvery = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Has whoever waits look at once.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // somebody woke it already
        }
    }

    /// <summary>Until there may be something to do, or the time is over.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => _wake.WaitAsync(atMost, ct);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
            {
                Lost(log, fault.Message);
                await Task.Delay(s_retryAfter, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenDedicatedAsync(ct);
        connection.Notification += (_, _) => Wake();
        await using (var listen = new NpgsqlCommand("listen authcore_logout", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        Wake();   // before the listening began, nothing was heard
        while (true)
        {
            if (!await connection.WaitAsync(s_proofEvery, ct))
            {
                await using var proof = new NpgsqlCommand("select 1", connection);   // a connection that died in silence shows here
                await proof.ExecuteNonQueryAsync(ct);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "logout.deaf {Reason}: logout messages are found by looking every few seconds, until it is back")]
    private static partial void Lost(ILogger logger, string reason);
}
