using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Web;

namespace AuthCore.Features.Account;

/// <summary>ASVS 7.5.2, 7.4.3: where a person sees in which browsers they are signed in, and ends one or all.</summary>
internal static class SessionsEndpoint
{
    /// <summary>Its path below the issuer's.</summary>
    public const string Path = "/account/sessions";

    /// <summary>Maps it.</summary>
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, ShowAsync);
        routes.MapPost(Path, SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, Sessions sessions, AccountStore store, PersonalPages personal, BrowserPages pages, AuthCoreOptions options, TimeProvider clock, CancellationToken ct)
    {
        if (await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is not { } session)
        {
            return new SeeOther(personal.SignInFor(Path));
        }

        var now = clock.GetUtcNow();
        var lines = await store.ListSessionsAsync(session.Subject, now - options.Lifetimes.SessionIdle, now, ct);
        return PageResult.Of<SessionsPage, SessionsModel>(new SessionsModel
        {
            Action = pages.Path(Path),
            Antiforgery = pages.FieldFor(http),
            Session = session.Id,
            UserName = session.DisplayName,
            StartHref = pages.Path("/"),
            Links = personal.Links(Path),
            HasEnded = Guid.TryParse(http.QueryParameters()["ended"], out var ended) && await store.HasEndedAsync(session.Subject, ended, ct),
            Sessions = [.. lines.OrderByDescending(line => line.Id == session.Id).Select(line => new SessionEntry
            {
                Id = line.Id,
                Device = line.Device ?? "An unknown browser",
                IsThis = line.Id == session.Id,
                Started = When.Of(line.CreatedAt, now),
                LastSeen = When.Of(line.LastSeenAt, now),
            })],
        });
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext http, Sessions sessions, AccountStore store, Endings endings, SignOut signOut, BrowserPages pages, AuthCoreOptions options, TimeProvider clock, CancellationToken ct)
    {
        var (form, refusal) = await pages.ReadFormAsync(http, "session", "ending", "decision");
        if (form is null)
        {
            return refusal!;
        }

        if (await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is not { } session || !BrowserPages.IsShownTo(session.Id, form))
        {
            return new SeeOther(pages.Path(Path));   // signs in, or shows what is there now
        }

        switch (form["decision"])
        {
            case "everywhere":
                return await signOut.EndEverywhereAsync(http, session, ct);
            case "end" when Guid.TryParse(form["ending"], out var id) && id == session.Id:
                return await signOut.EndAsync(http, back: null, ct);
            case "end" when Guid.TryParse(form["ending"], out var id) && await IsTheirsAsync(id):
                await endings.EndSessionAsync(id, session.Subject, ct);   // its applications' frames would not reach the browser it is in
                return new SeeOther($"{pages.Path(Path)}?ended={id}");
            default:
                return new SeeOther(pages.Path(Path));
        }

        async Task<bool> IsTheirsAsync(Guid id)
        {
            var now = clock.GetUtcNow();
            return (await store.ListSessionsAsync(session.Subject, now - options.Lifetimes.SessionIdle, now, ct)).Any(line => line.Id == id);
        }
    }
}
