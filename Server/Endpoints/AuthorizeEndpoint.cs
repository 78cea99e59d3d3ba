using AuthCore.Flows;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>OAuth 2.1 §3.1, OIDC Core §3.1.2: the authorization endpoint, by GET and POST.</summary>
internal static class AuthorizeEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapAuthorize(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/authorize", ["GET", "POST"], Handle).WithMetadata(new PageEndpoint());

    private static async Task<IResult> Handle(HttpContext http, AuthorizeFlow flow, AuthorizationResponses responses, BrowserPages pages, Cookies cookies, CancellationToken ct)
    {
        var isPost = HttpMethods.IsPost(http.Request.Method);
        var read = isPost ? http.FormParameters() : http.QueryParameters();
        if (!read.Try(out var parameters, out var error))
        {
            return PageResult.For(ErrorPages.BadRequest(Faults.Occasion(http), error.Code, error.Description) with { Status = error.Status });
        }

        var browser = pages.BrowserOf(http);
        var outcome = !isPost && parameters["i"] is { } interaction && parameters["client_id"] is null
            ? await flow.ContinueAsync(interaction, browser, ct)
            : await flow.BeginAsync(http.Facts(parameters), browser, ct);
        return outcome is AuthorizeOutcome.Respond answer
            ? AuthorizationResponse.To(answer.Target.RedirectUri, await responses.EncodeAsync(answer, ct), answer.Client.ClientName)
            : Deliver(http, outcome, pages, cookies);
    }

    private static IResult Deliver(HttpContext http, AuthorizeOutcome outcome, BrowserPages pages, Cookies cookies)
    {
        switch (outcome)
        {
            case AuthorizeOutcome.Stuck stuck when BrowserPages.IsStuck(http, stuck.Found, out var page):
                return page;
            case AuthorizeOutcome.GoTo goTo:
                if (goTo.NewBrowserCookie is { } cookie)
                {
                    cookies.Set(http, cookies.Browser, cookie.Value);
                }

                return new SeeOther(pages.Path(goTo.StepPath ?? PathOf(goTo.To), goTo.Interaction));
            case AuthorizeOutcome.Repeat again:
                return new SeeOther($"{pages.Path("/authorize")}?client_id={Uri.EscapeDataString(again.ClientId)}&request_uri={Uri.EscapeDataString(again.RequestUri)}");
            case AuthorizeOutcome.Page { Error: { Status: StatusCodes.Status503ServiceUnavailable } busy }:
                return Faults.PageOf(http, busy);   // what the client signed cannot be checked for now
            case AuthorizeOutcome.Page refused:
                return PageResult.For(ErrorPages.BadClient(Faults.Occasion(http, refused.Client), refused.Error.Code, refused.Error.Description));
            default:
                throw new InvalidOperationException($"No delivery for {outcome.GetType().Name}.");
        }
    }

    private static string PathOf(AuthorizePage page) => page switch
    {
        AuthorizePage.Login => "/login",
        AuthorizePage.SelectAccount => "/select-account",
        AuthorizePage.Consent => "/consent",
        _ => "/authorize",
    };
}
