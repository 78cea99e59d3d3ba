using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Scopes and resources in memory: loaded at start, read anew when older than a second and somebody asks.</summary>
internal sealed class Catalog(ScopeStore store, TimeProvider clock) : IHostedService
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    private volatile Loaded _loaded = new(new ScopeCatalog([]), new Dictionary<string, ResourceDefinition>(StringComparer.Ordinal), DateTimeOffset.MinValue);

    /// <summary>The scopes as last read; needs no database.</summary>
    public ScopeCatalog Scopes => _loaded.Scopes;

    /// <summary>The resource as last read, or null.</summary>
    public ResourceDefinition? FindResource(string identifier) => _loaded.Resources.GetValueOrDefault(identifier);

    /// <summary>The scopes, at most a second old.</summary>
    public async Task<ScopeCatalog> GetScopesAsync(CancellationToken ct)
    {
        if (clock.GetUtcNow() - _loaded.At > s_fresh)
        {
            await LoadAsync(ct);
        }

        return _loaded.Scopes;
    }

    /// <summary>Before the first request, when whatever is configured has been written.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task LoadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var scopes = await store.ListAsync(ct);
        var resources = await store.ListResourcesAsync(ct);
        _loaded = new Loaded(new ScopeCatalog(scopes), resources.ToDictionary(r => r.Identifier, StringComparer.Ordinal), now);
    }

    private sealed record Loaded(ScopeCatalog Scopes, Dictionary<string, ResourceDefinition> Resources, DateTimeOffset At);
}
