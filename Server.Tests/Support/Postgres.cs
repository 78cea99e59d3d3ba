using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>The PostgreSQL of this run: the one named in the environment, else a private one, started at the first use.</summary>
internal static class Postgres
{
    /// <summary>Holds a connection string, or a <c>postgres://</c> URL, of a user who may create databases.</summary>
    public const string Variable = "AUTHCORE_TEST_DATABASE";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartAsync(durable: false));

    /// <summary>A fresh database with the current schema; its owner disposes it.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync() => await (await Shared.Value).CreateDatabaseAsync();

    /// <param name="durable">For a private server: whether commits reach the disk, as a benchmark needs.</param>
    public static async Task<PostgresServer> StartAsync(bool durable)
    {
        var named = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(named))
        {
            return await PostgresServer.OpenAsync((await PostgresCluster.StartAsync(durable)).ConnectionString);
        }

        var server = await PostgresServer.OpenAsync(Read(named));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DropTemplateAsync().Wait(TimeSpan.FromSeconds(5));
        return server;
    }

    /// <summary>Both forms as a connection string; Npgsql itself knows no URL.</summary>
    internal static string Read(string named)
    {
        if (!named.StartsWith("postgres://", StringComparison.Ordinal) && !named.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            var given = new NpgsqlConnectionStringBuilder(named);
            given.Database ??= "postgres";
            return given.ConnectionString;
        }

        var url = new Uri(named);
        var user = url.UserInfo.Split(':', 2);
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        var read = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port > 0 ? url.Port : 5432,
            Username = Uri.UnescapeDataString(user[0]),
            Database = database.Length > 0 ? database : "postgres",
        };
        if (user.Length > 1)
        {
            read.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            read[parts[0] == "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "");
        }

        return read.ConnectionString;
    }
}
