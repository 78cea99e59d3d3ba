using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A family with what decides whether it lives: its user and its session, read in the same statement.</summary>
internal static class GrantRow
{
    /// <summary>The columns, for statements that join <c>grants g</c>, <c>users u</c> and, left, <c>sessions s</c> where the family needs one; <see cref="Read"/> reads them in this order.</summary>
    public const string Columns =
        """
        g.id, g.client_id, g.subject, g.sector, g.session_id, g.offline, g.scope, g.claim_names, g.declined, g.resource, g.nonce, g.claims, g.acr, g.amr, g.authenticated_at,
        g.created_at, g.expires_at, g.revoked_at, u.disabled_at is null as user_is_enabled,
        s.last_seen_at as session_last_seen_at, s.expires_at as session_expires_at, s.ended_at as session_ended_at
        """;

    /// <summary>The joins that go with <see cref="Columns"/>.</summary>
    public const string Joins =
        """
        join users u on u.subject = g.subject
        left join sessions s on s.id = case when not g.offline then g.session_id end
        """;

    /// <summary>The family, from a row that begins with <see cref="Columns"/>.</summary>
    public static Grant Read(RowReader row) => new()
    {
        Id = row.Id(),
        ClientId = row.Text(),
        Subject = row.Text(),
        Sector = row.TextOrNull(),
        SessionId = row.IdOrNull(),
        Offline = row.Flag(),
        Scope = row.Texts(),
        ClaimNames = row.Texts(),
        Declined = row.Texts(),
        Resource = row.Texts(),
        Nonce = row.TextOrNull(),
        Claims = row.TextOrNull() is { } json && ClaimsRequest.Parse(json).Try(out var claims, out _) ? claims : null,
        Acr = row.Text(),
        Amr = row.Texts(),
        AuthenticatedAt = row.Time(),
        CreatedAt = row.Time(),
        ExpiresAt = row.Time(),
        RevokedAt = row.TimeOrNull(),
        UserIsEnabled = row.Flag(),
        Session = SessionOf(row.TimeOrNull(), row.TimeOrNull(), row.TimeOrNull()),
    };

    private static SessionState? SessionOf(DateTimeOffset? lastSeen, DateTimeOffset? expires, DateTimeOffset? ended) =>
        lastSeen is { } seen && expires is { } limit ? new SessionState(seen, limit, ended) : null;
}
