using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AuthCore.Features.LocalPostgres;

/// <summary>The cluster's port: kept, so that other tools and a server that still runs find it again, as long as nobody else took it.</summary>
internal static class LoopbackPort
{
    public static int KeptOrFree(DataFolder folder) =>
        File.Exists(File_(folder)) && int.TryParse(File.ReadAllText(File_(folder)), NumberStyles.None, CultureInfo.InvariantCulture, out var kept) && IsFree(kept)
            ? kept
            : Free();

    public static void Keep(DataFolder folder, int port) => File.WriteAllText(File_(folder), port.ToString(CultureInfo.InvariantCulture));

    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (Exception fault) when (fault is SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static string File_(DataFolder folder) => Path.Combine(folder.Path, "port");
}
