using AuthCore.Stores;

namespace AuthCore.Features.Account;

/// <summary>An application that has access, or may have it again without asking.</summary>
internal sealed record ApplicationRow
{
    public string ClientId { get; init; } = "";

    public string ClientName { get; init; } = "";

    public string[] RedirectUris { get; init; } = [];

    /// <summary>False where the operator lets it in without asking.</summary>
    public bool RequireConsent { get; init; }

    /// <summary>The operator switched it off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Some family of it lives.</summary>
    public bool HasAccess { get; init; }

    /// <summary>What its families may do.</summary>
    public string[] Scope { get; init; } = [];

    /// <summary>OIDC Core §5.5: claims allowed by name.</summary>
    public string[] ClaimNames { get; init; } = [];

    /// <summary>RFC 8707: the APIs its families may reach.</summary>
    public string[] Resource { get; init; } = [];

    /// <summary>Items remembered from the consent page.</summary>
    public string[] Remembered { get; init; } = [];

    public DateTimeOffset Since { get; init; }

    /// <summary>When it last got tokens; null where it never did.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>A browser in which the person is signed in.</summary>
internal sealed record SessionLine
{
    public Guid Id { get; init; }

    public string? Device { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset AuthenticatedAt { get; init; }

    public DateTimeOffset LastSeenAt { get; init; }
}

/// <summary>What a person has going, read for them alone. Nothing is written for it when tokens are used: the row of a family says when that was.</summary>
internal sealed class AccountStore(Database database)
{
    /// <summary>The applications, by name. A family counts while some token or code of it could be used; an access token lives a day at most.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="idleSince">A session last seen before is over.</param>
    /// <param name="now">The clock.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<IReadOnlyList<ApplicationRow>> ListApplicationsAsync(string subject, DateTimeOffset idleSince, DateTimeOffset now, CancellationToken ct) =>
        database.ListAsync<ApplicationRow>(
            """
            with live as (
                select g.client_id, g.scope, g.claim_names, g.resource, g.created_at, g.used_at as last_used_at
                from   grants g
                left join sessions s on s.id = g.session_id
                where  g.subject = @subject and g.revoked_at is null and g.expires_at > @now
                and    (g.offline or (s.ended_at is null and s.expires_at > @now and s.last_seen_at > @idleSince))
                and    (g.refresh_expires_at > @now or g.redeemed_at is null and g.code_expires_at > @now or g.redeemed_at is not null and (g.refresh_hash is null or g.used_at > @now - interval '1 day'))),
            access as (
                select   client_id, min(created_at) as since, max(last_used_at) as last_used_at
                from     live
                group by client_id),
            remembered as (
                select client_id, granted, granted_at from consents where subject = @subject)
            select   c.client_id, c.client_name, c.redirect_uris, c.require_consent, c.disabled_at is not null as is_disabled,
                     a.client_id is not null as has_access, least(a.since, r.granted_at) as since, a.last_used_at,
                     array(select distinct unnest(l.scope)       from live l where l.client_id = c.client_id) as scope,
                     array(select distinct unnest(l.claim_names) from live l where l.client_id = c.client_id) as claim_names,
                     array(select distinct unnest(l.resource)    from live l where l.client_id = c.client_id) as resource,
                     coalesce(r.granted, '{}') as remembered
            from     access a
            full join remembered r on r.client_id = a.client_id
            join     clients c on c.client_id = coalesce(a.client_id, r.client_id)
            order by lower(c.client_name), c.client_id
            """,
            new { subject, idleSince, now }, ct);

    /// <summary>The live sessions, the one seen last first.</summary>
    public Task<IReadOnlyList<SessionLine>> ListSessionsAsync(string subject, DateTimeOffset idleSince, DateTimeOffset now, CancellationToken ct) =>
        database.ListAsync<SessionLine>(
            """
            select   id, device, created_at, authenticated_at, last_seen_at
            from     sessions
            where    subject = @subject and ended_at is null and expires_at > @now and last_seen_at > @idleSince
            order by last_seen_at desc, id
            """,
            new { subject, idleSince, now }, ct);

    /// <summary>Whether this was a session of that person, and has ended.</summary>
    public Task<bool> HasEndedAsync(string subject, Guid id, CancellationToken ct) => database.FindAsync<bool>(
        "select exists (select 1 from sessions where id = @id and subject = @subject and ended_at is not null)", new { subject, id }, ct);

    /// <summary>The name of a client, or null.</summary>
    public Task<string?> FindClientNameAsync(string clientId, CancellationToken ct) =>
        database.FindAsync<string>("select client_name from clients where client_id = @clientId", new { clientId }, ct);
}
