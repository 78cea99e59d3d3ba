namespace AuthCore.Web;

/// <summary>
/// The CSP source of a redirect URI, for <c>form-action</c>: Chromium applies that directive along POST, 303 and on to the client
/// (CSP3 §6.4.1), so a page whose form ends there must name it.
/// </summary>
internal static class FormActionSource
{
    /// <summary>An origin, a scheme, or null where nothing safe can be said; then the directive stays as narrow as it was.</summary>
    public static string? For(string? redirectUri) => redirectUri is null ? null : RedirectTarget.Read(redirectUri) switch
    {
        null => null,
        { IsWeb: false } app => app.Scheme + ":",

        // CSP3 §2.3.1: a host-source cannot hold an IPv6 literal; any host on that one port is the narrowest that works.
        { IsIPv6: true } literal => $"{literal.Scheme}://*{literal.Port}",
        { } web => $"{web.Scheme}://{web.Host}{web.Port}",
    };
}
