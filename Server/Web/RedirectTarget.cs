namespace AuthCore.Web;

/// <summary>Scheme, host and port of a redirect URI, cut out by ordinal comparison; null where any character is not known to be safe.</summary>
/// <remarks>For headers and pages only: whether a redirect URI is right is decided elsewhere, by equality.</remarks>
internal sealed record RedirectTarget(string Scheme, string Host, string Port)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    private static readonly string[] NeverSent = ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source", "ws", "wss"];

    public bool IsWeb => Scheme is "https" or "http";

    public bool IsIPv6 => Host.StartsWith('[');

    public static RedirectTarget? Read(string redirectUri)
    {
        var colon = redirectUri.IndexOf(':', StringComparison.Ordinal);

        // Printable ASCII only, and checked first: lowering the case of the Kelvin sign makes an innocent k of it.
        if (colon < 1 || redirectUri.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return null;
        }

        var scheme = redirectUri[..colon].ToLowerInvariant();
        if (!Letters.Contains(scheme[0], StringComparison.Ordinal) || !Only(scheme, Letters + Digits + "+-.") || NeverSent.Contains(scheme, StringComparer.Ordinal))
        {
            return null;
        }

        return scheme is not ("https" or "http") ? new RedirectTarget(scheme, "", "") : ReadWeb(scheme, redirectUri[(colon + 1)..]);
    }

    private static RedirectTarget? ReadWeb(string scheme, string rest)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        var authority = rest[2..];
        var end = authority.AsSpan().IndexOfAny('/', '?', '#');
        authority = (end < 0 ? authority : authority[..end]).ToLowerInvariant();

        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        var host = hostEnd < 0 ? authority : authority[..hostEnd];
        var port = authority[host.Length..];
        var hostIsSafe = host.StartsWith('[')
            ? host.Length > 4 && Only(host[1..^1], "abcdef" + Digits + ":.")
            : host.Length > 0 && Only(host, Letters + Digits + "-._");
        var portIsSafe = port.Length == 0 || (port.Length is > 1 and < 7 && port[0] == ':' && Only(port[1..], Digits));

        return hostIsSafe && portIsSafe ? new RedirectTarget(scheme, host, port) : null;
    }

    private static bool Only(string text, string allowed) => text.AsSpan().IndexOfAnyExcept(allowed) < 0;
}
