using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>A server where databases may be created, and the template they are copied from.</summary>
internal sealed class PostgresServer
{
    private const string Prefix = "authcore_test_";
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(6);

    private readonly string _admin;
    private readonly string _run;
    private int _created;

    private PostgresServer(string admin, string run)
    {
        _admin = admin;
        _run = run;
    }

    private string Template => _run + "template";

    /// <param name="admin">Connection string of a user who may create databases.</param>
    public static async Task<PostgresServer> OpenAsync(string admin)
    {
        // the second in the name tells databases of dead runs from those of living ones
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var server = new PostgresServer(admin, string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{now}_{RandomNumberGenerator.GetHexString(6, lowercase: true)}_"));
        await server.DropOlderThanAsync(now - (long)LongestRun.TotalSeconds);
        await server.ExecuteAsync($"create database {server.Template}");

        // an open connection to the template would refuse every copy, so none is kept in a pool
        await Schema.MigrateAsync(new NpgsqlConnectionStringBuilder(server.ConnectionStringTo(server.Template)) { Pooling = false }.ConnectionString);
        return server;
    }

    public string ConnectionStringTo(string database) =>
        new NpgsqlConnectionStringBuilder(_admin) { Database = database }.ConnectionString;

    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var name = _run + Interlocked.Increment(ref _created).ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync($"create database {name} template {Template}");
        return new TestDatabase(this, name);
    }

    public Task DropAsync(string database) => ExecuteAsync($"drop database if exists {database} with (force)");

    public Task DropTemplateAsync() => DropAsync(Template);

    private async Task DropOlderThanAsync(long second)
    {
        var names = new List<string>();
        await using (var connection = new NpgsqlConnection(_admin))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select datname from pg_database where datname ~ '^authcore_test_[0-9]+_'", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        foreach (var name in names.Where(name => long.Parse(name[Prefix.Length..].Split('_')[0], CultureInfo.InvariantCulture) < second))
        {
            await DropAsync(name);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
#pragma warning disable CA2100 // names of databases cannot be parameters; these are made above
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
