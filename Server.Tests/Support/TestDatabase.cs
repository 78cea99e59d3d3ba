using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>A database of one's own with the current schema and nothing in it; gone when disposed.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly string _name;

    internal TestDatabase(PostgresServer server, string name)
    {
        _server = server;
        _name = name;
        ConnectionString = server.ConnectionStringTo(name);
    }

    public string ConnectionString { get; }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        await _server.DropAsync(_name);
    }
}
