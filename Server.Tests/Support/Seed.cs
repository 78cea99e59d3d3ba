using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Support;

/// <summary>What every server under test knows. Tests take one of these and change it by <c>with</c>.</summary>
public static class Seed
{
    /// <summary>An API.</summary>
    public static ResourceDefinition Api { get; } = new() { Identifier = "https://api.test", Name = "Test API", Scopes = ["read:files"] };

    /// <summary>A scope of the API.</summary>
    public static ScopeDefinition ReadFiles { get; } = new() { Name = "read:files", Title = "Read your files" };

    /// <summary>A web application with a backend.</summary>
    public static Client Web { get; } = new()
    {
        ClientId = "web",
        ClientName = "Web Application",
        RedirectUris = ["https://app.example/cb"],
        GrantTypes = ["authorization_code", "refresh_token"],
        ResponseTypes = ["code"],
        TokenEndpointAuthMethod = "client_secret_basic",
        Secrets = [new ClientSecret(Handle.HashOf(AuthCoreApp.Secret), null)],
        Scope = ["openid", "profile", "email", "address", "phone", "offline_access", "read:files"],
        Resources = ["https://api.test"],
    };

    /// <summary>The same with its secret in the body.</summary>
    public static Client Post { get; } = Web with { ClientId = "post", TokenEndpointAuthMethod = "client_secret_post" };

    /// <summary>An operator's own application: nobody is asked.</summary>
    public static Client FirstParty { get; } = Web with { ClientId = "first-party", RequireConsent = false };

    /// <summary>A single-page application.</summary>
    public static Client Spa { get; } = Web with { ClientId = "spa", ClientName = "Single-Page Application", TokenEndpointAuthMethod = "none", Secrets = [], RedirectUris = ["https://spa.example/cb"] };

    /// <summary>A native application.</summary>
    public static Client Native { get; } = Spa with
    {
        ClientId = "native",
        ClientName = "Native Application",
        ApplicationType = "native",
        RedirectUris = ["http://127.0.0.1/cb", "http://localhost/cb", "com.example.app:/cb"],
    };

    /// <summary>A service.</summary>
    public static Client Machine { get; } = Web with { ClientId = "machine", GrantTypes = ["client_credentials"], ResponseTypes = [], RedirectUris = [], Scope = ["read:files"] };

    /// <summary>A person.</summary>
    public static User Alice { get; } = new()
    {
        Subject = "sub-alice",
        Username = "alice",
        Email = "alice@example.com",
        EmailVerified = true,
        Name = "Alice Adams",
        GivenName = "Alice",
        FamilyName = "Adams",
        PhoneNumber = "+49 30 5550100",
        Locality = "Berlin",
        Country = "Germany",
        UpdatedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    /// <summary>Another person.</summary>
    public static User Bob { get; } = Alice with { Subject = "sub-bob", Username = "bob", Email = "bob@example.com", Name = "Bob Brown" };

    internal static async Task WriteAsync(IServiceProvider services)
    {
        var scopes = services.GetRequiredService<ScopeStore>();
        await scopes.SaveAsync(ReadFiles, CancellationToken.None);
        await scopes.SaveResourceAsync(Api, CancellationToken.None);
        foreach (var client in new[] { Web, Post, FirstParty, Spa, Native, Machine })
        {
            await services.GetRequiredService<ClientStore>().SaveAsync(client, CancellationToken.None);
        }

        await SaveUserAsync(services, Alice);
        await SaveUserAsync(services, Bob);
        await services.GetRequiredService<AuthCore.Flows.Catalog>().StartAsync(CancellationToken.None);
    }

    internal static async Task SaveUserAsync(IServiceProvider services, User user)
    {
        var users = services.GetRequiredService<UserStore>();
        await users.SaveAsync(user, CancellationToken.None);
        if (await users.FindForLoginAsync(user.Username, CancellationToken.None) is { PasswordHash: null })   // a change of password ends what is going on
        {
            var hash = await services.GetRequiredService<PasswordHasher>().HashAsync(AuthCoreApp.Password, CancellationToken.None);
            await users.ChangePasswordAsync(user.Subject, hash, services.GetRequiredService<TimeProvider>().GetUtcNow(), CancellationToken.None);
        }
    }
}
