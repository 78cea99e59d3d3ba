using System.Net;

namespace AuthCore.Options;

/// <summary>Which text names a proxy: an address, or a network whose host bits are zero. No names: they would be looked up.</summary>
internal static class ProxyRules
{
    public static string? Fault(string proxy)
    {
        // "1" and "0x7f.1" are addresses to the parser, and mistakes to everybody else.
        if (IPAddress.TryParse(proxy, out var address) && IsSame(address.ToString(), proxy)) { return null; }
        if (!IPNetwork.TryParse(proxy, out var network) || !IsSame(network.ToString(), proxy))
        {
            return $"names '{proxy}', which is neither an IP address nor a network such as 10.0.0.0/8.";
        }

        return network.PrefixLength > 0 ? null : $"names '{proxy}': whoever connects could then say what address it comes from.";
    }

    private static bool IsSame(string canonical, string given) => canonical.Equals(given, StringComparison.OrdinalIgnoreCase);
}
