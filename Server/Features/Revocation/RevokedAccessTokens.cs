using System.Globalization;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Revocation;

/// <summary>
/// RFC 7009 §2.1: access tokens that are dead although they verify. All of them are in memory, and memory answers while <see cref="ChangeFeed"/> is proven to hear
/// of others; else the database is asked.
/// </summary>
internal sealed class RevokedAccessTokens : IAccessTokenCheck
{
    private const string Topic = "revoked";
    private const string Reason = "revoked";

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _ticks = TimeProvider.System;
    private readonly RevocationStore _store;
    private readonly ChangeFeed _changes;
    private readonly TimeProvider _clock;
    private volatile RevokedMemory _memory;
    private int _reading;

    /// <summary>Begins to listen.</summary>
    public RevokedAccessTokens(RevocationStore store, ChangeFeed changes, TimeProvider clock)
    {
        (_store, _changes, _clock) = (store, changes, clock);
        _memory = new RevokedMemory(gap: -1, readAt: 0);
        changes.Follow(Topic, Hear);
    }

    /// <summary>Whether the next question will be answered without the database.</summary>
    public bool AnswersFromMemory => _changes.IsProven() && _memory is { IsWhole: true } memory && memory.Gap == _changes.Gap;

    /// <inheritdoc/>
    public ValueTask<string?> FindFaultAsync(AccessTokenFacts token, CancellationToken ct)
    {
        var memory = _memory;
        return _changes.IsProven() && memory.IsWhole && memory.Gap == _changes.Gap
            ? new ValueTask<string?>(memory.Contains(token.JwtId) ? Reason : null)
            : new ValueTask<string?>(AskAsync(token.JwtId, ct));
    }

    /// <summary>Ends an access token until it would have ended anyway.</summary>
    public async Task AddAsync(string jti, DateTimeOffset expiresAt, CancellationToken ct)
    {
        await _store.AddAsync(jti, expiresAt, ct);
        _memory.Add(jti, expiresAt, _clock.GetUtcNow());   // here at once; elsewhere when they hear of it
    }

    private async Task<string?> AskAsync(string jti, CancellationToken ct)
    {
        if (_changes.IsProven() && IsDue(_memory) && Interlocked.Exchange(ref _reading, 1) == 0)
        {
            try
            {
                await ReadAsync(ct);
            }
            finally
            {
                Volatile.Write(ref _reading, 0);
            }
        }

        return await _store.ContainsAsync(jti, ct) ? Reason : null;
    }

    // Not again and again while there are more than memory holds.
    private bool IsDue(RevokedMemory memory) => memory.Gap != _changes.Gap || (!memory.IsWhole && _ticks.GetElapsedTime(memory.ReadAt) > s_retryAfter);

    private async Task ReadAsync(CancellationToken ct)
    {
        // It hears before it reads: what is committed during the reading comes by one way or the other.
        var memory = new RevokedMemory(_changes.Gap, _ticks.GetTimestamp());
        _memory = memory;
        memory.Fill(await _store.ListAsync(_clock.GetUtcNow(), RevokedMemory.Capacity + 1, ct));
    }

    private void Hear(string details)
    {
        var space = details.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && long.TryParse(details.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            _memory.Add(details[(space + 1)..], DateTimeOffset.FromUnixTimeSeconds(seconds), _clock.GetUtcNow());
        }
    }
}
