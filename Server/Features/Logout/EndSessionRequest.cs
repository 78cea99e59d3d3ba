namespace AuthCore.Features.Logout;

/// <summary>RP-Initiated Logout §2: a request, as far as it was checked without knowing who sits at the browser.</summary>
internal sealed record EndSessionRequest
{
    /// <summary>The client: named itself, or by the token's audience; null where neither was sent.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whether an ID token of ours was sent along.</summary>
    public bool HasHint => HintedSubject is not null;

    /// <summary>The <c>sub</c> of the ID token.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>The <c>sid</c> of the ID token.</summary>
    public string? HintedSession { get; init; }

    /// <summary>Whom the client means, in words of its own; it decides nothing.</summary>
    public string? LogoutHint { get; init; }

    /// <summary>Where the client wishes the browser to go.</summary>
    public string? PostLogoutRedirectUri { get; init; }

    /// <summary>Handed back with it.</summary>
    public string? State { get; init; }

    /// <summary>Names the client only.</summary>
    public override string ToString() => $"a logout request of {ClientId ?? "nobody"}";
}
