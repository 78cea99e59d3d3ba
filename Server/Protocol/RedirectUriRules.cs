using System.Globalization;
using System.Text.RegularExpressions;

namespace AuthCore.Protocol;

/// <summary>What may be registered as a redirect URI, and as any other URI of a client.</summary>
public static partial class RedirectUriRules
{
    private const int MaxLength = 2000;

    // Parameters of our answers (OAuth 2.1 §4.1.2, RFC 9207, JARM): a registered query must not carry them.
    private static readonly string[] s_reserved = ["code", "state", "iss", "error", "error_description", "error_uri", "response", "id_token", "access_token"];

    // Schemes a browser would run or open by itself.
    private static readonly string[] s_dangerous =
        ["javascript", "data", "vbscript", "blob", "file", "about", "view-source", "ws", "wss", "ftp", "mailto", "tel", "filesystem", "intent", "chrome", "ms-settings"];

    /// <summary>OAuth 2.1 §2.3, §8.4: why this cannot be a redirect URI, or null where it can.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="applicationType"><c>web</c> or <c>native</c>.</param>
    /// <param name="isStrict">FAPI 2.0 §5.3.2.2 item 8: <c>http</c> is for native applications alone, and there for the loopback literals (RFC 8252 §7.3).</param>
    public static string? FindFault(string uri, string applicationType, bool isStrict = false)
    {
        if (FindCommonFault(uri) is { } fault)
        {
            return fault;
        }

        if (QueryNames(uri).Any(s_reserved.Contains))
        {
            return "its query carries a parameter of the authorization response";
        }

        if (uri.StartsWith("https://", StringComparison.Ordinal))
        {
            return FindAuthorityFault(uri["https://".Length..]);
        }

        if (uri.StartsWith("http://", StringComparison.Ordinal))
        {
            return isStrict && (applicationType != "native" || uri.StartsWith("http://localhost", StringComparison.Ordinal)) ? "http is for application_type native on 127.0.0.1 and [::1] only, as strict_redirect_uris demands"
                : RedirectUri.IsLoopback(uri) ? FindAuthorityFault(uri["http://".Length..]) : "http is for 127.0.0.1, [::1] and localhost only";
        }

        return FindPrivateSchemeFault(uri, applicationType);
    }

    /// <summary>Why this cannot be a web page or endpoint of a client (https, or http on this computer), or null where it can.</summary>
    public static string? FindWebFault(string uri)
    {
        if (FindCommonFault(uri) is { } fault)
        {
            return fault;
        }

        return uri.StartsWith("https://", StringComparison.Ordinal) ? FindAuthorityFault(uri["https://".Length..])
            : RedirectUri.IsLoopback(uri) ? FindAuthorityFault(uri["http://".Length..])
            : "it must be an https URI";
    }

    private static string? FindCommonFault(string uri)
    {
        if (uri.Length is 0 or > MaxLength)
        {
            return $"it must have 1 to {MaxLength} characters";
        }

        if (uri.Any(c => c is <= ' ' or > '~' or '\\' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}' or '*'))
        {
            return "it has characters that a URI cannot have, or a wildcard";
        }

        if (uri.Contains('#', StringComparison.Ordinal))
        {
            return "it has a fragment";
        }

        return PathHasDotSegments(uri) ? "its path has dot segments" : null;
    }

    private static string? FindAuthorityFault(string afterScheme)
    {
        var end = afterScheme.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? afterScheme : afterScheme[..end];
        return authority.Contains('@', StringComparison.Ordinal) ? "it carries user information"
            : Authority().Match(authority) is { Success: true } match && IsPort(match.Groups["port"].ValueSpan) ? null
            : "its host or port is not well formed";
    }

    private static bool IsPort(ReadOnlySpan<char> port) => port.IsEmpty || int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and <= 65535;

    // RFC 8252 §7.1, OAuth 2.1 §8.4.3: a scheme of the application's own, which has a period.
    private static string? FindPrivateSchemeFault(string uri, string applicationType)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : uri[..colon];
        return !PrivateScheme().IsMatch(scheme) ? "it must be absolute: https, http on a loopback address, or a private-use scheme"
            : s_dangerous.Contains(scheme.ToLowerInvariant()) ? "its scheme is not allowed"
            : !scheme.Contains('.', StringComparison.Ordinal) ? "a private-use scheme must be a reversed domain name"
            : applicationType != "native" ? "a private-use scheme is for application_type native"
            : colon == uri.Length - 1 ? "it has no path" : null;
    }

    private static bool PathHasDotSegments(string uri)
    {
        var path = uri.Split('?')[0].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase).Replace("%2f", "/", StringComparison.OrdinalIgnoreCase);
        return path.Split('/').Any(segment => segment is "." or "..");
    }

    private static IEnumerable<string> QueryNames(string uri)
    {
        var query = uri.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? [] : uri[(query + 1)..].Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' ')));
    }

    [GeneratedRegex(@"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:(?<port>[0-9]{1,5}))?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Authority();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PrivateScheme();
}
