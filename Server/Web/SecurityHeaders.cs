namespace AuthCore.Web;

/// <summary>The headers that tell a browser what it must not do with an answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>For every answer that is not a page: it loads nothing, is framed nowhere and posts nothing.</summary>
    public const string NoContent = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    private const string Unused = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    /// <summary>Puts the strictest headers on every answer that does not bring its own, as a page does.</summary>
    /// <param name="app">The pipeline; first in it, so that errors are covered too.</param>
    /// <param name="issuerIsHttps">Whether to demand https of this host for a year.</param>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, bool issuerIsHttps)
    {
        // When the answer starts, not now: whoever handles a fault clears what was set before it.
        Func<object, Task> apply = issuerIsHttps ? ApplyWithTransportSecurity : ApplyDefaults;
        return app.Use((http, next) =>
        {
            http.Response.OnStarting(apply, http.Response);
            return next(http);
        });
    }

    private static Task ApplyDefaults(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.TryAdd("Cache-Control", "no-store");
        headers.TryAdd("Content-Security-Policy", NoContent);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        return Task.CompletedTask;
    }

    private static Task ApplyWithTransportSecurity(object response)
    {
        ((HttpResponse)response).Headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
        return ApplyDefaults(response);
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
    /// <param name="frames">The sources of <c>frame-src</c>; none where left out.</param>
    public static string ForPage(IEnumerable<string?> formAction, string? scriptHash = null, params IEnumerable<string> frames)
    {
        var targets = string.Join(' ', formAction.Where(source => source is not null).DefaultIfEmpty("'none'"));
        var script = scriptHash is null ? "" : $"script-src '{scriptHash}'; ";
        var framed = string.Join(' ', frames.Distinct(StringComparer.Ordinal));
        var frame = framed.Length == 0 ? "" : $"frame-src {framed}; ";
        return $"default-src 'none'; {script}style-src 'self'; img-src 'self'; {frame}form-action {targets}; frame-ancestors 'none'; base-uri 'none'";
    }
}
