using System.Net;

namespace AuthCore.Protocol;

/// <summary>RFC 5280 §4.2.1.6: the kinds of subject alternative name by which a client may be known (RFC 8705 §2.1.2), each in the one spelling that is compared.</summary>
public static class AlternativeName
{
    /// <summary>RFC 5280 §7.2: a host name, in lower case; null where it is none. A wildcard is none: a client is one.</summary>
    public static string? Dns(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= 253 && name.Split('.').All(IsLabel) ? name.ToLowerInvariant() : null;
    }

    /// <summary>RFC 5280 §7.4: a URI with its scheme and host in lower case, and otherwise as it is; null where it has no scheme, or other characters than visible ASCII.</summary>
    public static string? Uri(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || uri.Any(c => c is <= ' ' or > '~') || !char.IsAsciiLetter(uri[0]) || !uri[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            return null;
        }

        var scheme = uri[..(colon + 1)].ToLowerInvariant();
        if (!uri.AsSpan(colon + 1).StartsWith("//"))
        {
            return scheme + uri[(colon + 1)..];
        }

        var authority = colon + 3;
        var end = uri.AsSpan(authority).IndexOfAny('/', '?', '#') is >= 0 and var length ? authority + length : uri.Length;
        var host = uri.LastIndexOf('@', end - 1, end - authority) is >= 0 and var user ? user + 1 : authority;
        return scheme + uri[(colon + 1)..host] + uri[host..end].ToLowerInvariant() + uri[end..];
    }

    /// <summary>RFC 5280 §7.5: an address with its host in lower case; null where it is none.</summary>
    public static string? Email(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        return at > 0 && !address.Any(c => c is <= ' ' or > '~') && Dns(address[(at + 1)..]) is { } host ? $"{address[..at]}@{host}" : null;
    }

    /// <summary>RFC 8705 §2.1.2: dotted decimals, or the form of RFC 5952; null where it is neither, or another spelling of it.</summary>
    public static string? Ip(string address) =>
        IPAddress.TryParse(address, out var ip) && ip.ToString() is { } canonical && canonical.Equals(address, StringComparison.OrdinalIgnoreCase) && !canonical.Contains('%', StringComparison.Ordinal)
            ? canonical
            : null;

    /// <summary>The same from the octets of a certificate.</summary>
    public static string? Ip(ReadOnlySpan<byte> octets) => octets.Length is 4 or 16 ? new IPAddress(octets).ToString() : null;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
