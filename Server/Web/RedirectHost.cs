namespace AuthCore.Web;

/// <summary>Where a redirect URI leads, in words a person can check.</summary>
internal static class RedirectHost
{
    /// <summary>"app.example", "this computer (127.0.0.1)", "the app com.example.app".</summary>
    public static string Describe(string redirectUri) => RedirectTarget.Read(redirectUri) switch
    {
        null => "an address that cannot be shown",
        { IsWeb: false } app => $"the app {app.Scheme}",
        { Host: "127.0.0.1" or "[::1]" or "localhost" } local => $"this computer ({local.Host})",
        { } web => web.Host + web.Port,
    };
}
