using System.Globalization;
using System.Net;
using AuthCore.Endpoints;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Tests.Samples;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>A server in a process of its own is killed between a failed delivery and the next.</summary>
public sealed class KilledServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_logout_arrives_after_a_first_failure_and_after_a_kill_of_the_server_in_between()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var database = await Postgres.CreateDatabaseAsync();
        var port = SampleProcess.FreePort();
        var issuer = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
        var client = Seed.FirstParty with { ClientId = "rp", BackchannelLogoutUri = receiver.Address + "/rp" };
        await SeedAsync(issuer, database.ConnectionString, client);
        var config = Path.Combine(Path.GetTempPath(), $"authcore-killed-{Environment.ProcessId}.yaml");
        await File.WriteAllTextAsync(config, "clients: []\n", Ct);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["AUTHCORE__ISSUER"] = issuer,
            ["AUTHCORE__DATABASE"] = database.ConnectionString,
            ["AUTHCORE__MASTERKEY"] = Convert.ToBase64String(new byte[32]),
            ["AUTHCORE__CONFIG"] = config,
            ["AUTHCORE__PASSWORDHASHING__COST"] = "4",
        };

        receiver.Answer("/rp", 500);
        string first;
        await using (var server = await StartAsync(settings))   // ends by SIGKILL
        {
            using var browser = new TestBrowser(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = new CookieContainer() }), issuer);
            await browser.GetCodeAsync(client, "openid");
            await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));
            first = MessageOf(await receiver.NextAsync("/rp"));
            await UntilAsync(database, "select count(*)::int from logout_messages where last_status = 500 and delivered_at is null");
        }

        receiver.Answer("/rp", 200);
        while (receiver.Waiting("/rp") > 0)
        {
            Assert.Equal(first, MessageOf(await receiver.NextAsync("/rp")));   // tried again before the kill
        }

        await using var next = await StartAsync(settings);

        Assert.Equal(first, MessageOf(await receiver.NextAsync("/rp")));
        await UntilAsync(database, "select count(*)::int from logout_messages where delivered_at is not null and last_status = 200");
        File.Delete(config);
    }

    private static async Task<SampleProcess> StartAsync(Dictionary<string, string> settings)
    {
        var server = SampleProcess.Start(typeof(AuthCoreOptions).Assembly.Location, settings);
        await server.LineAsync("ready issuer=");
        return server;
    }

    private static async Task SeedAsync(string issuer, string connectionString, Client client)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddCore(new AuthCoreOptions { Issuer = issuer, Database = connectionString, MasterKey = new byte[32], PasswordHashing = new PasswordHashingOptions { Cost = 4, Threads = 1 } });
        await using var provider = services.BuildServiceProvider();
        await Seed.WriteAsync(provider);
        await provider.GetRequiredService<AuthCore.Stores.ClientStore>().SaveAsync(client, Ct);
    }

    // Each attempt is a token of its own, whose `jti` is the message's with the number of the attempt.
    private static string MessageOf(Received received) => TestBrowser.ClaimsOf(received.Token).GetProperty("jti").GetString()!.Split('.')[0];

    private static async Task UntilAsync(TestDatabase database, string count)
    {
        await using var connection = await database.OpenAsync();
        for (var round = 0; await connection.QuerySingleAsync<int>(count) == 0; round++)
        {
            Assert.True(round < 1000, count);
            await Task.Delay(10, Ct);
        }
    }
}
