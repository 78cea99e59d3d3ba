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
internal sealed partial class SignOut(Sessions sessions, IEnumerable<ISignOutFrames> parts, BrowserPages pages, Cookies cookies, ILogger<SignOut> log)
{
    /// <summary>Ends the session of this browser, and answers with what comes after.</summary>
    /// <param name="http">The request.</param>
    /// <param name="back">Where to go on; null = nowhere.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IResult> EndAsync(HttpContext http, WayBack? back, CancellationToken ct)
    {
        var cookie = pages.BrowserOf(http).SessionCookie;
        var frames = new List<string>();
        if (await sessions.FindAsync(cookie, ct) is { } session)
        {
            // Before the end: when this cannot be read, nothing has happened yet and the person can try again.
            foreach (var part in parts)
            {
                frames.AddRange(await part.FindAsync(session, ct));
            }

            SignedOut(log, session.Id, session.Subject);
        }

        await sessions.EndAsync(cookie, ct);
        cookies.Delete(http, cookies.Session);
        return back is not null && frames.Count == 0 ? new SeeOther(back.Uri) : Done(back, frames);
    }

    /// <summary>The page for who is not signed in, with a link to go on.</summary>
    public IResult Done(WayBack? back = null, IReadOnlyList<string>? frames = null) => PageResult.For(new SignedOutModel
    {
        SignInHref = back is null ? pages.Path("/login") : null,
        ClientName = back?.ClientName,
        ContinueUri = back?.Uri,
        Frames = frames ?? [],
    });

    [LoggerMessage(Level = LogLevel.Information, Message = "session.ended {SessionId} of {Subject} by signing out")]
    private static partial void SignedOut(ILogger logger, Guid sessionId, string subject);
}
