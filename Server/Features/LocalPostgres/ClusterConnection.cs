using AuthCore.Options;
using Npgsql;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Sees that the cluster answers to its password and has the database.</summary>
internal static class ClusterConnection
{
    private const string DatabaseName = "authcore";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A cluster that was found running may be on its way up or down: then it is waited for, or started again.</summary>
    public static async Task<NpgsqlConnectionStringBuilder> OpenAsync(PostgresCluster cluster, DataFolder folder, TimeProvider time, CancellationToken ct)
    {
        var password = (await File.ReadAllTextAsync(folder.DatabasePassword, ct)).Trim();
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time, ct))
        {
            var connection = To(await cluster.EnsureRunningAsync(ct), password);
            try
            {
                await EnsureDatabaseAsync(connection, ct);
                return connection;
            }
            catch (NpgsqlException fault) when (IsPassing(fault) && time.GetElapsedTime(began) < Limit)
            {
            }
            catch (NpgsqlException fault)
            {
                throw new StartupException(
                    $"The local PostgreSQL on port {connection.Port} does not answer as it should: {fault.Message}{Environment.NewLine}Its log is {folder.Log}, its password is in {folder.DatabasePassword}.");
            }
        }
    }

    private static NpgsqlConnectionStringBuilder To(int port, string password) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Username = PostgresCluster.Superuser,
        Password = password,
        Database = DatabaseName,
        MaxPoolSize = 20,
    };

    private static bool IsPassing(NpgsqlException fault) =>
        fault is not PostgresException postgres
        || postgres.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;

    private static async Task EnsureDatabaseAsync(NpgsqlConnectionStringBuilder target, CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(ct);
        await using var find = new NpgsqlCommand("select 1 from pg_database where datname = 'authcore'", connection);
        if (await find.ExecuteScalarAsync(ct) is not null) { return; }
        await using var create = new NpgsqlCommand("create database authcore", connection);
        await create.ExecuteNonQueryAsync(ct);
    }
}
