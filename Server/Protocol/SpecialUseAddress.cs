using System.Net;
using System.Net.Sockets;

namespace AuthCore.Protocol;

/// <summary>RFC 6890, RFC 9700 §4.11 and the IANA registries of special-purpose addresses: what is no public host of the Internet.</summary>
public static class SpecialUseAddress
{
    private static readonly IPNetwork[] s_special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
            "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // RFC 4291 §2.4: what is not in here is not global unicast; NAT64, unique local, link local and multicast addresses are outside.
    private static readonly IPNetwork s_global6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] s_special6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20" }.Select(IPNetwork.Parse)];

    /// <summary>Whether nobody but this machine, its network or a protocol answers there.</summary>
    public static bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        address = Plain(address);
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => Array.Exists(s_special4, network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => !s_global6.Contains(address) || Array.Exists(s_special6, network => network.Contains(address)),
            _ => true,
        };
    }

    /// <summary>RFC 4291 §2.5.5.2: the IPv4 address behind an IPv6 spelling of it.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
