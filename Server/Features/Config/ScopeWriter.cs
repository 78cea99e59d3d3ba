using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>Writes the scopes and resources that differ from what is stored.</summary>
internal sealed class ScopeWriter(ScopeStore scopes, ConfigStore entries)
{
    public async Task WriteScopesAsync(ConfigContext context, CancellationToken ct)
    {
        var stored = (await scopes.ListAsync(ct)).ToDictionary(scope => scope.Name, StringComparer.Ordinal);
        var file = context.Model.Scopes.Select(entry => entry.Value).ToList();
        foreach (var scope in StandardScopes.All.Where(standard => !file.Any(own => own.Name == standard.Name)).Concat(file))
        {
            if (!stored.TryGetValue(scope.Name, out var before) || (context.HasFile && !Same.Content(before, scope)))
            {
                await scopes.SaveAsync(scope, ct);
                context.Changes.Add($"scope {scope.Name}");
            }

            if (StandardScopes.Find(scope.Name) is null)
            {
                await OwnAsync(context, EntryRow.Scope, scope.Name, ct);
            }
        }
    }

    public async Task WriteResourcesAsync(ConfigContext context, CancellationToken ct)
    {
        var stored = (await scopes.ListResourcesAsync(ct)).ToDictionary(resource => resource.Identifier, StringComparer.Ordinal);
        foreach (var (resource, _) in context.Model.Resources)
        {
            if (!stored.TryGetValue(resource.Identifier, out var before) || !Same.Content(before, resource))
            {
                await scopes.SaveResourceAsync(resource, ct);
                context.Changes.Add($"resource {resource.Identifier}");
            }

            await OwnAsync(context, EntryRow.Resource, resource.Identifier, ct);
        }
    }

    private async Task OwnAsync(ConfigContext context, string kind, string key, CancellationToken ct)
    {
        var entry = new EntryRow { Kind = kind, Key = key, Demo = context.Model.IsDemo };
        if (entry != context.Find(kind, key))
        {
            await entries.SaveAsync(entry, ct);
        }
    }
}
