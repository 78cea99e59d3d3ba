using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Every scope and resource as read at one moment.</summary>
/// <param name="Scopes">The scopes.</param>
/// <param name="Resources">The resources, by their identifier.</param>
internal sealed record CatalogSnapshot(ScopeCatalog Scopes, IReadOnlyDictionary<string, ResourceDefinition> Resources)
{
    /// <summary>The resource, or null.</summary>
    public ResourceDefinition? FindResource(string identifier) => Resources.GetValueOrDefault(identifier);
}

/// <summary>Scopes and resources in memory, under the same rule as clients: no older than a second.</summary>
internal sealed class Catalog(ScopeStore store, ChangeFeed changes) : IHostedService
{
    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _ticks = TimeProvider.System;
    private int _reading;

    private volatile Loaded _loaded = new(new CatalogSnapshot(new ScopeCatalog([]), new Dictionary<string, ResourceDefinition>(StringComparer.Ordinal)), -1, 0);

    /// <summary>As last read; needs no database, and has it read anew for the next who asks.</summary>
    public CatalogSnapshot Last
    {
        get
        {
            if (!IsFresh(_loaded) && _ticks.GetElapsedTime(_loaded.At) > s_retryAfter && Interlocked.Exchange(ref _reading, 1) == 0)
            {
                _ = ReadAnewAsync();
            }

            return _loaded.Snapshot;
        }
    }

    /// <summary>As of now.</summary>
    public ValueTask<CatalogSnapshot> GetAsync(CancellationToken ct)
    {
        var loaded = _loaded;
        return IsFresh(loaded)
            ? new ValueTask<CatalogSnapshot>(loaded.Snapshot)
            : new ValueTask<CatalogSnapshot>(LoadAsync(ct));
    }

    /// <summary>Before the first request, when whatever is configured has been written.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsFresh(Loaded loaded) => changes.IsProven() && loaded.Generation == changes.Generation && _ticks.GetElapsedTime(loaded.At) < s_maxAge;

    private async Task ReadAnewAsync()
    {
        try
        {
            await LoadAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // what was read last stands
        }
        finally
        {
            Interlocked.Exchange(ref _reading, 0);
        }
    }

    private async Task<CatalogSnapshot> LoadAsync(CancellationToken ct)
    {
        var (generation, at) = (changes.Generation, _ticks.GetTimestamp());
        var scopes = await store.ListAsync(ct);
        var resources = await store.ListResourcesAsync(ct);
        var snapshot = new CatalogSnapshot(new ScopeCatalog(scopes, resources), resources.ToDictionary(r => r.Identifier, StringComparer.Ordinal));
        _loaded = new Loaded(snapshot, generation, at);
        return snapshot;
    }

    private sealed record Loaded(CatalogSnapshot Snapshot, long Generation, long At);
}
