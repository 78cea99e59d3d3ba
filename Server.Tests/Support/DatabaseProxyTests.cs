using Npgsql;

namespace AuthCore.Tests.Support;

public sealed class DatabaseProxyTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private DatabaseProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await Postgres.CreateDatabaseAsync();
        _proxy = DatabaseProxy.To(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Cutting_resets_open_connections_and_refuses_new_ones_until_restored()
    {
        await using var open = await OpenAsync();
        Assert.Equal(1, await AskAsync(open));

        _proxy.Cut();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => AskAsync(open));
        await Assert.ThrowsAnyAsync<NpgsqlException>(OpenAsync);

        _proxy.Restore();
        await using var again = await OpenAsync();
        Assert.Equal(1, await AskAsync(again));
    }

    [Fact]
    public async Task In_a_black_hole_an_answer_comes_only_after_it_is_restored()
    {
        await using var open = await OpenAsync();
        _proxy.BlackHole();

        var answer = AskAsync(open);
        Assert.NotSame(answer, await Task.WhenAny(answer, Task.Delay(200, TestContext.Current.CancellationToken)));

        _proxy.Restore();
        Assert.Equal(1, await answer);
    }

    [Fact]
    public async Task A_black_hole_takes_new_connections_and_lets_them_time_out()
    {
        _proxy.BlackHole();

        var error = await Assert.ThrowsAsync<NpgsqlException>(OpenAsync);
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_proxy.ConnectionString) { Pooling = false, Timeout = 1 }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<int> AskAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
