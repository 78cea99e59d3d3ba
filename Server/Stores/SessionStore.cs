using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A browser's session as it is kept.</summary>
internal sealed record SessionRow
{
    public Guid Id { get; init; }

    public string Subject { get; init; } = "";

    public string Username { get; init; } = "";

    public string? Name { get; init; }

    public string? Email { get; init; }

    public DateTimeOffset AuthenticatedAt { get; init; }

    public string Acr { get; init; } = "";

    public string[] Amr { get; init; } = [];

    public DateTimeOffset LastSeenAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool UserIsEnabled { get; init; }

    /// <summary>How often something of this person was ended; a family begins only while it is the same.</summary>
    public int Endings { get; init; }

    /// <summary>What the person is called on our pages.</summary>
    public string DisplayName => Name ?? Username;

    public SessionState State => new(LastSeenAt, ExpiresAt, EndedAt);

    public SignedIn ToSignedIn() => new(Id, Subject, AuthenticatedAt, Acr, Amr);
}

/// <summary>A session, and what its user allowed one client before.</summary>
internal sealed record SessionWithConsent(SessionRow Session, Consent? Consent);

/// <summary>A session about to begin, or about to get a new cookie.</summary>
internal sealed record NewSession(Guid Id, byte[] HandleHash, string Subject, DateTimeOffset Now, DateTimeOffset ExpiresAt, string Acr, string[] Amr)
{
    /// <summary>The user's count of endings when their proof was looked at.</summary>
    public int Endings { get; init; }

    /// <summary>What kind of browser it is, in words; null where that is not known.</summary>
    public string? Device { get; init; }
}

/// <summary>The table <c>sessions</c>.</summary>
internal sealed class SessionStore(Database database)
{
    private const string Columns =
        """
        s.id, s.subject, u.username, u.name, u.email, s.authenticated_at, s.acr, s.amr, s.last_seen_at, s.expires_at, s.ended_at, u.disabled_at is null as user_is_enabled,
        u.endings
        """;

    private const string FindWithConsent =
        $"""
         select k.n, {Columns}, c.granted, c.declined, c.targets
         from   unnest($1, $2, $3) with ordinality as k (id, hash, client_id, n)
         join   sessions s on s.id = k.id and s.handle_hash = k.hash
         join   users u on u.subject = s.subject
         left join consents c on c.subject = s.subject and c.client_id = k.client_id
         """;

    private readonly SharedRead<(Guid Id, byte[] Hash, string ClientId), SessionWithConsent> _withConsent = new(
        database, FindWithConsent,
        static keys => [Values.Of(keys, key => key.Id), Values.Of(keys, key => key.Hash), Values.Of(keys, key => key.ClientId)],
        static row => new SessionWithConsent(Read(row), row.TextsOrNull() is { } granted ? new Consent(granted, row.Texts()) { Targets = row.Texts() } : null));

    /// <summary>The session of this cookie, whatever its state, or null.</summary>
    public Task<SessionRow?> FindAsync(Guid id, byte[] handleHash, CancellationToken ct) => database.ReadAsync(
        $"select {Columns} from sessions s join users u on u.subject = s.subject where s.id = $1 and s.handle_hash = $2",
        [Value.Of(id), Value.Of(handleHash)], Read, ct);

    /// <summary>The session of this cookie, whatever its state, with what its user allowed the client before; or null.</summary>
    public Task<SessionWithConsent?> FindWithConsentAsync(Guid id, byte[] handleHash, string clientId, CancellationToken ct) => _withConsent.FindAsync((id, handleHash, clientId), ct);

    /// <summary>Begins a session, if the user is still as when their proof was looked at.</summary>
    /// <returns>False where the user was disabled, got another password or ended something meanwhile: decide again.</returns>
    public async Task<bool> TryBeginAsync(NewSession session, CancellationToken ct) => await database.ExecuteAsync(
        """
        with person as (
            select subject from users
            where  subject = @Subject and disabled_at is null and endings = @Endings
            for share)
        insert into sessions (id, handle_hash, subject, authenticated_at, acr, amr, created_at, last_seen_at, expires_at, device)
        select @Id, @HandleHash, subject, @Now, @Acr, @Amr, @Now, @Now, @ExpiresAt, @Device from person
        """,
        session, ct) == 1;

    /// <summary>The same person signed in again: same session, new cookie value, new time.</summary>
    /// <returns>False where the session has ended meanwhile.</returns>
    public async Task<bool> TryRenewAsync(NewSession session, CancellationToken ct) => await database.ExecuteAsync(
        """
        update sessions
        set    handle_hash = @HandleHash, authenticated_at = @Now, acr = @Acr, amr = @Amr, last_seen_at = @Now, expires_at = @ExpiresAt,
               device = @Device
        where  id = @Id and subject = @Subject and ended_at is null
        """,
        session, ct) == 1;

    /// <summary>Notes that the browser came by.</summary>
    public Task TouchAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync("update sessions set last_seen_at = @now where id = @id and last_seen_at < @now", new { id, now }, ct);

    private static SessionRow Read(RowReader row) => new()
    {
        Id = row.Id(),
        Subject = row.Text(),
        Username = row.Text(),
        Name = row.TextOrNull(),
        Email = row.TextOrNull(),
        AuthenticatedAt = row.Time(),
        Acr = row.Text(),
        Amr = row.Texts(),
        LastSeenAt = row.Time(),
        ExpiresAt = row.Time(),
        EndedAt = row.TimeOrNull(),
        UserIsEnabled = row.Flag(),
        Endings = row.Number(),
    };
}
