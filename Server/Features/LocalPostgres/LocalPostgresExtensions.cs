using AuthCore.Options;

namespace AuthCore.Features.LocalPostgres;

/// <summary>In Development, supplies what a production server must be given: a database, and a master key.</summary>
internal static class LocalPostgresExtensions
{
    private const string Folder = "AuthCore:LocalPostgres:Folder";
    private const string Binaries = "AuthCore:LocalPostgres:Binaries";
    private const string MasterKey = "AuthCore:MasterKey";

    /// <summary>To be called before the options are loaded. Whatever is configured is left alone.</summary>
    /// <exception cref="StartupException">There is no PostgreSQL to start, or it does not start.</exception>
    public static async Task AddLocalPostgresAsync(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        configuration.Claim(Folder, Binaries);
        if (!builder.Environment.IsDevelopment()) { return; }

        try
        {
            await SupplyAsync(builder, configuration);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder of AuthCore cannot be used: {fault.Message} AUTHCORE__LOCALPOSTGRES__FOLDER may name another.");
        }
    }

    private static async Task SupplyAsync(WebApplicationBuilder builder, ConfigurationManager configuration)
    {
        var folder = new Lazy<DataFolder>(() => DataFolder.Open(configuration[Folder]));
        if (!SecretSetting.IsGiven(configuration, MasterKey))
        {
            SecretFile.Ensure(folder.Value.MasterKey);
            Put(configuration, MasterKey + "_FILE", folder.Value.MasterKey);
        }

        if (!DatabaseSetting.IsGiven(configuration))
        {
            using var signals = new EarlySignals();
            var database = await LocalDatabase.StartAsync(folder.Value, configuration[Binaries], TimeProvider.System, CancellationToken.None);
            StopWithServer.Register(builder.Services, database);
            Put(configuration, DatabaseSetting.Key, database.ConnectionString);
            configuration.AddStartNote("database", database.Note);
        }
    }

    private static void Put(ConfigurationManager configuration, string key, string value) =>
        configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]);
}
