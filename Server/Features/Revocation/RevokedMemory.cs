using System.Collections.Concurrent;

namespace AuthCore.Features.Revocation;

/// <summary>The dead access tokens since one gap in what was heard: those read, and those heard of since.</summary>
/// <param name="gap">The gap it began with.</param>
/// <param name="readAt">When it began to be read, in ticks of the computer.</param>
internal sealed class RevokedMemory(long gap, long readAt)
{
    /// <summary>How many it holds; beyond that it is not whole, and the database answers.</summary>
    public const int Capacity = 100_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private volatile bool _isFilled;
    private volatile bool _isOver;

    /// <summary>See the constructor.</summary>
    public long Gap => gap;

    /// <summary>See the constructor.</summary>
    public long ReadAt => readAt;

    /// <summary>Whether a token that is not in here is not dead.</summary>
    public bool IsWhole => _isFilled && !_isOver;

    /// <summary>Whether the token is known to be dead.</summary>
    public bool Contains(string jti) => _tokens.ContainsKey(jti);

    /// <summary>Takes what was read; more than <see cref="Capacity"/> are too many.</summary>
    public void Fill(IReadOnlyList<RevokedAccessToken> read)
    {
        if (read.Count > Capacity)
        {
            _isOver = true;
            return;
        }

        foreach (var token in read)
        {
            _tokens[token.Jti] = token.ExpiresAt;
        }

        _isFilled = true;
    }

    /// <summary>Adds one that was heard of.</summary>
    public void Add(string jti, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        if (_tokens.Count >= Capacity)
        {
            DropExpired(now);
            if (_tokens.Count >= Capacity)
            {
                _isOver = true;
                return;
            }
        }

        _tokens[jti] = expiresAt;
    }

    private void DropExpired(DateTimeOffset now)
    {
        foreach (var (jti, expiresAt) in _tokens)
        {
            if (expiresAt <= now)
            {
                _tokens.TryRemove(jti, out _);
            }
        }
    }
}
