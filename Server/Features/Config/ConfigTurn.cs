using AuthCore.Stores;
using Dapper;
using Npgsql;

namespace AuthCore.Features.Config;

/// <summary>Servers that start together apply their files in turn. The turn ends with its connection, however the server ends.</summary>
internal sealed class ConfigTurn : IAsyncDisposable
{
    private const long Lock = 0x41757468436f6e66;   // "AuthConf"
    private const int WaitSeconds = 60;
    private readonly NpgsqlConnection connection;

    private ConfigTurn(NpgsqlConnection connection) => this.connection = connection;

    /// <exception cref="StorageUnavailableException">The database did not answer, or the turn did not come within a minute.</exception>
    public static async Task<ConfigTurn> TakeAsync(string connectionString, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "authcore config" };
        var turn = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await turn.OpenAsync(ct);
            await turn.ExecuteAsync(new CommandDefinition("select pg_advisory_lock(@Lock)", new { Lock }, commandTimeout: WaitSeconds, cancellationToken: ct));
            return new ConfigTurn(turn);
        }
        catch (NpgsqlException fault)
        {
            await turn.DisposeAsync();
            throw new StorageUnavailableException("The turn to apply the configuration did not come.", fault);
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
