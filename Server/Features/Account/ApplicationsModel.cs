using AuthCore.Web.Pages;

namespace AuthCore.Features.Account;

/// <summary>The applications that a person let in. Each form posts <c>client</c> and <c>decision=withdraw</c>.</summary>
public sealed record ApplicationsModel
{
    /// <summary>Where the forms are posted.</summary>
    public required string Action { get; init; }

    /// <summary>The antiforgery field.</summary>
    public required AntiforgeryField Antiforgery { get; init; }

    /// <summary>The session it is shown to, posted as <c>session</c>.</summary>
    public required Guid Session { get; init; }

    /// <summary>Who is signed in.</summary>
    public required string UserName { get; init; }

    /// <summary>The start page.</summary>
    public required string StartHref { get; init; }

    /// <summary>The pages of the account.</summary>
    public IReadOnlyList<PageLink> Links { get; init; } = [];

    /// <summary>The name of an application that has just been withdrawn; it has no access now.</summary>
    public string? WithdrawnName { get; init; }

    /// <summary>How long tokens that are out live on at APIs which do not ask here: "15 minutes".</summary>
    public required string RunsOutAfter { get; init; }

    /// <summary>The applications, by name.</summary>
    public IReadOnlyList<ApplicationEntry> Applications { get; init; } = [];
}

/// <summary>One application.</summary>
public sealed record ApplicationEntry
{
    /// <summary><c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its name, which somebody else chose.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lives, which it cannot fake as it can its name.</summary>
    public string? Host { get; init; }

    /// <summary>What it may do, in words.</summary>
    public IReadOnlyList<string> May { get; init; } = [];

    /// <summary>The names of the APIs it may reach.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Since when.</summary>
    public required When Since { get; init; }

    /// <summary>When it last got access or renewed it; null where it never did.</summary>
    public When? LastUsed { get; init; }

    /// <summary>A word about its state: that it has no access now, is switched off, or is let in without asking.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
