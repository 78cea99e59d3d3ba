using AuthCore.Flows;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>What a browser is to load when a session has ended in it, so that others end theirs. Each feature with such an address is one.</summary>
internal interface ISignOutFrames
{
    /// <summary>Absolute http or https URLs of registered clients; each is loaded once, in a hidden frame.</summary>
    Task<IReadOnlyList<string>> FindAsync(SessionRow session, CancellationToken ct);
}

/// <summary>Where a person goes on after signing out: checked, and of a known client.</summary>
/// <param name="Uri">A registered address, with whatever is to be handed back in its query.</param>
/// <param name="ClientName">Whose it is.</param>
internal sealed record WayBack(string Uri, string ClientName)
{
    /// <summary>Never the address: a state may stand in it.</summary>
    public override string ToString() => $"the way back to {ClientName}";
}

/// <summary>The one way in which a browser's session ends at the person's or an application's wish.</summary>
internal sealed class SignOut(Sessions sessions, Endings endings, IEnumerable<ISignOutFrames> parts, BrowserPages pages, Cookies cookies)
{
    /// <summary>Ends the session of this browser, also one that has run out, and answers with what comes after.</summary>
    /// <param name="http">The request.</param>
    /// <param name="back">Where to go on; null = nowhere.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IResult> EndAsync(HttpContext http, WayBack? back, CancellationToken ct)
    {
        IReadOnlyList<string> frames = [];
        if (await sessions.FindUnendedAsync(pages.BrowserOf(http).SessionCookie, ct) is { } session)
        {
            frames = await FramesOfAsync(session, ct);
            await endings.EndSessionAsync(session.Id, session.Subject, ct);
        }

        return Leave(http, back, frames);
    }

    /// <summary>Ends everything of the person who is signed in here, in whatever browser it is.</summary>
    /// <param name="http">The request.</param>
    /// <param name="session">The session of this browser.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IResult> EndEverywhereAsync(HttpContext http, SessionRow session, CancellationToken ct)
    {
        var frames = await FramesOfAsync(session, ct);
        await endings.EndUserAsync(session.Subject, "signed out everywhere", ct);
        return Leave(http, back: null, frames);
    }

    /// <summary>The page for who is not signed in, with a link to go on.</summary>
    public IResult Done(WayBack? back = null, IReadOnlyList<string>? frames = null) => PageResult.For(new SignedOutModel
    {
        SignInHref = back is null ? pages.Path("/login") : null,
        ClientName = back?.ClientName,
        ContinueUri = back?.Uri,
        Frames = frames ?? [],
    });

    // Before the end: when this cannot be read, nothing has happened yet and the person can try again.
    private async Task<IReadOnlyList<string>> FramesOfAsync(SessionRow session, CancellationToken ct)
    {
        var frames = new List<string>();
        foreach (var part in parts)
        {
            frames.AddRange(await part.FindAsync(session, ct));
        }

        return frames;
    }

    private IResult Leave(HttpContext http, WayBack? back, IReadOnlyList<string> frames)
    {
        cookies.Delete(http, cookies.Session);
        return back is not null && frames.Count == 0 ? new SeeOther(back.Uri) : Done(back, frames);
    }
}
