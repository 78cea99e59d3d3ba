using Npgsql;

namespace AuthCore.Tests.Support;

public sealed class PostgresTests
{
    [Fact]
    public async Task Two_databases_of_one_run_do_not_see_each_other()
    {
        await using var one = await Postgres.CreateDatabaseAsync();
        await using var other = await Postgres.CreateDatabaseAsync();

        await using var writing = await one.OpenAsync();
        await ExecuteAsync(writing, "create table only_here (id int)");

        await using var reading = await other.OpenAsync();
        var error = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(reading, "select * from only_here"));
        Assert.Equal(PostgresErrorCodes.UndefinedTable, error.SqlState);
    }

    [Fact]
    public async Task A_disposed_database_is_gone_even_with_a_connection_still_open()
    {
        var database = await Postgres.CreateDatabaseAsync();
        await using var still = await database.OpenAsync();

        await database.DisposeAsync();

        await using var again = new NpgsqlConnection(database.ConnectionString);
        var error = await Assert.ThrowsAsync<PostgresException>(() => again.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, error.SqlState);
    }

    [Theory]
    [InlineData("postgres://me:p%40ss@db.example:6432/things?sslmode=require", "Host=db.example;Port=6432;Username=me;Database=things;Password=p@ss;SSL Mode=Require")]
    [InlineData("postgresql://me@db.example", "Host=db.example;Port=5432;Username=me;Database=postgres")]
    [InlineData("Host=db.example;Username=me", "Host=db.example;Username=me;Database=postgres")]
    public void Both_forms_of_naming_a_server_are_read(string named, string expected) =>
        Assert.True(new NpgsqlConnectionStringBuilder(expected).EquivalentTo(new NpgsqlConnectionStringBuilder(Postgres.Read(named))), Postgres.Read(named));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // fixed texts of these tests
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
