using AuthCore.Features.Config;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Features.Config;

/// <summary>The feature as the composition root uses it.</summary>
public sealed class ConfigStartTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await Postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task In_Development_without_a_file_the_demo_is_applied_and_its_facts_are_known()
    {
        await using var app = Build(configFile: null);

        await app.ApplyConfigAsync();

        Assert.Equal(["alice", "bob"], app.Services.GetRequiredService<DemoFacts>().Users.Select(user => user.Username));
        Assert.Equal(4, app.Services.GetRequiredService<DemoFacts>().Clients.Count);
        Assert.NotNull(await app.Services.GetRequiredService<ClientStore>().FindAsync("demo-spa", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_a_file_there_are_no_demo_facts()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "demo: true\nusers: [{username: ann, password: ann}]", TestContext.Current.CancellationToken);
            await using var app = Build(file);

            await app.ApplyConfigAsync();

            Assert.Empty(app.Services.GetRequiredService<DemoFacts>().Users);
            Assert.Single(await app.Services.GetRequiredService<UserStore>().ListAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private WebApplication Build(string? configFile)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services
            .AddSingleton(new AuthCoreOptions
            {
                Issuer = "http://localhost:8080", Database = _database.ConnectionString, MasterKey = new byte[32], IsDevelopment = true, ConfigFile = configFile,
            })
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => Database.Open(_database.ConnectionString))
            .AddLogging().AddSingleton<ChangeFeed>().AddSingleton<ClientStore>()
            .AddSingleton<UserStore>()
            .AddSingleton<ScopeStore>()
            .AddSingleton(new KeyEncryption(new byte[32]))
            .AddSingleton(_ => new PasswordHasher(cost: 4, threadCount: 1))
            .AddSingleton(new ServerCapabilities { GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], AcrValues = [] })
            .AddSingleton<DemoFacts>()
            .AddConfigFile();
        return builder.Build();
    }
}
