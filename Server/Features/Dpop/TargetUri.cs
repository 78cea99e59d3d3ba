using System.Buffers;
using System.Globalization;
using System.Text;

namespace AuthCore.Features.Dpop;

/// <summary>RFC 9449 §4.3: the URI of a request as proofs name it, in one spelling: normalized by syntax and scheme (RFC 3986 §6.2.2, §6.2.3), without query and fragment.</summary>
internal static class TargetUri
{
    private const int MaxLength = 2048;

    // RFC 3986 §2.2, §2.3 and the percent sign; what is not here must be escaped.
    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    private static readonly SearchValues<char> s_host = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~[]:");

    /// <summary>The one spelling; null for what is no absolute http or https URI, or says who the user is.</summary>
    public static string? Normalize(string uri)
    {
        if (uri.Length > MaxLength || uri.AsSpan().ContainsAnyExcept(s_allowed))
        {
            return null;
        }

        var scheme = uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https" : uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http" : null;
        if (scheme is null)
        {
            return null;
        }

        var rest = uri.AsSpan(scheme.Length + 3);
        var end = rest.IndexOfAny('?', '#');
        rest = end < 0 ? rest : rest[..end];
        var slash = rest.IndexOf('/');
        return NormalizeAuthority(slash < 0 ? rest : rest[..slash], scheme) is { } authority && NormalizePath(slash < 0 ? "/" : rest[slash..].ToString()) is { } path
            ? $"{scheme}://{authority}{path}"
            : null;
    }

    // RFC 3986 §3.2.2: a host is compared in lower case; §6.2.3: the scheme's own port is not said.
    private static string? NormalizeAuthority(ReadOnlySpan<char> authority, string scheme)
    {
        if (authority.ContainsAnyExcept(s_host))
        {
            return null;
        }

        var bracket = authority.LastIndexOf(']');
        var colon = authority[(bracket + 1)..].IndexOf(':');
        var host = colon < 0 ? authority : authority[..(bracket + 1 + colon)];
        var port = colon < 0 ? "" : authority[(bracket + 2 + colon)..];
        if (host.IsEmpty || port.Length > 5 || port.ContainsAnyExceptInRange('0', '9') || (bracket >= 0 && (host[0] != '[' || bracket != host.Length - 1)))
        {
            return null;
        }

        var number = port.IsEmpty ? 0 : int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture);
        var isDefault = port.IsEmpty || number == (scheme == "https" ? 443 : 80);
        return host.ToString().ToLowerInvariant() + (isDefault ? "" : string.Create(CultureInfo.InvariantCulture, $":{number}"));
    }

    private static string? NormalizePath(string path) => NormalizeEscapes(path) is { } escaped ? RemoveDotSegments(escaped) : null;

    // RFC 3986 §6.2.2.1, §6.2.2.2: hexadecimal digits are capitals, and what need not be escaped is not.
    private static string? NormalizeEscapes(string path)
    {
        var normal = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                normal.Append(path[i]);
                continue;
            }

            if (i + 2 >= path.Length || !byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                return null;
            }

            var c = (char)octet;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
            {
                normal.Append(c);
            }
            else
            {
                normal.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }

            i += 2;
        }

        return normal.ToString();
    }

    // RFC 3986 §5.2.4
    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            if (segments[i] == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
            }
            else if (i == segments.Length - 1)
            {
                kept.Add("");
            }
        }

        return "/" + string.Join('/', kept);
    }
}
