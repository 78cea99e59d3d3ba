namespace AuthCore.Web;

/// <summary>What may stand in a link: an address a client registered is somebody else's text.</summary>
internal static class WebLink
{
    /// <summary>The address itself when it is https or http; else null, and no link is shown.</summary>
    public static string? For(string? uri) => uri is not null && RedirectTarget.Read(uri) is { IsWeb: true } ? uri : null;

    /// <summary>Also an application's own scheme: for an address that was compared with a registered one.</summary>
    public static string? OrApp(string? uri) => uri is not null && RedirectTarget.Read(uri) is not null ? uri : null;
}
