using AuthCore.Flows;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>Signs a person out of this server, after asking: a link from elsewhere must not.</summary>
internal static class LogoutEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapLogout(this IEndpointRouteBuilder routes)
    {
        routes.MapPage("/logout", ShowAsync);
        routes.MapPost("/logout", SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(HttpContext http, Sessions sessions, SignOut signOut, BrowserPages pages, CancellationToken ct) =>
        await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is { } session
            ? PageResult.For(new SignOutModel { Action = pages.Path("/logout"), Antiforgery = pages.FieldFor(http), UserName = session.DisplayName })
            : signOut.Done();

    private static async Task<IResult> SubmitAsync(HttpContext http, SignOut signOut, BrowserPages pages, CancellationToken ct)
    {
        var (form, refusal) = await pages.ReadFormAsync(http, "decision");
        if (form is null)
        {
            return refusal!;
        }

        return form["decision"] == "signout" ? await signOut.EndAsync(http, back: null, ct) : new SeeOther(pages.Path("/"));
    }
}
