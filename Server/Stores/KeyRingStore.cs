using Dapper;

namespace AuthCore.Stores;

/// <summary>The table <c>key_ring</c>: the framework's keys, encrypted by the caller.</summary>
internal sealed class KeyRingStore(Database database)
{
    private const long Turn = 0x6b657972696e67;   // "keyring"

    /// <summary>Every key.</summary>
    public Task<IReadOnlyList<byte[]>> ListAsync(CancellationToken ct) => database.ListAsync<byte[]>("select xml from key_ring order by name", null, ct);

    /// <summary>Servers that start together do this one after the other, so that the second finds what the first made.</summary>
    public Task InTurnAsync(Action work, CancellationToken ct) => database.RunAsync(
        async (connection, token) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(token);
            await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@Turn)", new { Turn }, transaction, cancellationToken: token));
            work();
            return true;
        },
        ct);

    /// <summary>Keeps the key.</summary>
    public Task AddAsync(string name, byte[] xml, CancellationToken ct) =>
        database.ExecuteAsync("insert into key_ring (name, xml) values (@name, @xml) on conflict (name) do nothing", new { name, xml }, ct);
}
