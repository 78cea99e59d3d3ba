using AuthCore.Flows;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>OIDC Core §3.1.2.1 <c>prompt=select_account</c>: go on as who is signed in, or as somebody else.</summary>
internal static class SelectAccountEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapSelectAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapPage("/select-account", ShowAsync);
        routes.MapPost("/select-account", SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(HttpContext http, Interactions interactions, Sessions sessions, BrowserPages pages, CancellationToken ct)
    {
        var interaction = http.QueryParameters()["i"];
        var browser = pages.BrowserOf(http);
        var found = await interactions.FindAsync(interaction, browser, ct);
        if (BrowserPages.IsStuck(http, found, out var page))
        {
            return page;
        }

        if (await sessions.FindAsync(browser.SessionCookie, ct) is not { } session)
        {
            return new SeeOther(pages.Path("/authorize", interaction));
        }

        var redirectUri = found.Interaction!.Request.RedirectUri.Value;
        return PageResult.For(
            new SelectAccountModel
            {
                Action = pages.Path("/select-account"),
                Antiforgery = pages.FieldFor(http),
                InteractionId = interaction,
                Session = session.Id,
                ClientName = found.Client!.ClientName,
                ClientHost = RedirectHost.Describe(redirectUri),
                UserName = session.DisplayName,
                UserDetail = session.Email ?? session.Username,
            },
            redirectUri);
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext http, Interactions interactions, InteractionStore store, Sessions sessions, BrowserPages pages, TimeProvider clock, CancellationToken ct)
    {
        var (answer, refusal) = await pages.ReadAnswerAsync(http, interactions, ct);
        if (answer is null)
        {
            return refusal!;
        }

        var (form, found, browser) = answer;
        switch (form["decision"])
        {
            case "continue" when await sessions.FindAsync(browser.SessionCookie, ct) is { } session:
                if (!BrowserPages.IsShownTo(session.Id, form))
                {
                    return new SeeOther(pages.Path("/select-account", answer.Handle));
                }

                await store.ChooseAccountAsync(found.Interaction!.Id, clock.GetUtcNow(), ct);
                break;
            case "other":
                return new SeeOther(pages.Path("/login", answer.Handle));
            case "cancel":
                await store.DenyAsync(found.Interaction!.Id, clock.GetUtcNow(), ct);
                break;
        }

        return new SeeOther(pages.Path("/authorize", answer.Handle));
    }
}
