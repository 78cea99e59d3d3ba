using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A request that waits for a person.</summary>
internal sealed record Interaction
{
    public required Guid Id { get; init; }

    public required AuthorizationRequest Request { get; init; }

    /// <summary>SHA-256 of the browser's cookie; null until the first GET after a cross-site POST, or with the <c>request_uri</c>.</summary>
    public byte[]? BrowserHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset? AccountChosenAt { get; init; }

    public string? ConsentedSubject { get; init; }

    public string[]? ConsentedScope { get; init; }

    public DateTimeOffset? DeniedAt { get; init; }

    /// <summary>RFC 9126 §2.2: until when its <c>request_uri</c> is taken; null where it was not pushed.</summary>
    public DateTimeOffset? PushedUntil { get; init; }

    public bool IsPushed => PushedUntil is not null;

    public Progress Progress => new(CreatedAt, AccountChosenAt, ConsentedSubject, ConsentedScope, DeniedAt is not null);
}

/// <summary>A request about to be kept.</summary>
/// <param name="Id">Where it lives.</param>
/// <param name="HandleHash">SHA-256 of what the URL carries.</param>
/// <param name="Request">The checked request.</param>
/// <param name="Now">The clock.</param>
/// <param name="ExpiresAt">When it is over.</param>
internal sealed record NewInteraction(Guid Id, byte[] HandleHash, AuthorizationRequest Request, DateTimeOffset Now, DateTimeOffset ExpiresAt)
{
    /// <summary>SHA-256 of the browser's cookie; null leaves it unbound.</summary>
    public byte[]? BrowserHash { get; init; }

    /// <summary>RFC 9126 §2.2: until when its <c>request_uri</c> is taken; null where it was not pushed.</summary>
    public DateTimeOffset? PushedUntil { get; init; }
}
