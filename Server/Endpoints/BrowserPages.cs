using System.Diagnostics.CodeAnalysis;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Primitives;

namespace AuthCore.Endpoints;

/// <summary>How pages are mapped.</summary>
internal static class PageRoutes
{
    /// <summary>Maps what a page shows; RFC 9110 §9.1: by GET and HEAD.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes, string path, Delegate show) =>
        routes.MapMethods(path, ["GET", "HEAD"], show).WithMetadata(new PageEndpoint());
}

/// <summary>A form of ours about an interaction.</summary>
/// <param name="Form">The fields.</param>
/// <param name="Found">The interaction; it may go on.</param>
/// <param name="Browser">The browser.</param>
internal sealed record InteractionAnswer(Parameters Form, FoundInteraction Found, Browser Browser)
{
    /// <summary>What the URL of the next step carries.</summary>
    public string? Handle => Form["i"];
}

/// <summary>What the pages with forms share: who sits there, whether the form is ours, where to go next.</summary>
internal sealed class BrowserPages(Cookies cookies, IAntiforgery antiforgery, AuthCoreOptions options, PageFrame frame)
{
    private readonly string _origin = RedirectUri.OriginOf(options.Issuer)!;

    /// <summary>What the browser brought along.</summary>
    public Browser BrowserOf(HttpContext http) => new(Cookies.Read(http, cookies.Session), Cookies.Read(http, cookies.Browser));

    /// <summary>The hidden field of a form about to be shown.</summary>
    public AntiforgeryField FieldFor(HttpContext http) => AntiforgeryField.From(antiforgery.GetAndStoreTokens(http));

    /// <summary>A path of this server, with the issuer's own path before it.</summary>
    public string Path(string path) => frame.PathBase + path;

    /// <summary>A path with the interaction.</summary>
    public string Path(string path, string? interaction) => interaction is null ? Path(path) : $"{Path(path)}?i={Uri.EscapeDataString(interaction)}";

    /// <summary>Reads a form of ours: right type, nothing repeated that is read once, antiforgery, and no word from another origin.</summary>
    /// <param name="http">The request.</param>
    /// <param name="single">Fields that may come once.</param>
    /// <returns>The fields, or the page that refuses them.</returns>
    public async Task<(Parameters? Form, IResult? Refusal)> ReadFormAsync(HttpContext http, params string[] single)
    {
        if (!http.FormParameters().Try(out var form, out var error))
        {
            return (null, PageResult.For(ErrorPages.BadRequest(Faults.Occasion(http), error.Code, error.Description) with { Status = error.Status }));
        }

        // What the framework's antiforgery reads: the gate's reading of the body, not a second one.
        http.Request.Form = new FormCollection(
            form.Pairs.GroupBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new StringValues([.. g.Select(p => p.Value)]), StringComparer.Ordinal));
        return IsSameOrigin(http.Request) && form.FindRepeated(single) is null && await antiforgery.IsRequestValidAsync(http)
            ? (form, null)
            : (null, PageResult.For(ErrorPages.FormRefused(Faults.Occasion(http))));
    }

    /// <summary>Reads what a person answered on the page of an interaction that may go on.</summary>
    /// <returns>The answer, or the page that says why there is none.</returns>
    public async Task<(InteractionAnswer? Answer, IResult? Refusal)> ReadAnswerAsync(HttpContext http, Interactions interactions, CancellationToken ct)
    {
        var (form, refusal) = await ReadFormAsync(http, "i", "session", "decision");
        if (form is null)
        {
            return (null, refusal);
        }

        var browser = BrowserOf(http);
        var found = await interactions.FindAsync(form["i"], browser, ct);
        return IsStuck(http, found, out var page) ? (null, page) : (new InteractionAnswer(form, found, browser), null);
    }

    /// <summary>The page that says why an interaction cannot go on, or null where it can.</summary>
    public static bool IsStuck(HttpContext http, FoundInteraction found, [NotNullWhen(true)] out IResult? page)
    {
        var at = Faults.Occasion(http, found.Client);
        var model = found.Fault switch
        {
            null => null,
            InteractionFault.Expired => ErrorPages.Expired(at),
            InteractionFault.Finished => ErrorPages.AlreadyFinished(at),
            _ => ErrorPages.OtherBrowser(at),
        };
        page = model is null ? null : PageResult.For(model with { Code = found.Code ?? model.Code });
        return page is not null;
    }

    /// <summary>Whether the form was shown to this session: in another tab somebody else may have signed in since.</summary>
    public static bool IsShownTo(Guid session, Parameters form) => Guid.TryParse(form["session"], out var shown) && shown == session;

    // Our pages send no referrer, so their posts say `Origin: null`; another site's name is what must not be there.
    private bool IsSameOrigin(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        string? origin = request.Headers.Origin;
        return site is null or "same-origin" or "none" && (origin is null or "null" || origin == _origin);
    }
}
