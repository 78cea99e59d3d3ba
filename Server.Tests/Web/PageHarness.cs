using System.Text;
using AngleSharp;
using AngleSharp.Dom;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Web;

/// <summary>A page as a browser gets it: headers, status, and the parsed document.</summary>
internal sealed record DeliveredPage(HttpResponse Response, string Html, IDocument Document)
{
    public static AntiforgeryField Antiforgery { get; } = new("__af", "token-value");

    /// <summary>Right to left override, mark-up, quotes, an invisible character, and a length nobody reads.</summary>
    public static string Hostile { get; } = "\u202E</title><script>alert(1)</script>\" onfocus='x' \u200B\r\n" + new string('W', 200);

    public string Policy => Response.Headers.ContentSecurityPolicy.ToString();

    public static async Task<DeliveredPage> GetAsync(IResult page, string issuer = "https://id.example.com", string method = "GET")
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(PageFrame.For(issuer)).BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.Method = method;
        using var body = new MemoryStream();
        http.Response.Body = body;
        await page.ExecuteAsync(http);

        var html = Encoding.UTF8.GetString(body.ToArray());
        return new DeliveredPage(http.Response, html, await BrowsingContext.New().OpenAsync(request => request.Content(html)));
    }

    public IElement One(string selector) => Assert.Single(Document.QuerySelectorAll(selector));

    public string Text(string selector) => string.Join(' ', One(selector).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>One valid model of each page, to be changed by <c>with</c>.</summary>
internal static class Samples
{
    public static LoginModel Login { get; } = new()
    {
        Action = "/login",
        Antiforgery = DeliveredPage.Antiforgery,
        InteractionId = "int_1",
        ClientName = "Grafana",
        ClientHost = "grafana.example.com",
    };

    public static SelectAccountModel SelectAccount { get; } = new()
    {
        Action = "/select",
        Antiforgery = DeliveredPage.Antiforgery,
        InteractionId = "int_1",
        ClientName = "Grafana",
        UserName = "alice",
    };

    public static ConsentScope OpenId { get; } = new()
    {
        Name = "openid",
        Title = "Know who you are",
        Group = ConsentGroup.Personal,
        IsRequired = true,
        RequiredReason = "Without it the application cannot sign you in.",
    };

    public static ConsentScope Email { get; } = new()
    {
        Name = "email",
        Title = "Your email address",
        Group = ConsentGroup.Personal,
        Details = [new ConsentDetail("alice@example.com", "Email")],
    };

    public static ConsentModel Consent { get; } = new()
    {
        Action = "/consent",
        Antiforgery = DeliveredPage.Antiforgery,
        InteractionId = "int_1",
        ClientName = "Photo Printer",
        ClientHost = "print.example.org",
        RedirectHost = "print.example.org",
        UserName = "alice",
        Scopes = [OpenId, Email],
    };

    public static SignOutModel SignOut { get; } = new() { Action = "/signout", Antiforgery = DeliveredPage.Antiforgery, UserName = "alice" };

    public static ErrorOccasion Occasion { get; } = new("ref-1", new DateTimeOffset(2026, 7, 29, 12, 34, 56, TimeSpan.Zero));

    public static StartModel Start { get; } = new()
    {
        Issuer = "https://id.example.com",
        Version = "0.1.0",
        DiscoveryUrls = ["https://id.example.com/.well-known/openid-configuration"],
        JwksUrl = "https://id.example.com/jwks",
    };

    public static FormPostModel FormPost { get; } = new()
    {
        Action = "https://app.example:8443/cb",
        Fields = [new("code", "secret-code"), new("state", "\"><b>'&")],
    };

    /// <summary>Every page, each with hostile text wherever somebody else's text can stand.</summary>
    public static TheoryData<string> Names { get; } =
        new("login", "login-error", "select", "consent", "signout", "signedout", "error", "start", "formpost");

    public static PageResult Hostile(string name)
    {
        var evil = DeliveredPage.Hostile;
        return name switch
        {
            "login" => PageResult.For(Login with { ClientName = evil, ClientHost = evil, Username = evil, Notice = evil, InteractionId = evil }, evil),
            "login-error" => PageResult.For(Login with { ClientName = evil, Username = evil, Error = new LoginError(evil, MarksFields: true) }, evil),
            "select" => PageResult.For(SelectAccount with { ClientName = evil, UserName = evil, UserDetail = evil }, evil),
            "consent" => PageResult.For(
                Consent with
                {
                    ClientName = evil,
                    ClientHost = evil,
                    ClientUri = "javascript:alert(1)",
                    PolicyUri = "https://e.example/\"onclick=x",
                    RedirectHost = evil,
                    UserName = evil,
                    Resources = [new ConsentResource(evil, evil, IsNew: true)],
                    LifetimeText = evil,
                    Warning = evil,
                    SelfDeclared = true,
                    Scopes = [Email with { Name = evil, Title = evil, Description = evil, ResourceNames = [evil, evil], Details = [new ConsentDetail(evil, evil)] }],
                },
                evil),
            "signout" => PageResult.For(SignOut with { UserName = evil, ClientName = evil, Fields = [new(evil, evil)] }),
            "signedout" => PageResult.For(new SignedOutModel { ClientName = evil, ContinueUri = "javascript:alert(1)" }),
            "error" => PageResult.For(
                ErrorPages.BadClient(Occasion with { CorrelationId = evil, ClientName = evil, StartAgainUri = "data:text/html,x" }, evil, evil)),
            "start" => PageResult.For(Start with
            {
                SignedInAs = evil,
                DemoUsers = [new StartUser(evil, evil, evil)],
                DemoClients = [new StartClient { ClientId = evil, Name = evil, Kind = evil, RedirectUris = [evil], GrantTypes = [evil], Note = evil }],
            }),
            "formpost" => PageResult.For(FormPost with { ClientName = evil, Fields = [new(evil, evil)] }),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such page"),
        };
    }
}
