using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>Brings an empty database to the current schema.</summary>
internal static class Schema
{
    /// <summary>Applies the server's embedded migrations in name order.</summary>
    public static async Task MigrateAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var assembly = typeof(Program).Assembly;
        foreach (var name in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("sql/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
#pragma warning disable CA2100 // the migrations are ours
            await using var command = new NpgsqlCommand(await reader.ReadToEndAsync(), connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }
}
