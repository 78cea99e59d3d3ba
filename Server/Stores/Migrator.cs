using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>Applies the embedded <c>sql/NNNN_name.sql</c> files in the order of their names, each once, forward only.</summary>
internal static class Migrator
{
    private const long Lock = 0x41757468436f7265;   // "AuthCore": servers that start together take turns

    /// <summary>Brings the schema to head.</summary>
    /// <exception cref="InvalidOperationException">A file that was applied before has changed since.</exception>
    public static async Task MigrateAsync(string connectionString, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "authcore migrate" };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await connection.ExecuteAsync("select pg_advisory_lock(@Lock)", new { Lock });   // released with the connection

        await connection.ExecuteAsync(
            """
            create table if not exists schema_migrations (
                name       text        primary key,
                checksum   bytea       not null,
                applied_at timestamptz not null default now())
            """);
        var applied = (await connection.QueryAsync<(string Name, byte[] Checksum)>("select name, checksum from schema_migrations"))
            .ToDictionary(row => row.Name, row => row.Checksum, StringComparer.Ordinal);
        foreach (var (name, sql) in Files())
        {
            var checksum = SHA256.HashData(Encoding.UTF8.GetBytes(sql));
            if (applied.TryGetValue(name, out var known))
            {
                if (!known.AsSpan().SequenceEqual(checksum))
                {
                    throw new InvalidOperationException($"The migration {name} was applied in another form. Migrations are never edited; restore the file.");
                }

                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await connection.ExecuteAsync(sql, transaction: transaction);
            await connection.ExecuteAsync("insert into schema_migrations (name, checksum) values (@name, @checksum)", new { name, checksum }, transaction);
            await transaction.CommitAsync(ct);
        }
    }

    private static IEnumerable<(string Name, string Sql)> Files()
    {
        var assembly = typeof(Migrator).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith("sql/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource["sql/".Length..], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }
}
