using System.Globalization;
using AuthCore.Options;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Samples;

/// <summary>AuthCore with its demo configuration, and the three samples that are servers, each in its process on a free port.</summary>
public sealed class RunningSamples : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _running = [];
    private readonly string _config = Path.Combine(Path.GetTempPath(), $"authcore-samples-{System.Environment.ProcessId}.yaml");

    public string Issuer { get; } = Address();

    public string WebApp { get; } = Address();

    public string Spa { get; } = Address();

    public string Api { get; } = Address();

    public IReadOnlyCollection<string> Origins => [Issuer, WebApp, Spa, Api];

    public string Database { get; private set; } = "";

    internal Dictionary<string, string> Environment => new(StringComparer.Ordinal) { ["ISSUER"] = Issuer, ["API"] = Api };

    public async ValueTask InitializeAsync()
    {
        var database = await Postgres.CreateDatabaseAsync();
        _running.Add(database);
        Database = database.ConnectionString;
        await File.WriteAllTextAsync(_config, Configuration());

        var server = Start(SampleProcess.Start(typeof(AuthCoreOptions).Assembly.Location, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["AUTHCORE__ISSUER"] = Issuer,
            ["AUTHCORE__DATABASE"] = database.ConnectionString,
            ["AUTHCORE__MASTERKEY"] = Convert.ToBase64String(new byte[32]),
            ["AUTHCORE__CONFIG"] = _config,
            ["AUTHCORE__PASSWORDHASHING__COST"] = "4",
        }));
        var api = Start(SampleProcess.StartSample("api", "Api", Environment, "--port", Port(Api), "--spa", Spa));
        var web = Start(SampleProcess.StartSample("web-app", "WebApp", Environment, "--port", Port(WebApp)));
        var spa = Start(SampleProcess.StartSample("spa", "Spa", Environment, "--port", Port(Spa)));
        await server.LineAsync("ready issuer=");
        foreach (var sample in new[] { api, web, spa })
        {
            await sample.LineAsync("Application started");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_running))
        {
            await one.DisposeAsync();
        }

        File.Delete(_config);
    }

    // The demo as it is, but on free ports, and with tokens of people so short that each use has to refresh.
    private string Configuration()
    {
        using var demo = new StreamReader(typeof(AuthCoreOptions).Assembly.GetManifestResourceStream("config/demo.yaml")!);
        return demo.ReadToEnd()
            .Replace("http://localhost:8081", WebApp, StringComparison.Ordinal)
            .Replace("http://localhost:8082", Spa, StringComparison.Ordinal)
            .Replace("http://localhost:8083", Api, StringComparison.Ordinal)
            .Replace("- client_id: demo-web", "- client_id: demo-web\n    access_token_lifetime: 20", StringComparison.Ordinal)
            .Replace("- client_id: demo-native", "- client_id: demo-native\n    access_token_lifetime: 20", StringComparison.Ordinal);
    }

    private SampleProcess Start(SampleProcess process)
    {
        _running.Add(process);
        return process;
    }

    private static string Address() => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{SampleProcess.FreePort()}");

    private static string Port(string address) => address[(address.LastIndexOf(':') + 1)..];
}
