using AuthCore.Protocol;
using AuthCore.Stores;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AuthCore.Tests.Support;

/// <summary>The whole server in process, on a database of its own, with a clock that stands still. One a test class.</summary>
public sealed class AuthCoreApp : IAsyncLifetime
{
    /// <summary>Every user's password.</summary>
    public const string Password = "correct horse battery staple";

    /// <summary>Every confidential client's secret; its characters are those that a header gets wrong.</summary>
    public const string Secret = "a secret with :+%& é, long enough";

    private TestDatabase? _database;
    private Factory? _factory;

    /// <summary>The issuer; never reached over a network.</summary>
    public string Issuer { get; init; } = "https://issuer.test";

    /// <summary>Further settings, as <c>AuthCore:…</c>.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>The port of loopback to listen on with Kestrel, as <see cref="KestrelApp"/> does; null = in memory.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the samples of <see cref="Seed"/> are written; a configuration file may bring its own.</summary>
    public bool Seeded { get; set; } = true;

    /// <summary>Replaces the connection string, for a proxy between server and database.</summary>
    public Func<string, string>? Connect { get; init; }

    /// <summary>Changes the server's services before it starts.</summary>
    public Action<IServiceCollection>? ServicesChange { get; init; }

    /// <summary>The clock; null = the computer's.</summary>
    public FakeTime? Time { get; init; } = new();

    /// <summary>True for a real Kestrel on a port of its own, where limits and bytes are tested.</summary>
    public bool OnKestrel { get; init; }

    /// <summary>Where Kestrel listens, as <c>http://127.0.0.1:port</c>.</summary>
    public Uri Address => new(Get<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <summary>What the server logged, for tests that secrets are not among it.</summary>
    public LogCapture Logs { get; } = new();

    /// <summary>The server's services.</summary>
    public IServiceProvider Services => Running.Services;

    /// <summary>The database's connection string, without any proxy.</summary>
    public string ConnectionString => _database!.ConnectionString;

    private Factory Running => _factory ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>Makes the database, starts the server and writes the samples of <see cref="Seed"/>.</summary>
    public async ValueTask InitializeAsync()
    {
        _database = await Postgres.CreateDatabaseAsync();
        _factory = new Factory(this, Connect?.Invoke(_database.ConnectionString) ?? _database.ConnectionString);
        if (Port is not null || OnKestrel)
        {
            _factory.UseKestrel(Port ?? 0);
            _factory.StartServer();
        }

        _ = _factory.Services;   // starts it
        if (Seeded)
        {
            await Seed.WriteAsync(Services);
        }
    }

    /// <summary>A second server on the same database, clock and master key.</summary>
    public WebApplicationFactory<Program> StartSecondNode()
    {
        var node = new Factory(this, _database!.ConnectionString);
        _ = node.Services;
        return node;
    }

    /// <summary>A client that keeps cookies and follows nothing.</summary>
    public HttpClient CreateClient(WebApplicationFactory<Program>? node = null) =>
        (node ?? Running).CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true, BaseAddress = new Uri(Issuer) });

    /// <summary>A browser with its own cookies.</summary>
    public TestBrowser CreateBrowser(WebApplicationFactory<Program>? node = null) => new(CreateClient(node), Issuer);

    /// <summary>A service of the server.</summary>
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Writes a client.</summary>
    public Task SaveAsync(Client client) => Get<ClientStore>().SaveAsync(client, CancellationToken.None);

    /// <summary>Writes a resource, for this server to know at once.</summary>
    public async Task SaveAsync(ResourceDefinition resource)
    {
        await Get<ScopeStore>().SaveResourceAsync(resource, CancellationToken.None);
        await Get<AuthCore.Flows.Catalog>().StartAsync(CancellationToken.None);
    }

    /// <summary>Writes a user with <see cref="Password"/>.</summary>
    public Task SaveAsync(User user) => Seed.SaveUserAsync(Services, user);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_factory is not null)
        {
            await _factory.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private sealed class Factory(AuthCoreApp app, string connectionString) : WebApplicationFactory<Program>
    {
        private static readonly string s_emptyConfig = WriteEmptyConfig();

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("AuthCore:Issuer", app.Issuer);
            builder.UseSetting("AuthCore:Database", connectionString);
            builder.UseSetting("AuthCore:MasterKey", Convert.ToBase64String(new byte[32]));
            builder.UseSetting("AuthCore:Config", s_emptyConfig);
            builder.UseSetting("AuthCore:PasswordHashing:Cost", "4");
            if (app.OnKestrel)
            {
                builder.UseSetting("urls", "http://127.0.0.1:0");
            }

            foreach (var (key, value) in app.Settings)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(app.Logs).SetMinimumLevel(LogLevel.Debug));
            builder.ConfigureTestServices(services =>
            {
                app.ServicesChange?.Invoke(services);
                if (app.Time is { } time)
                {
                    services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
                }
            });
        }

        private static string WriteEmptyConfig()
        {
            var path = Path.Combine(Path.GetTempPath(), $"authcore-tests-{Environment.ProcessId}.yaml");
            File.WriteAllText(path, "clients: []\n");
            return path;
        }
    }
}
