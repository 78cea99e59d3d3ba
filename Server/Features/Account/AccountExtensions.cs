using AuthCore.Endpoints;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Account;

/// <summary>The two lines of the composition root.</summary>
internal static class AccountExtensions
{
    /// <summary>Pages where a person sees, and ends, what has access to their account.</summary>
    public static IServiceCollection AddAccount(this IServiceCollection services) => services
        .AddSingleton<AccountStore>()
        .AddSingleton(new PersonalPage(ApplicationsEndpoint.Path, "Applications with access"))
        .AddSingleton(new PersonalPage(SessionsEndpoint.Path, "Where you are signed in"));

    /// <summary>Maps them under the issuer's path.</summary>
    public static void MapAccount(this WebApplication app)
    {
        var issuer = app.MapGroup(app.Services.GetRequiredService<PageFrame>().PathBase);
        issuer.MapApplications();
        issuer.MapSessions();
    }
}
