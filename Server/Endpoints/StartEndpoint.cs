using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>What runs here, and who is signed in.</summary>
internal static class StartEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapStart(this IEndpointRouteBuilder routes) => routes.MapPage("/", ShowAsync);

    /// <summary>The version, without what the build adds to it.</summary>
    public static string Version { get; } = typeof(StartEndpoint).Assembly.GetName().Version?.ToString(3) ?? "";

    private static async Task<IResult> ShowAsync(HttpContext http, Sessions sessions, BrowserPages pages, AuthCoreOptions options, PersonalPages personal, DemoFacts demo, CancellationToken ct)
    {
        var session = await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct);
        return PageResult.For(new StartModel
        {
            Issuer = options.Issuer,
            Version = Version,
            DiscoveryUrls = [options.Issuer + "/.well-known/openid-configuration", options.Issuer + "/.well-known/oauth-authorization-server"],
            JwksUrl = options.Issuer + "/jwks",
            SignedInAs = session?.DisplayName,
            SignInHref = pages.Path("/login"),
            SignOutHref = pages.Path("/logout"),
            Links = session is null ? [] : personal.Links(),
            DemoClients = [.. demo.Clients.Select(c => new StartClient { ClientId = c.ClientId, Name = c.Name, Kind = c.Kind, RedirectUris = c.RedirectUris, GrantTypes = c.GrantTypes, Note = c.Secret is null ? null : $"secret {c.Secret}" })],
            DemoUsers = [.. demo.Users.Select(u => new StartUser(u.Username, u.Password))],
        });
    }
}
