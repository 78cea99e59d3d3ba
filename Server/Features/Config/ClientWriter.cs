using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>Writes the clients that differ from what is stored.</summary>
internal sealed class ClientWriter(ClientStore clients, ConfigStore entries)
{
    public async Task WriteAsync(ConfigContext context, CancellationToken ct)
    {
        foreach (var entry in context.Model.Clients)
        {
            var before = context.Find(EntryRow.Client, entry.Client.ClientId);
            var stored = await clients.FindAsync(entry.Client.ClientId, ct);
            var wanted = entry.Client with { DisabledAt = context.DisabledAt(entry.Disabled, before, stored?.DisabledAt) };
            if (stored is null || !Same.Content(stored, wanted))
            {
                await clients.SaveAsync(wanted, ct);
                context.Changes.Add($"client {wanted.ClientId}");
            }

            var now = new EntryRow { Kind = EntryRow.Client, Key = wanted.ClientId, Disabled = entry.Disabled == true, Demo = context.Model.IsDemo };
            if (now != before)
            {
                await entries.SaveAsync(now, ct);
            }
        }
    }
}
