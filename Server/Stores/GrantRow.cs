using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A family with what decides whether it lives: its user and its session, read in the same statement.</summary>
internal sealed record GrantRow
{
    /// <summary>The columns, for statements that join <c>grants g</c>, <c>users u</c> and, left, <c>sessions s</c>.</summary>
    public const string Columns =
        """
        g.id, g.client_id, g.subject, g.session_id, g.offline, g.scope, g.claim_names, g.declined, g.resource, g.nonce, g.claims, g.acr, g.amr, g.authenticated_at,
        g.created_at, g.expires_at, g.revoked_at, u.disabled_at is null as user_is_enabled,
        s.last_seen_at as session_last_seen_at, s.expires_at as session_expires_at, s.ended_at as session_ended_at
        """;

    /// <summary>The joins that go with <see cref="Columns"/>.</summary>
    public const string Joins =
        """
        join users u on u.subject = g.subject
        left join sessions s on s.id = g.session_id
        """;

    public Guid Id { get; init; }

    public string ClientId { get; init; } = "";

    public string Subject { get; init; } = "";

    public Guid? SessionId { get; init; }

    public bool Offline { get; init; }

    public string[] Scope { get; init; } = [];

    public string[] ClaimNames { get; init; } = [];

    public string[] Declined { get; init; } = [];

    public string[] Resource { get; init; } = [];

    public string? Nonce { get; init; }

    public string? Claims { get; init; }

    public string Acr { get; init; } = "";

    public string[] Amr { get; init; } = [];

    public DateTimeOffset AuthenticatedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool UserIsEnabled { get; init; }

    public DateTimeOffset? SessionLastSeenAt { get; init; }

    public DateTimeOffset? SessionExpiresAt { get; init; }

    public DateTimeOffset? SessionEndedAt { get; init; }

    public Grant ToGrant() => new()
    {
        Id = Id,
        ClientId = ClientId,
        Subject = Subject,
        SessionId = SessionId,
        Offline = Offline,
        Scope = Scope,
        ClaimNames = ClaimNames,
        Declined = Declined,
        Resource = Resource,
        Nonce = Nonce,
        Claims = Claims is not null && ClaimsRequest.Parse(Claims).Try(out var claims, out _) ? claims : null,
        Acr = Acr,
        Amr = Amr,
        AuthenticatedAt = AuthenticatedAt,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
        RevokedAt = RevokedAt,
        UserIsEnabled = UserIsEnabled,
        Session = SessionLastSeenAt is { } seen && SessionExpiresAt is { } expires ? new SessionState(seen, expires, SessionEndedAt) : null,
    };
}
