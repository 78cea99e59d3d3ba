using System.Net;

namespace AuthCore.Options;

/// <summary>RFC 8414 §2 and OIDC Discovery §3: which text may be the issuer. Relying parties compare it byte by byte, so it has one spelling.</summary>
internal static class IssuerRules
{
    /// <summary>What is wrong with it, as the end of a sentence; null where nothing is.</summary>
    public static string? Fault(string issuer, bool isDevelopment)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
        {
            return "must be an absolute https address.";
        }

        if (uri.UserInfo.Length > 0) { return "must not hold a user name or password."; }
        if (issuer.AsSpan().ContainsAny('?', '#')) { return "must have no query and no fragment."; }
        if (issuer.EndsWith('/')) { return "must not end with a slash."; }
        if (uri.Scheme == "http" && !isDevelopment && !IsLoopback(uri)) { return "must be https: http is for localhost alone."; }
        if (uri.AbsoluteUri.TrimEnd('/') != issuer) { return $"must be written as {uri.AbsoluteUri.TrimEnd('/')}"; }

        return uri.AbsolutePath == "/" || uri.AbsolutePath[1..].Split('/').All(IsPlainSegment)
            ? null
            : "may have a path of letters, digits, '-', '.', '_' and '~' between single slashes only.";
    }

    private static bool IsLoopback(Uri uri) =>
        uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // RFC 3986 §2.3: the unreserved characters, which no proxy rewrites
    private static bool IsPlainSegment(string segment) =>
        segment.Length > 0 && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~');
}
