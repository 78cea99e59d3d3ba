namespace AuthCore.Web;

/// <summary>The headers that tell a browser what it must not do with an answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>For every answer that is not a page: it loads nothing, is framed nowhere and posts nothing.</summary>
    public const string NoContent = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    private const string Unused = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    /// <summary>Puts the strictest headers on every answer; a page, or whoever knows better, replaces them.</summary>
    /// <param name="app">The pipeline; first in it, so that errors are covered too.</param>
    /// <param name="issuerIsHttps">Whether to demand https of this host for a year.</param>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, bool issuerIsHttps) => app.Use((http, next) =>
    {
        ApplyDefaults(http.Response, issuerIsHttps);
        return next(http);
    });

    /// <summary>The same anew, where an answer was cleared because of a fault.</summary>
    public static void ApplyDefaults(HttpResponse response, bool issuerIsHttps)
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = NoContent;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (issuerIsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }

    /// <summary>The headers of a page.</summary>
    public static void ApplyTo(HttpResponse response, string contentSecurityPolicy, string openerPolicy)
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = contentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";     // antiforgery says SAMEORIGIN; no page of ours is ever framed
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = Unused;
        headers["Cross-Origin-Opener-Policy"] = openerPolicy;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>A page's policy: our own style sheet and icon, and forms to the places named.</summary>
    /// <param name="formAction">The sources of <c>form-action</c>; those that are null are left out.</param>
    /// <param name="scriptHash">The one script allowed, as <c>sha256-…</c>.</param>
    public static string ForPage(IEnumerable<string?> formAction, string? scriptHash = null)
    {
        var targets = string.Join(' ', formAction.Where(source => source is not null).DefaultIfEmpty("'none'"));
        var script = scriptHash is null ? "" : $"script-src '{scriptHash}'; ";
        return $"default-src 'none'; {script}style-src 'self'; img-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'";
    }
}
