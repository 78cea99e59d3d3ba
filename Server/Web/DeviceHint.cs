namespace AuthCore.Web;

/// <summary>What kind of browser sits there, in words its owner recognises: "Firefox on Windows". From closed lists, so that nothing of the header is kept or shown.</summary>
internal static class DeviceHint
{
    private const int Longest = 1024;

    // The order decides: Edge, Opera and others call themselves Chrome too, and everything calls itself Safari.
    private static readonly (string Mark, string Name)[] s_browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] s_systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>Reads the header <c>User-Agent</c> (RFC 9110 §10.1.5).</summary>
    /// <returns>Browser and system, as far as they are known; null where neither is.</returns>
    public static string? Of(string? userAgent)
    {
        if (userAgent is not { Length: > 0 and <= Longest })
        {
            return null;
        }

        return (Find(s_browsers, userAgent), Find(s_systems, userAgent)) switch
        {
            (null, null) => null,
            (null, { } system) => "A browser on " + system,
            ({ } browser, null) => browser,
            ({ } browser, { } system) => $"{browser} on {system}",
        };
    }

    private static string? Find((string Mark, string Name)[] among, string userAgent)
    {
        foreach (var (mark, name) in among)
        {
            if (userAgent.Contains(mark, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
