using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>What the file once wrote.</summary>
internal sealed record EntryRow
{
    public const string Scope = "scope";
    public const string Resource = "resource";
    public const string Client = "client";
    public const string User = "user";

    public required string Kind { get; init; }

    public required string Key { get; init; }

    /// <summary>Of a user's password setting.</summary>
    public byte[]? Fingerprint { get; init; }

    /// <summary>The file switched it off, or names it no more.</summary>
    public bool Disabled { get; init; }

    /// <summary>A demo configuration wrote it.</summary>
    public bool Demo { get; init; }

    public bool Equals(EntryRow? other) =>
        other is not null && (Kind, Key, Disabled, Demo) == (other.Kind, other.Key, other.Disabled, other.Demo)
        && (Fingerprint is null) == (other.Fingerprint is null) && Fingerprint.AsSpan().SequenceEqual(other.Fingerprint);

    public override int GetHashCode() => HashCode.Combine(Kind, Key);

    public override string ToString() => $"{Kind} {Key}";
}

/// <summary>By what a user is known, and whether there is a password.</summary>
internal sealed record UserKeysRow
{
    public required string Subject { get; init; }

    public required string Username { get; init; }

    public required string UsernameKey { get; init; }

    public string? EmailKey { get; init; }

    public string? PasswordHash { get; init; }

    public IEnumerable<string> Keys => EmailKey is null ? [UsernameKey] : [UsernameKey, EmailKey];

    public override string ToString() => Subject;
}

/// <summary>How a client proves who it is.</summary>
internal sealed record ClientMethodRow
{
    public required string ClientId { get; init; }

    public required string Method { get; init; }
}

/// <summary>The table <c>config_entries</c>, and what else is asked of the database to apply a file.</summary>
internal sealed class ConfigStore(Database database)
{
    public Task<IReadOnlyList<EntryRow>> ListAsync(CancellationToken ct) =>
        database.ListAsync<EntryRow>("select kind, key, fingerprint, disabled, demo from config_entries order by kind, key", null, ct);

    public Task SaveAsync(EntryRow entry, CancellationToken ct) => database.ExecuteAsync(
        """
        insert into config_entries (kind, key, fingerprint, disabled, demo)
        values (@Kind, @Key, @Fingerprint, @Disabled, @Demo)
        on conflict (kind, key) do update set
            fingerprint = excluded.fingerprint, disabled = excluded.disabled, demo = excluded.demo
        """,
        entry, ct);

    public Task DeleteAsync(EntryRow entry, CancellationToken ct) =>
        database.ExecuteAsync("delete from config_entries where kind = @Kind and key = @Key", entry, ct);

    /// <summary>The users with these subjects, and those known by these names or addresses.</summary>
    public Task<IReadOnlyList<UserKeysRow>> ListUserKeysAsync(string[] subjects, string[] keys, CancellationToken ct) => database.ListAsync<UserKeysRow>(
        """
        select   subject, username, username_key, email_key, password_hash
        from     users
        where    subject = any(@subjects) or username_key = any(@keys) or email_key = any(@keys)
        order by subject
        """,
        new { subjects, keys }, ct);

    /// <summary>Of these clients, those that are there.</summary>
    public Task<IReadOnlyList<ClientMethodRow>> ListClientMethodsAsync(string[] clientIds, CancellationToken ct) => database.ListAsync<ClientMethodRow>(
        "select client_id, token_endpoint_auth_method as method from clients where client_id = any(@clientIds)", new { clientIds }, ct);

    /// <summary>Whether a client that the file did not switch off, or a resource, still names the scope.</summary>
    public Task<bool> IsScopeUsedAsync(string name, CancellationToken ct) => database.FindAsync<bool>(
        """
        select exists (
            select 1
            from   clients c
            where  @name = any(c.scope)
            and    not exists (select 1 from config_entries e where e.kind = 'client' and e.key = c.client_id and e.disabled))
        or exists (select 1 from resources r where @name = any(r.scopes))
        """,
        new { name }, ct);

    /// <summary>Whether a client that the file did not switch off still names the resource.</summary>
    public Task<bool> IsResourceUsedAsync(string identifier, CancellationToken ct) => database.FindAsync<bool>(
        """
        select exists (
            select 1
            from   clients c
            where  @identifier = any(c.resources)
            and    not exists (select 1 from config_entries e where e.kind = 'client' and e.key = c.client_id and e.disabled))
        """,
        new { identifier }, ct);
}
