namespace AuthCore.Protocol;

/// <summary>The root of a family: what one person allowed one client, and all codes and tokens that came of it.</summary>
public sealed record Grant
{
    /// <summary>UUIDv7; the private claim <c>gid</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose tokens these are.</summary>
    public required string ClientId { get; init; }

    /// <summary>OIDC Core §2: the user.</summary>
    public required string Subject { get; init; }

    /// <summary>OIDC Core §8.1: the sector whose name for the user its tokens carry; null where that is the public one.</summary>
    public string? Sector { get; init; }

    /// <summary>The session it was made in; the <c>sid</c>.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>OIDC Core §11: <c>offline_access</c> was granted, so the family survives its session.</summary>
    public bool Offline { get; init; }

    /// <summary>What the person ticked.</summary>
    public required string[] Scope { get; init; }

    /// <summary>OIDC Core §5.5: claims allowed by name, beyond what the scope gives.</summary>
    public string[] ClaimNames { get; init; } = [];

    /// <summary>What the person was asked for and did not tick.</summary>
    public string[] Declined { get; init; } = [];

    /// <summary>RFC 8707.</summary>
    public string[] Resource { get; init; } = [];

    /// <summary>OIDC Core §2.</summary>
    public string? Nonce { get; init; }

    /// <summary>OIDC Core §5.5.</summary>
    public ClaimsRequest? Claims { get; init; }

    /// <summary>OIDC Core §2: how well the user was authenticated.</summary>
    public required string Acr { get; init; }

    /// <summary>RFC 8176.</summary>
    public required string[] Amr { get; init; }

    /// <summary>OIDC Core §2: <c>auth_time</c>.</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the family ends at the latest.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was ended; null while it lives.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether the user may sign in and get tokens now.</summary>
    public bool UserIsEnabled { get; init; }

    /// <summary>The session's state; null where the family needs none or there is none any more.</summary>
    public SessionState? Session { get; init; }
}

/// <summary>What decides whether a session still counts.</summary>
/// <param name="LastSeenAt">When the browser last came by.</param>
/// <param name="ExpiresAt">The absolute limit.</param>
/// <param name="EndedAt">When it was ended; null while it lives.</param>
public sealed record SessionState(DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt)
{
    /// <summary>Neither ended nor too old nor idle for too long.</summary>
    public bool IsAlive(DateTimeOffset now, TimeSpan idle) => EndedAt is null && now < ExpiresAt && now < LastSeenAt + idle;
}

/// <summary>The one answer to "may this user and client get a token now?", asked by every grant and by userinfo.</summary>
public static class GrantRules
{
    /// <summary>Why the family may get nothing, for the log; null where it may.</summary>
    /// <param name="grant">The family.</param>
    /// <param name="client">Its client as registered now.</param>
    /// <param name="sessionIdle">How long a session may lie idle.</param>
    /// <param name="now">The clock.</param>
    public static string? FindFault(Grant grant, Client client, TimeSpan sessionIdle, DateTimeOffset now) => grant switch
    {
        _ when client.DisabledAt is not null => "client disabled",
        _ when client.ClientId != grant.ClientId => "grant of another client",
        { RevokedAt: not null } => "grant revoked",
        { UserIsEnabled: false } => "user disabled",
        _ when grant.ExpiresAt <= now => "grant expired",

        // OIDC Core §12.2: within a family the sub stays the same. Who is to be known by another name signs in anew.
        _ when grant.Sector != SectorIdentifier.Of(client) => "the client's subject type or sector changed",

        // A scope or resource taken from the client, or offline_access with it, ends what rests on it.
        _ when !Scope.Covers(client.Scope, grant.Scope) => "a granted scope is no longer registered",
        _ when !grant.Resource.All(client.Resources.Contains) => "a granted resource is no longer registered",
        { Offline: false } when grant.Session?.IsAlive(now, sessionIdle) != true => "session over",
        _ => null,
    };
}
