using AuthCore.Web.Pages;

namespace AuthCore.Features.Account;

/// <summary>The browsers in which a person is signed in. Posts <c>decision</c> as <c>end</c>, with <c>ending</c>, or <c>everywhere</c>.</summary>
public sealed record SessionsModel
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

    /// <summary>Whether a session has just been ended.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The sessions, this one first.</summary>
    public required IReadOnlyList<SessionEntry> Sessions { get; init; }
}

/// <summary>One session.</summary>
public sealed record SessionEntry
{
    /// <summary>The <c>sid</c>, posted as <c>ending</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>What kind of browser, in words.</summary>
    public required string Device { get; init; }

    /// <summary>Whether it is the one that shows the page.</summary>
    public bool IsThis { get; init; }

    /// <summary>When it began.</summary>
    public required When Started { get; init; }

    /// <summary>When the browser last came by.</summary>
    public required When LastSeen { get; init; }
}
