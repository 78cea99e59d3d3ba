using AuthCore.Options;

namespace AuthCore.Web;

/// <summary>Our cookies: opaque, for this host only, out of reach of scripts, and never sent along by other sites' posts.</summary>
/// <param name="options">Whether the issuer is https decides their prefix (RFC 6265bis §4.1.3.2).</param>
internal sealed class Cookies(AuthCoreOptions options)
{
    private readonly bool _https = options.Issuer.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>The session.</summary>
    public string Session => Name("authcore-session");

    /// <summary>What interactions are bound to.</summary>
    public string Browser => Name("authcore-browser");

    /// <summary>Antiforgery.</summary>
    public string Antiforgery => Name("authcore-form");

    /// <summary>The cookie as sent, or null.</summary>
    public static string? Read(HttpContext http, string name) => http.Request.Cookies[name];

    /// <summary>Sets it until the browser closes; the server's own limits end it before.</summary>
    public void Set(HttpContext http, string name, string value) => http.Response.Cookies.Append(name, value, Attributes());

    /// <summary>Takes it away.</summary>
    public void Delete(HttpContext http, string name) => http.Response.Cookies.Delete(name, Attributes());

    /// <summary>What every cookie has.</summary>
    public CookieBuilder Builder(string name) => new()
    {
        Name = name,
        Path = "/",
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Lax,
        SecurePolicy = _https ? CookieSecurePolicy.Always : CookieSecurePolicy.None,
    };

    private string Name(string name) => _https ? "__Host-" + name : name;

    private CookieOptions Attributes() => new() { Path = "/", HttpOnly = true, IsEssential = true, Secure = _https, SameSite = SameSiteMode.Lax };
}
