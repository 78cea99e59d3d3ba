using System.Collections.Concurrent;
using AuthCore.Jose;

namespace AuthCore.Flows;

/// <summary>The keys at a <c>jwks_uri</c>, as far as they are known.</summary>
/// <param name="Keys">Null where there are none to be had.</param>
/// <param name="IsCurrent">False where the last attempt to get them failed: what is not among them may be there all the same.</param>
internal sealed record RemoteKeys(JwkSet? Keys, bool IsCurrent);

/// <summary>
/// RFC 7591 §2 <c>jwks_uri</c>: JWK Sets of clients in memory. One request at a time goes out for a document, and so many for all; a server that fails is
/// given a pause, and until then, for a bounded time, the keys that it gave before go on working.
/// </summary>
internal sealed partial class RemoteKeySets(IKeySetSource source, TimeProvider clock, ILogger<RemoteKeySets> log)
{
    /// <summary>How long a document is kept where its server says nothing.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(10);

    /// <summary>How long it is kept at least, whatever its server says: so rarely is it asked for.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>How long it is kept at most: so late may a withdrawn key work where its server is well.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>For how long its keys are used beyond that while its server fails.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>How soon it is asked for again where nothing is known of it.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const int MaxEntries = 1000;
    private const int MaxAtOnce = 32;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private int _underway;

    /// <summary>The keys, at most <see cref="Longest"/> old; older ones only while they cannot be had.</summary>
    public Task<RemoteKeys> FindAsync(string uri, CancellationToken ct) => GetAsync(uri, entry => clock.GetUtcNow() >= entry.FreshUntil, ct);

    /// <summary>The keys after a name that is not among them was seen: asked for anew, but no more than once in <see cref="Shortest"/>.</summary>
    public Task<RemoteKeys> FindNewerAsync(string uri, JwkSet known, CancellationToken ct) => GetAsync(uri, entry => ReferenceEquals(entry.Keys, known), ct);

    private async Task<RemoteKeys> GetAsync(string uri, Func<Entry, bool> isWanted, CancellationToken ct)
    {
        var entry = EntryOf(uri);
        Task? flight;
        lock (entry)
        {
            if (entry.Flight is null && isWanted(entry) && entry.MayTry(clock.GetUtcNow()))
            {
                entry.TriedAt = clock.GetUtcNow();
                entry.Flight = Task.Run(() => FetchAsync(uri, entry), CancellationToken.None);   // whoever waits may leave; the others want it all the same
            }

            flight = isWanted(entry) ? entry.Flight : null;
        }

        if (flight is not null)
        {
            await flight.WaitAsync(ct);
        }

        lock (entry)
        {
            return new RemoteKeys(clock.GetUtcNow() < entry.UsableUntil ? entry.Keys : null, entry.IsCurrent);
        }
    }

    private async Task FetchAsync(string uri, Entry entry)
    {
        var answer = new KeySetAnswer(null, Fault: "too many key sets are being fetched");
        try
        {
            if (Interlocked.Increment(ref _underway) <= MaxAtOnce)
            {
                answer = await source.FetchAsync(uri, CancellationToken.None);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underway);
            Land(uri, entry, answer);
        }
    }

    // A document of which nothing can be used is no better than none.
    private void Land(string uri, Entry entry, KeySetAnswer answer)
    {
        var keys = answer.Body is { } body ? JwkSet.Parse(body) : null;
        var fault = keys is null ? answer.Fault ?? "it gave nothing" : keys is { Keys.Count: 0, Faults.Count: > 0 } ? "it " + keys.Faults[0] : null;
        lock (entry)
        {
            entry.Flight = null;
            entry.IsCurrent = fault is null;
            if (fault is null)
            {
                entry.Keys = keys;
                entry.FreshUntil = clock.GetUtcNow() + Clamp(answer.MaxAge ?? Usual);
                entry.UsableUntil = entry.FreshUntil + Grace;
            }
        }

        if (fault is not null)
        {
            NotFetched(log, uri, fault);
        }
    }

    private Entry EntryOf(string uri)
    {
        if (_entries.TryGetValue(uri, out var known))
        {
            return known;
        }

        if (_entries.Count >= MaxEntries)
        {
            _entries.Clear();
        }

        return _entries.GetOrAdd(uri, _ => new Entry());
    }

    private static TimeSpan Clamp(TimeSpan age) => age < Shortest ? Shortest : age > Longest ? Longest : age;

    [LoggerMessage(Level = LogLevel.Warning, Message = "keys.not_fetched {Uri}: {Reason}")]
    private static partial void NotFetched(ILogger logger, string uri, string reason);

    private sealed class Entry
    {
        public JwkSet? Keys { get; set; }

        public bool IsCurrent { get; set; }

        public DateTimeOffset FreshUntil { get; set; }

        public DateTimeOffset UsableUntil { get; set; }

        public DateTimeOffset? TriedAt { get; set; }

        public Task? Flight { get; set; }

        public bool MayTry(DateTimeOffset now) => !(now - TriedAt < (now < UsableUntil ? Shortest : Pause));
    }
}
