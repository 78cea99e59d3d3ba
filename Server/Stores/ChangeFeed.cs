using System.Collections.Concurrent;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>Hears of changes to what servers keep in memory. What is remembered may be used only while this is proven to hear.</summary>
/// <remarks>
/// A connection of its own listens. While somebody asks, it makes a round trip every <see cref="s_beat"/>: PostgreSQL delivers what was announced before it
/// answers, so whoever remembers something is never further behind than the last round trip that came back. When nobody asks, it rests.
/// </remarks>
internal sealed partial class ChangeFeed(Database database, ILogger<ChangeFeed> log) : BackgroundService
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan s_restAfter = TimeSpan.FromSeconds(5);

    // Not the clock of the protocol, which tests stop: this measures how old a proof is.
    private readonly TimeProvider _ticks = TimeProvider.System;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private long _provenAt = long.MinValue;
    private long _askedAt = long.MinValue;
    private readonly ConcurrentDictionary<string, Action<string>> _listeners = new(StringComparer.Ordinal);
    private long _generation;
    private long _gap;

    /// <summary>Changes with every change heard that is nobody's own, and whenever something may have been missed.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    /// <summary>Changes only when something may have been missed: whoever follows a topic begins anew then.</summary>
    public long Gap => Interlocked.Read(ref _gap);

    /// <summary>Whether a change that was committed a second ago would be known here by now. Asking keeps it so.</summary>
    public bool IsProven()
    {
        var now = _ticks.GetTimestamp();
        Interlocked.Exchange(ref _askedAt, now);
        var proven = Interlocked.Read(ref _provenAt);
        if (proven != long.MinValue && _ticks.GetElapsedTime(proven, now) < s_limit)
        {
            return true;
        }

        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // somebody else woke it
            }
        }

        return false;
    }

    /// <summary>Follows a topic of one's own: announcements <c>topic details</c> go there, in order, before they are proven to be heard, and make nobody else's memory old.</summary>
    /// <param name="topic">One word.</param>
    /// <param name="heard">Is given the details; must neither fail nor wait.</param>
    public void Follow(string topic, Action<string> heard) => _listeners[topic] = heard;

    /// <summary>A change made here counts here at once.</summary>
    public void Announce() => Interlocked.Increment(ref _generation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(stoppingToken);
                await ListenAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or StorageUnavailableException)
            {
                Lost(log, fault.Message);
                await Task.Delay(s_beat, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // stopping, or a round trip that did not come back
            }
            finally
            {
                Interlocked.Exchange(ref _provenAt, long.MinValue);
                BeginAnew();   // nobody knows what was missed
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenDedicatedAsync(ct);
        var hears = false;
        connection.Notification += (_, heard) =>
        {
            hears = true;
            Hear(heard.Payload);
        };

        // Behind a pooler that hands out another session a statement, nothing would ever be heard: what we say ourselves must come back.
        await RoundTripAsync(connection, "listen authcore_changed", ct);
        await RoundTripAsync(connection, "select pg_notify('authcore_changed', 'hello')", ct);
        BeginAnew();   // before the listening began, nothing was heard
        while (_ticks.GetElapsedTime(Interlocked.Read(ref _askedAt)) < s_restAfter)
        {
            var begun = _ticks.GetTimestamp();
            await RoundTripAsync(connection, "select 1", ct);
            if (hears)
            {
                Interlocked.Exchange(ref _provenAt, begun);
            }

            await connection.WaitAsync(s_beat, ct);   // returns early where something was announced
        }
    }

    private void Hear(string announcement)
    {
        var space = announcement.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && _listeners.TryGetValue(announcement[..space], out var listener))
        {
            listener(announcement[(space + 1)..]);
        }
        else
        {
            Announce();
        }
    }

    private void BeginAnew()
    {
        Interlocked.Increment(ref _gap);
        Announce();
    }

    private static async Task RoundTripAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
#pragma warning disable CA2100 // two constants
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(limit.Token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "changes.lost {Reason}: every request asks the database until it is back")]
    private static partial void Lost(ILogger logger, string reason);
}
