using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>Sees to what the file once named and names no more: users and clients are switched off, scopes and resources that nobody uses are deleted.</summary>
internal sealed class ConfigRemover(ConfigStore entries, ScopeStore scopes, ClientStore clients, UserStore users, ILogger<ConfigRemover> log)
{
    private const string Stays = "still used, so it stays";

    /// <summary>Without a file, what a file wrote stays; what a demo configuration wrote does not, outside Development.</summary>
    public async Task RemoveAsync(ConfigContext context, IReadOnlyList<PlannedUser> planned, CancellationToken ct)
    {
        var kept = context.Model.Scopes.Select(entry => (EntryRow.Scope, entry.Value.Name))
            .Concat(context.Model.Resources.Select(entry => (EntryRow.Resource, entry.Value.Identifier)))
            .Concat(context.Model.Clients.Select(entry => (EntryRow.Client, entry.Client.ClientId)))
            .Concat(planned.Select(user => (EntryRow.User, user.Subject))).ToHashSet();
        var gone = context.Owned.Values.Where(entry => !entry.Disabled && !kept.Contains((entry.Kind, entry.Key)) && (context.HasFile || (entry.Demo && !context.IsDevelopment))).ToList();

        // Clients before what they lean on, resources before scopes.
        foreach (var entry in gone.OrderBy(entry => Array.IndexOf([EntryRow.User, EntryRow.Client, EntryRow.Resource, EntryRow.Scope], entry.Kind)))
        {
            var outcome = entry.Kind switch
            {
                EntryRow.User => await SwitchOffUserAsync(entry, context.Now, ct),
                EntryRow.Client => await SwitchOffClientAsync(entry, context.Now, ct),
                EntryRow.Resource => await DeleteResourceAsync(entry, ct),
                _ => await DeleteScopeAsync(entry, ct),
            };
            log.LogWarning("config.gone: {Kind} {Key} is named by the configuration no more: {Outcome}", entry.Kind, entry.Key, outcome);
            if (outcome != Stays)
            {
                context.Changes.Add(entry.ToString());
            }
        }
    }

    private async Task<string> SwitchOffUserAsync(EntryRow entry, DateTimeOffset now, CancellationToken ct)
    {
        if (await users.FindAsync(entry.Key, ct) is not { } user)
        {
            return await ForgetAsync(entry, ct);
        }

        await users.SaveAsync(user with { DisabledAt = user.DisabledAt ?? now }, ct);
        return await MarkAsync(entry, ct);
    }

    private async Task<string> SwitchOffClientAsync(EntryRow entry, DateTimeOffset now, CancellationToken ct)
    {
        if (await clients.FindAsync(entry.Key, ct) is not { } client)
        {
            return await ForgetAsync(entry, ct);
        }

        await clients.SaveAsync(client with { DisabledAt = client.DisabledAt ?? now }, ct);
        return await MarkAsync(entry, ct);
    }

    private async Task<string> DeleteResourceAsync(EntryRow entry, CancellationToken ct)
    {
        if (await entries.IsResourceUsedAsync(entry.Key, ct))
        {
            return Stays;
        }

        await scopes.DeleteResourceAsync(entry.Key, ct);
        return await ForgetAsync(entry, ct);
    }

    private async Task<string> DeleteScopeAsync(EntryRow entry, CancellationToken ct)
    {
        if (await entries.IsScopeUsedAsync(entry.Key, ct))
        {
            return Stays;
        }

        await scopes.DeleteAsync(entry.Key, ct);
        return await ForgetAsync(entry, ct);
    }

    private async Task<string> MarkAsync(EntryRow entry, CancellationToken ct)
    {
        await entries.SaveAsync(entry with { Disabled = true }, ct);
        return "disabled";
    }

    private async Task<string> ForgetAsync(EntryRow entry, CancellationToken ct)
    {
        await entries.DeleteAsync(entry, ct);
        return "deleted";
    }
}
