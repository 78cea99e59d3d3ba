namespace AuthCore.Web.Pages;

/// <summary>Asks before signing out. Posts <c>decision</c> as <c>signout</c> or <c>stay</c>.</summary>
public sealed record SignOutModel
{
    /// <summary>Where the form is posted.</summary>
    public required string Action { get; init; }

    /// <summary>The antiforgery field.</summary>
    public required AntiforgeryField Antiforgery { get; init; }

    /// <summary>Who is signed in.</summary>
    public required string UserName { get; init; }

    /// <summary>The application that asks for it.</summary>
    public string? ClientName { get; init; }

    /// <summary>A sentence more, such as that the application seems to mean somebody else.</summary>
    public string? Notice { get; init; }

    /// <summary>Further hidden fields to be posted.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];
}

/// <summary>Says that the session has ended.</summary>
public sealed record SignedOutModel
{
    /// <summary>The application to go back to.</summary>
    public string? ClientName { get; init; }

    /// <summary>Its registered address to go back to; shown as a link when a browser can open it without running it.</summary>
    public string? ContinueUri { get; init; }

    /// <summary>Front-Channel Logout §2: addresses of applications, each loaded in a hidden frame. With them the browser goes back by itself, a little later.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];

    /// <summary>Where to sign in again, a path of this server.</summary>
    public string? SignInHref { get; init; }
}
