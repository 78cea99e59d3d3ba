using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Web;

namespace AuthCore.Features.Account;

/// <summary>ASVS 10.7.3, RFC 6819 §5.1.3: where a person reviews what they allowed, and takes it back.</summary>
internal static class ApplicationsEndpoint
{
    /// <summary>Its path below the issuer's.</summary>
    public const string Path = "/account/applications";

    /// <summary>Maps it.</summary>
    public static void MapApplications(this IEndpointRouteBuilder routes)
    {
        routes.MapPage(Path, ShowAsync);
        routes.MapPost(Path, SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, Sessions sessions, AccountStore store, Catalog catalog, PersonalPages personal, BrowserPages pages, AuthCoreOptions options, TimeProvider clock, CancellationToken ct)
    {
        if (await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is not { } session)
        {
            return new SeeOther(personal.SignInFor(Path));
        }

        var now = clock.GetUtcNow();
        var known = await catalog.GetAsync(ct);
        var rows = await store.ListApplicationsAsync(session.Subject, now - options.Lifetimes.SessionIdle, now, ct);
        return PageResult.Of<ApplicationsPage, ApplicationsModel>(new ApplicationsModel
        {
            Action = pages.Path(Path),
            Antiforgery = pages.FieldFor(http),
            Session = session.Id,
            UserName = session.DisplayName,
            StartHref = pages.Path("/"),
            Links = personal.Links(Path),
            WithdrawnName = await WithdrawnAsync(http.QueryParameters()["withdrawn"], rows, store, ct),
            RunsOutAfter = TokenTerms.Words(options.Lifetimes.AccessToken),
            Applications = [.. rows.Select(row => ApplicationWords.Of(row, known, options.Issuer, now))],
        });
    }

    private static async Task<IResult> SubmitAsync(HttpContext http, Sessions sessions, Endings endings, BrowserPages pages, CancellationToken ct)
    {
        var (form, refusal) = await pages.ReadFormAsync(http, "session", "client", "decision");
        if (form is null)
        {
            return refusal!;
        }

        if (await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is not { } session
            || !BrowserPages.IsShownTo(session.Id, form) || form["decision"] != "withdraw" || form["client"] is not { } client)
        {
            return new SeeOther(pages.Path(Path));   // signs in, or shows what is there now
        }

        await endings.WithdrawAsync(session.Subject, client, ct);
        return new SeeOther($"{pages.Path(Path)}?withdrawn={Uri.EscapeDataString(client)}");
    }

    // Said only while it is so: a link from elsewhere can make the page say nothing that is not true.
    private static async Task<string?> WithdrawnAsync(string? client, IReadOnlyList<ApplicationRow> rows, AccountStore store, CancellationToken ct) =>
        client is null || rows.Any(row => row.ClientId == client) ? null : await store.FindClientNameAsync(client, ct);
}
