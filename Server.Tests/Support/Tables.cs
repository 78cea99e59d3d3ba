using System.Text;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>What the whole database holds, to tell that a request changed nothing.</summary>
internal static class Tables
{
    /// <summary>A line a table: its name, how many rows, and a digest of them.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="but">Tables that may change.</param>
    public static async Task<string> ReadAsync(string connectionString, params string[] but)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        var names = await connection.QueryAsync<string>("select tablename::text from pg_tables where schemaname = 'public' order by 1");
        var lines = new StringBuilder();
        foreach (var name in names.Except(but))
        {
            lines.AppendLine(await connection.QuerySingleAsync<string>(
                $"select '{name} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {name} t"));
        }

        return lines.ToString();
    }
}
