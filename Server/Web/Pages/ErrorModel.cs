namespace AuthCore.Web.Pages;

/// <summary>Says what went wrong: for a person, what to do; for who looks after the application, the facts.</summary>
public sealed record ErrorModel
{
    /// <summary>The status the page is sent with.</summary>
    public int Status { get; init; } = 400;

    /// <summary>What happened, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What a person can do, in one or two sentences.</summary>
    public required string Text { get; init; }

    /// <summary>The error code of the standard.</summary>
    public string? Code { get; init; }

    /// <summary>Fixed text of this server, never of the request.</summary>
    public string? Description { get; init; }

    /// <summary>What the operator finds the request by in the log.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The application, where it is known.</summary>
    public string? ClientName { get; init; }

    /// <summary>The client's registered address to begin again at; never an address from the request.</summary>
    public string? StartAgainUri { get; init; }

    /// <summary>Where to sign out after all, a path of this server.</summary>
    public string? SignOutHref { get; init; }
}
