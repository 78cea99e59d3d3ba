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

    /// <summary>What the person is called on our pages.</summary>
    public string DisplayName => Name ?? Username;

    public SessionState State => new(LastSeenAt, ExpiresAt, EndedAt);

    public SignedIn ToSignedIn() => new(Id, Subject, AuthenticatedAt, Acr, Amr);
}

/// <summary>A session, and what its user allowed one client before.</summary>
internal sealed record SessionWithConsent(SessionRow Session, Consent? Consent);

/// <summary>A session about to begin, or about to get a new cookie.</summary>
internal sealed record NewSession(Guid Id, byte[] HandleHash, string Subject, DateTimeOffset Now, DateTimeOffset ExpiresAt, string Acr, string[] Amr);

/// <summary>The table <c>sessions</c>.</summary>
internal sealed class SessionStore(Database database)
{
    private const string Columns =
        """
        s.id, s.subject, u.username, u.name, u.email, s.authenticated_at, s.acr, s.amr, s.last_seen_at, s.expires_at, s.ended_at, u.disabled_at is null as user_is_enabled
        """;

    /// <summary>The session of this cookie, whatever its state, or null.</summary>
    public Task<SessionRow?> FindAsync(Guid id, byte[] handleHash, CancellationToken ct) => database.ReadAsync(
        $"select {Columns} from sessions s join users u on u.subject = s.subject where s.id = $1 and s.handle_hash = $2",
        [Value.Of(id), Value.Of(handleHash)], Read, ct);

    /// <summary>The session of this cookie, whatever its state, with what its user allowed the client before; or null.</summary>
    public Task<SessionWithConsent?> FindWithConsentAsync(Guid id, byte[] handleHash, string clientId, CancellationToken ct) => database.ReadAsync(
        $"""
         select {Columns}, c.granted, c.declined, c.targets
         from   sessions s
         join   users u on u.subject = s.subject
         left join consents c on c.subject = s.subject and c.client_id = $3
         where  s.id = $1 and s.handle_hash = $2
         """,
        [Value.Of(id), Value.Of(handleHash), Value.Of(clientId)],
        static row => new SessionWithConsent(Read(row), row.TextsOrNull() is { } granted ? new Consent(granted, row.Texts()) { Targets = row.Texts() } : null), ct);

    /// <summary>Begins a session.</summary>
    public Task BeginAsync(NewSession session, CancellationToken ct) => database.ExecuteAsync(
        """
        insert into sessions (id, handle_hash, subject, authenticated_at, acr, amr, created_at, last_seen_at, expires_at)
        values (@Id, @HandleHash, @Subject, @Now, @Acr, @Amr, @Now, @Now, @ExpiresAt)
        """,
        session, ct);

    /// <summary>The same person signed in again: same session, new cookie value, new time.</summary>
    /// <returns>False where the session has ended meanwhile.</returns>
    public async Task<bool> TryRenewAsync(NewSession session, CancellationToken ct) => await database.ExecuteAsync(
        """
        update sessions
        set    handle_hash = @HandleHash, authenticated_at = @Now, acr = @Acr, amr = @Amr, last_seen_at = @Now, expires_at = @ExpiresAt
        where  id = @Id and subject = @Subject and ended_at is null
        """,
        session, ct) == 1;

    /// <summary>Notes that the browser came by.</summary>
    public Task TouchAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync("update sessions set last_seen_at = @now where id = @id and last_seen_at < @now", new { id, now }, ct);

    /// <summary>Ends the session; families without <c>offline_access</c> die with it, and are marked so.</summary>
    public Task EndAsync(Guid id, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        """
        with ended as (
            update sessions set ended_at = @now where id = @id and ended_at is null
            returning id)
        update grants g
        set    revoked_at = @now, revoked_because = 'session ended'
        from   ended
        where  g.session_id = ended.id and not g.offline and g.revoked_at is null
        """,
        new { id, now }, ct);

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
    };
}
