using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>The two lines of the composition root.</summary>
internal static class ConfigExtensions
{
    /// <summary>Configuration as a file: scopes, resources, clients and users.</summary>
    public static IServiceCollection AddConfigFile(this IServiceCollection services) => services
        .AddSingleton(provider => new SecretReader(Environment.GetEnvironmentVariable, provider.GetRequiredService<AuthCoreOptions>().IsDevelopment))
        .AddSingleton<ConfigJudge>()
        .AddSingleton<ConfigStore>()
        .AddSingleton<ScopeWriter>()
        .AddSingleton<ClientWriter>()
        .AddSingleton<UserWriter>()
        .AddSingleton<ConfigRemover>()
        .AddSingleton<ConfigWriter>()
        .AddSingleton<ConfigApplier>();

    /// <summary>Applies the file, when the schema is at head and before the first request.</summary>
    /// <exception cref="StartupException">The file has faults: all of them, each with its line.</exception>
    public static async Task ApplyConfigAsync(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<AuthCoreOptions>();
        var source = ConfigSource.Find(options, Directory.GetCurrentDirectory());
        var (model, changes) = await app.Services.GetRequiredService<ConfigApplier>().ApplyAsync(source, app.Lifetime.ApplicationStopping);
        app.Logger.LogInformation("config.applied: {Source}, {Changes} changes", source?.Name ?? "no configuration file", changes.Written.Count);
        if (source is { IsBuiltIn: true } && app.Services.GetService<DemoFacts>() is { } facts)
        {
            SetDemoFacts(facts, model);
        }
    }

    internal static void SetDemoFacts(DemoFacts facts, ConfigModel demo) => facts.Set(
        [.. demo.Users.Select(entry => new DemoUser(entry.User.Username, entry.Password!.Value, entry.User.Name))],
        [.. demo.Clients.Select(entry => new DemoClient
        {
            ClientId = entry.Client.ClientId,
            Name = entry.Client.ClientName,
            Kind = KindOf(entry.Client),
            RedirectUris = entry.Client.RedirectUris,
            GrantTypes = entry.Client.GrantTypes,
            Scope = entry.Client.Scope,
            Secret = entry.ClearSecrets.Count > 0 ? entry.ClearSecrets[0] : null,
        })]);

    private static string KindOf(Client client) =>
        client.RedirectUris.Length == 0 ? "machine" : (client.IsPublic ? "public, " : "confidential, ") + client.ApplicationType;
}
