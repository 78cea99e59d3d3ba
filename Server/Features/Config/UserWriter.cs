using System.Collections.Concurrent;
using System.Text;
using AuthCore.Keys;
using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>Writes the users that differ from what is stored. A password is hashed only where the entry's password setting is another than last time.</summary>
internal sealed class UserWriter(UserStore users, ConfigStore entries, PasswordHasher hasher, KeyEncryption encryption)
{
    public async Task WriteAsync(ConfigContext context, IReadOnlyList<PlannedUser> planned, CancellationToken ct)
    {
        var hashes = await HashAsync(context, planned, ct);
        foreach (var user in planned)
        {
            var before = context.Find(EntryRow.User, user.Subject);
            await WriteProfileAsync(context, user, before, ct);
            if (hashes.TryGetValue(user.Subject, out var hash))
            {
                await users.ChangePasswordAsync(user.Subject, hash, context.Now, ct);
                context.Changes.Add($"password of user {user.Entry.User.Username}");
            }
            else if (user.Entry.Password is null && before is { Demo: true } && !context.Model.IsDemo && user.Stored?.PasswordHash is not null)
            {
                // The entry was taken over from a demo configuration: everybody knows that password.
                await users.ChangePasswordAsync(user.Subject, null, context.Now, ct);
                context.Changes.Add($"password of user {user.Entry.User.Username}");
            }

            var now = new EntryRow
            {
                Kind = EntryRow.User, Key = user.Subject, Fingerprint = Fingerprint(user), Disabled = user.Entry.Disabled == true, Demo = context.Model.IsDemo,
            };
            if (now != before)
            {
                await entries.SaveAsync(now, ct);
            }
        }
    }

    private async Task WriteProfileAsync(ConfigContext context, PlannedUser user, EntryRow? before, CancellationToken ct)
    {
        var stored = user.Stored is null ? null : await users.FindAsync(user.Subject, ct);
        var wanted = user.Entry.User with
        {
            Subject = user.Subject,
            UpdatedAt = stored?.UpdatedAt ?? context.Now,
            DisabledAt = context.DisabledAt(user.Entry.Disabled, before, stored?.DisabledAt),
        };
        if (stored == wanted)
        {
            return;
        }

        // OIDC Core §5.1: updated_at is about the person's data, not about the account's.
        var isProfile = stored is not null && (stored with { DisabledAt = null }) != (wanted with { DisabledAt = null });
        await users.SaveAsync(isProfile ? wanted with { UpdatedAt = context.Now } : wanted, ct);
        context.Changes.Add($"user {wanted.Username}");
    }

    private async Task<IReadOnlyDictionary<string, string>> HashAsync(ConfigContext context, IReadOnlyList<PlannedUser> planned, CancellationToken ct)
    {
        var hashes = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct };
        await Parallel.ForEachAsync(planned.Where(user => IsNew(context, user)), parallel, async (user, token) =>
        {
            var password = user.Entry.Password!;
            hashes[user.Subject] = password.IsHash ? password.Value : await hasher.HashAsync(password.Value, token);
        });
        return hashes;
    }

    private bool IsNew(ConfigContext context, PlannedUser user) =>
        Fingerprint(user) is { } now
        && (context.Find(EntryRow.User, user.Subject)?.Fingerprint is not { } before
            || !now.AsSpan().SequenceEqual(before)
            || user.Stored?.PasswordHash is not { } stored
            || !PasswordHasher.Understands(stored));

    // With the subject in it, equal passwords of two users cannot be seen to be equal.
    private byte[]? Fingerprint(PlannedUser user) => user.Entry.Password is { } password
        ? encryption.Fingerprint("config password", Encoding.UTF8.GetBytes($"{(password.IsHash ? "hash" : "clear")}\n{user.Subject}\n{password.Value}"))
        : null;
}
