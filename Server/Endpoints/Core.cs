using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Dapper;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Npgsql;

namespace AuthCore.Endpoints;

/// <summary>The core put together: everything that is no feature.</summary>
internal static class Core
{
    /// <summary>Registers stores, keys, flows and what the endpoints share.</summary>
    public static void AddCore(this IServiceCollection services, AuthCoreOptions options)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DemoFacts>();
        AddStores(services, options);
        AddKeys(services, options);
        AddFlows(services, options);

        services.AddSingleton(PageFrame.For(options.Issuer));
        services.AddSingleton<Cookies>();
        services.AddSingleton<BrowserPages>();
        services.AddSingleton<PersonalPages>();
        services.AddSingleton<SignOut>();
        services.AddSingleton<OpenDocuments>();
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<IKeySetSource, KeySetDownload>();
        services.AddCors();
        services.AddSingleton<ICorsPolicyProvider, Cors>();
        services.AddAntiforgery();
        services.AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>().Configure<Cookies>((antiforgery, cookies) =>
        {
            antiforgery.Cookie = cookies.Builder(cookies.Antiforgery);
            antiforgery.FormFieldName = "form_token";
        });
    }

    /// <summary>Maps the core's endpoints under the issuer's path.</summary>
    public static void MapCore(this WebApplication app)
    {
        var path = app.Services.GetRequiredService<PageFrame>().PathBase;
        var issuer = app.MapGroup(path);
        app.MapDiscovery(path);
        app.MapHealth();
        issuer.MapPageAssets();
        issuer.MapAuthorize();
        issuer.MapLogin();
        issuer.MapSelectAccount();
        issuer.MapConsent();
        issuer.MapLogout();
        issuer.MapToken();
        issuer.MapUserInfo();
        issuer.MapStart();
    }

    /// <summary>Brings the schema to head and the keys into memory; before the first request.</summary>
    /// <exception cref="StartupException">The database does not answer, or the master key is another database's.</exception>
    public static async Task PrepareAsync(this WebApplication app)
    {
        var services = app.Services;
        var ct = app.Lifetime.ApplicationStopping;
        try
        {
            await Migrator.MigrateAsync(services.GetRequiredService<AuthCoreOptions>().Database, ct);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            throw new StartupException($"The database of AUTHCORE__DATABASE does not answer, or refuses: {fault.Message}");
        }
        catch (InvalidOperationException fault)
        {
            throw new StartupException(fault.Message);
        }

        var scopes = services.GetRequiredService<ScopeStore>();
        foreach (var scope in StandardScopes.All)
        {
            await scopes.EnsureAsync(scope, ct);
        }

        await services.GetRequiredService<SigningKeys>().LoadAsync(SigningKeys.Initial, ct);
        await services.GetRequiredService<KeyRingStore>().InTurnAsync(() => KeyRing.Load(services), ct);
    }

    private static void AddStores(IServiceCollection services, AuthCoreOptions options) => services
        .AddSingleton(_ => Database.Open(options.Database))
        .AddSingleton<ChangeFeed>().AddHostedService(provider => provider.GetRequiredService<ChangeFeed>())
        .AddSingleton<ClientStore>().AddSingleton<ClientCache>().AddSingleton<UserStore>().AddSingleton<ScopeStore>().AddSingleton<LoginFailureStore>()
        .AddSingleton<SessionStore>().AddSingleton<EndingStore>().AddSingleton<InteractionStore>().AddSingleton<ConsentStore>()
        .AddSingleton<GrantStore>().AddSingleton<AuthorizationCodeStore>().AddSingleton<RefreshTokenStore>()
        .AddSingleton<ExpiredRows>().AddSingleton<SigningKeyStore>().AddSingleton<KeyRingStore>();

    private static void AddKeys(IServiceCollection services, AuthCoreOptions options)
    {
        services.AddSingleton(_ => new KeyEncryption(options.MasterKey));
        services.AddSingleton(_ => new PasswordHasher(options.PasswordHashing.Cost, options.PasswordHashing.Threads, options.PasswordHashing.QueueLength));
        services.AddSingleton<SigningKeys>().AddHostedService(provider => provider.GetRequiredService<SigningKeys>());
        services.AddKeyRing();
    }

    private static void AddFlows(IServiceCollection services, AuthCoreOptions options) => services
        .AddSingleton<IGrant, AuthorizationCodeGrant>().AddSingleton<IGrant, RefreshTokenGrant>().AddSingleton<IGrant, ClientCredentialsGrant>()
        .AddSingleton<Catalog>().AddHostedService(provider => provider.GetRequiredService<Catalog>()).AddSingleton<ClientAuthenticator>().AddSingleton<ClientKeys>().AddSingleton<RemoteKeySets>().AddSingleton<IAccessTokenFormat, JwtAccessTokens>().AddSingleton<AccessTokens>().AddSingleton<TokenIssuer>().AddSingleton<TokenFlow>().AddSingleton<TokenTerms>()
        .AddSingleton<Endings>().AddSingleton<Sessions>().AddSingleton<SignIn>().AddSingleton<Interactions>().AddSingleton<ConsentFlow>().AddSingleton<IdTokenHints>().AddSingleton<Subjects>().AddSingleton<LoginSteps>().AddSingleton<AuthorizeFlow>()
        .AddSingleton<AuthorizationResponses>().AddSingleton<AuthorizationRequestReader>().AddSingleton<TokenBindings>().AddSingleton<PresentedTokens>()
        .AddSingleton<UserInfoFlow>().AddSingleton<Cleanup>().AddHostedService(provider => provider.GetRequiredService<Cleanup>())
        .AddSingleton(provider => provider.GetServices<IMetadataPart>().Aggregate(
            new ServerCapabilities
            {
                GrantTypes = [.. provider.GetServices<IGrant>().Select(grant => grant.GrantType)],
                AccessTokenFormats = [.. provider.GetServices<IAccessTokenFormat>().Select(format => format.Name)],
                AcrValues = provider.GetRequiredService<LoginSteps>().Means.Possible,
            },
            (capabilities, part) => part.Extend(capabilities)));
}
