using System.Net;
using System.Net.Sockets;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>The page where a person types a password: for an application's request, or for AuthCore itself.</summary>
internal static class LoginEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapPage("/login", ShowAsync);
        routes.MapPost("/login", SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(HttpContext http, Interactions interactions, PersonalPages personal, BrowserPages pages, CancellationToken ct)
    {
        var interaction = http.QueryParameters()["i"];
        if (interaction is null)
        {
            return PageResult.For(Model(http, pages, found: null, interaction) with { ReturnTo = personal.Find(http.QueryParameters()["to"]) }, redirectUri: null);
        }

        var found = await interactions.FindAsync(interaction, pages.BrowserOf(http), ct);
        return BrowserPages.IsStuck(http, found, out var page) ? page : PageResult.For(Model(http, pages, found, interaction), found.Interaction!.Request.RedirectUri.Value);
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext http, Interactions interactions, InteractionStore store, SignIn signIn, PersonalPages personal, BrowserPages pages, Cookies cookies, TimeProvider clock, CancellationToken ct)
    {
        var (form, refusal) = await pages.ReadFormAsync(http, "i", "to", "username", "password", "decision");
        if (form is null)
        {
            return refusal!;
        }

        var interaction = form["i"];
        var found = interaction is null ? null : await interactions.FindAsync(interaction, pages.BrowserOf(http), ct);
        if (found is not null && BrowserPages.IsStuck(http, found, out var stuck))
        {
            return stuck;
        }

        var returnTo = interaction is null ? personal.Find(form["to"]) : null;
        var next = new SeeOther(interaction is null ? pages.Path(returnTo ?? "/") : pages.Path("/authorize", interaction));
        if (form["decision"] == "cancel")
        {
            if (found is not null)
            {
                await store.DenyAsync(found.Interaction!.Id, clock.GetUtcNow(), ct);
            }

            return next;
        }

        if (form["username"] is not { } username || form["password"] is not { } password)
        {
            return Refuse(LoginError.Incomplete, form["username"]);
        }

        try
        {
            var browser = pages.BrowserOf(http) with { Device = DeviceHint.Of(http.Request.Headers.UserAgent) };
            switch (await signIn.AttemptAsync(username, password, AddressOf(http), browser, ct))
            {
                case SignInOutcome.SignedIn signedIn:
                    cookies.Set(http, cookies.Session, signedIn.Cookie.Value);
                    return next;
                case SignInOutcome.Locked locked:
                    http.Response.Headers.RetryAfter = ((int)Math.Ceiling(locked.Wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                    return Refuse(LoginError.Locked(locked.Wait), username, StatusCodes.Status429TooManyRequests);
                default:
                    return Refuse(LoginError.WrongPassword, username);
            }
        }
        catch (HashingBusyException)
        {
            http.Response.Headers.RetryAfter = ProtocolErrorResult.RetryAfter;
            return Refuse(LoginError.Busy, username, StatusCodes.Status503ServiceUnavailable);
        }

        IResult Refuse(LoginError error, string? username, int? status = null) =>
            PageResult.For(Model(http, pages, found, interaction) with { Error = error, Username = username, ReturnTo = returnTo }, found?.Interaction!.Request.RedirectUri.Value, status);
    }

    private static LoginModel Model(HttpContext http, BrowserPages pages, FoundInteraction? found, string? interaction) => new()
    {
        Action = pages.Path("/login"),
        Antiforgery = pages.FieldFor(http),
        InteractionId = interaction,
        ClientName = found?.Client?.ClientName,
        ClientHost = found is null ? null : RedirectHost.Describe(found.Interaction!.Request.RedirectUri.Value),
        Username = found?.Interaction!.Request.LoginHint,
    };

    // An IPv6 neighbour has 2^64 addresses: the network counts.
    private static string AddressOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]) + "/64"
            : address.ToString();
    }
}
