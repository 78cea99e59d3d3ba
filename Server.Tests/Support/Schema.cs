using AuthCore.Stores;

namespace AuthCore.Tests.Support;

/// <summary>The schema at head, as the server itself makes it.</summary>
internal static class Schema
{
    /// <summary>Brings the database to head.</summary>
    public static Task MigrateAsync(string connectionString) => Migrator.MigrateAsync(connectionString, CancellationToken.None);
}
