namespace AuthCore.Web.Pages;

/// <summary>What every page shows, made once from the configured issuer; never from the request's Host.</summary>
/// <param name="Host">The issuer's host, with its port where it is not the scheme's own: what the address bar should say.</param>
/// <param name="PathBase">The issuer's path, or empty: the prefix of every link to this server.</param>
public sealed record PageFrame(string Host, string PathBase)
{
    /// <summary>Reads host and path of the issuer.</summary>
    public static PageFrame For(string issuer)
    {
        var uri = new Uri(issuer, UriKind.Absolute);
        return new PageFrame(uri.Authority, uri.AbsolutePath.TrimEnd('/'));
    }
}
