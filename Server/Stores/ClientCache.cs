using System.Collections.Concurrent;
using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>Clients in memory, used only while <see cref="ChangeFeed"/> is proven to hear of changes; else every look-up asks the database.</summary>
internal sealed class ClientCache(ClientStore store, ChangeFeed changes)
{
    private const int MaxEntries = 10_000;

    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _ticks = TimeProvider.System;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The client, disabled or not, or null; no older than a second.</summary>
    public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        var isProven = changes.IsProven();
        return isProven && _entries.TryGetValue(clientId, out var entry) && entry.Generation == changes.Generation && _ticks.GetElapsedTime(entry.ReadAt) < s_maxAge
            ? new ValueTask<Client?>(entry.Client)
            : new ValueTask<Client?>(ReadAsync(clientId, isProven, ct));
    }

    private async Task<Client?> ReadAsync(string clientId, bool mayKeep, CancellationToken ct)
    {
        // Both before the read: what changes during it makes the entry old at once.
        var (generation, readAt) = (changes.Generation, _ticks.GetTimestamp());
        var client = await store.FindAsync(clientId, ct);
        if (mayKeep && client is not null)   // ids that nobody has fill no memory
        {
            if (_entries.Count >= MaxEntries)
            {
                _entries.Clear();
            }

            _entries[clientId] = new Entry(client, generation, readAt);
        }

        return client;
    }

    private sealed record Entry(Client Client, long Generation, long ReadAt);
}
