namespace AuthCore.Protocol;

/// <summary>Who is signed in at this browser.</summary>
/// <param name="Id">The <c>sid</c>.</param>
/// <param name="Subject">The user.</param>
/// <param name="AuthenticatedAt">OIDC Core §2: <c>auth_time</c>.</param>
/// <param name="Acr">OIDC Core §2.</param>
/// <param name="Amr">RFC 8176.</param>
public sealed record SignedIn(Guid Id, string Subject, DateTimeOffset AuthenticatedAt, string Acr, string[] Amr)
{
    /// <summary>OIDC Core §8: what the asking client calls the user; a hint is in its words.</summary>
    public string KnownAs { get; init; } = Subject;

    /// <summary>The <c>acr</c> values that a further step would give, and that are open to this user.</summary>
    public string[] WithinReach { get; init; } = [];
}

/// <summary>What a person allowed this client before.</summary>
/// <param name="Granted">Items once ticked: scopes, and claims asked for one by one (<see cref="ScopeCatalog.ItemsOf"/>).</param>
/// <param name="Declined">Items once left unticked.</param>
public sealed record Consent(string[] Granted, string[] Declined)
{
    /// <summary>What the answers were about (<see cref="ScopeCatalog.TargetsOf"/>).</summary>
    public string[] Targets { get; init; } = [];
}

/// <summary>How far a person has come with this one request.</summary>
/// <param name="BeganAt">When the request arrived.</param>
/// <param name="AccountChosenAt">When the account was chosen.</param>
/// <param name="ConsentedSubject">Who answered the consent page.</param>
/// <param name="ConsentedScope">What was ticked there.</param>
/// <param name="Denied">Whether the person said no.</param>
public sealed record Progress(
    DateTimeOffset BeganAt, DateTimeOffset? AccountChosenAt = null, string? ConsentedSubject = null, string[]? ConsentedScope = null, bool Denied = false)
{
    /// <summary>The request has just arrived: no sign-in is younger than it.</summary>
    public static Progress None { get; } = new(DateTimeOffset.MaxValue);
}
