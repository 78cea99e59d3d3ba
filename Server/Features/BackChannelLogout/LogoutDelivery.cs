using System.Collections.Concurrent;
using System.Security.Cryptography;
using AuthCore.Stores;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>
/// Sends what is due, many at once and few to one application. Each message is claimed for a while before it is sent: so several servers share the work,
/// and one that is killed in the middle leaves its messages to whoever looks next. An application may get a message twice: a logout is idempotent.
/// </summary>
internal sealed partial class LogoutDelivery(LogoutMessageStore store, LogoutRequest request, LogoutSignal signal, TimeProvider clock, ILogger<LogoutDelivery> log) : BackgroundService
{
    /// <summary>After so long another server may take a claimed message: longer than an attempt and its note in the database can last.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private const int MostAtOnce = 32;
    private const int MostOfClient = 4;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lookSoonest = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Guid, (string ClientId, Task Sending)> _underWay = new();
    private long _nextRetry = long.MaxValue;
    private bool _isTroubled;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await LookAsync(stoppingToken);
                await signal.WaitAsync(UntilNextLook(), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // stopping
        }

        await Task.WhenAll(_underWay.Values.Select(one => one.Sending));   // each ends within its limit
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            while (_underWay.Count < MostAtOnce)
            {
                var now = clock.GetUtcNow();
                var underWay = _underWay.Values.CountBy(one => one.ClientId).ToDictionary(StringComparer.Ordinal);
                var messages = await store.ClaimAsync(now, now + Lease, MostAtOnce - underWay.Values.Sum(), MostOfClient, underWay, ct);
                foreach (var message in messages.Where(message => !_underWay.ContainsKey(message.Jti)))   // a clock that jumped ends our own leases
                {
                    var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _underWay[message.Jti] = (message.ClientId, SendAsync(message, begin.Task));
                    begin.SetResult();
                }

                if (messages.Count == 0)
                {
                    break;
                }
            }

            _isTroubled = false;
        }
        catch (StorageUnavailableException fault)
        {
            if (!_isTroubled)
            {
                Troubled(log, fault.Message);
            }

            _isTroubled = true;
        }
    }

    private async Task SendAsync(LogoutMessage message, Task begun)
    {
        await begun;
        try
        {
            await NoteAsync(message, await TrySendAsync(message));
        }
        catch (StorageUnavailableException fault)
        {
            // The claim ends by itself, and it is sent once more.
            Unnoted(log, message.Jti, message.ClientId, fault.Message);
        }
        finally
        {
            _underWay.TryRemove(message.Jti, out _);
            signal.Wake();
        }
    }

    // One message that cannot be sent at all, whatever the reason, is a failure of that message, which is noted and has its end.
    private async Task<LogoutAnswer> TrySendAsync(LogoutMessage message)
    {
        try
        {
            return await request.SendAsync(message, CancellationToken.None);
        }
        catch (Exception fault) when (fault is not StorageUnavailableException)
        {
            Unsendable(log, fault, message.Jti, message.ClientId);
            return new LogoutAnswer(0, $"it could not be sent: {fault.GetType().Name}");
        }
    }

    private async Task NoteAsync(LogoutMessage message, LogoutAnswer answer)
    {
        var now = clock.GetUtcNow();
        var jitter = RandomNumberGenerator.GetInt32(1001) / 1000.0;
        switch (answer.IsFinal ? new DeliveryDecision.Dead() : DeliveryRules.Decide(answer.Status, message.Attempts, now, message.GiveUpAt, jitter))
        {
            case DeliveryDecision.Delivered:
                await store.DeliveredAsync(message, answer.Status, now, CancellationToken.None);
                Delivered(log, message.Jti, message.ClientId, message.Attempts);
                break;
            case DeliveryDecision.Retry retry:
                await store.PostponeAsync(message, answer.Status, answer.Error, retry.At, CancellationToken.None);
                Postponed(log, message.Jti, message.ClientId, message.Attempts, answer.Error);
                NoteRetry(retry.At);
                break;
            default:
                await store.BuryAsync(message, answer.Status, answer.Error, now, CancellationToken.None);
                Died(log, message.Jti, message.ClientId, message.Attempts, answer.Error);
                break;
        }
    }

    private void NoteRetry(DateTimeOffset at)
    {
        for (var known = Interlocked.Read(ref _nextRetry); at.UtcTicks < known;)
        {
            var seen = Interlocked.CompareExchange(ref _nextRetry, at.UtcTicks, known);
            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }

    private TimeSpan UntilNextLook()
    {
        var next = Interlocked.Exchange(ref _nextRetry, long.MaxValue);
        if (next == long.MaxValue)
        {
            return s_lookEvery;
        }

        var wait = new DateTimeOffset(next, TimeSpan.Zero) - clock.GetUtcNow();
        if (wait > s_lookEvery)
        {
            NoteRetry(new DateTimeOffset(next, TimeSpan.Zero));   // the next look is too early for it
            return s_lookEvery;
        }

        return wait < s_lookSoonest ? s_lookSoonest : wait;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "logout.delivered {Jti} to {ClientId} at attempt {Attempts}")]
    private static partial void Delivered(ILogger logger, Guid jti, string clientId, int attempts);

    [LoggerMessage(Level = LogLevel.Information, Message = "logout.postponed {Jti} to {ClientId} after attempt {Attempts}: {Reason}")]
    private static partial void Postponed(ILogger logger, Guid jti, string clientId, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "logout.dead {Jti} to {ClientId} after attempt {Attempts}: {Reason}")]
    private static partial void Died(ILogger logger, Guid jti, string clientId, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "logout.unnoted {Jti} to {ClientId}: {Reason} It will be sent again")]
    private static partial void Unnoted(ILogger logger, Guid jti, string clientId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "logout.unsendable {Jti} to {ClientId}")]
    private static partial void Unsendable(ILogger logger, Exception fault, Guid jti, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "logout.waiting {Reason}: logout messages wait for the database")]
    private static partial void Troubled(ILogger logger, string reason);
}
