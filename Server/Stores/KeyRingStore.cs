namespace AuthCore.Stores;

/// <summary>The table <c>key_ring</c>: the framework's keys, encrypted by the caller.</summary>
internal sealed class KeyRingStore(Database database)
{
    /// <summary>Every key.</summary>
    public Task<IReadOnlyList<byte[]>> ListAsync(CancellationToken ct) => database.ListAsync<byte[]>("select xml from key_ring order by name", null, ct);

    /// <summary>Keeps the key.</summary>
    public Task AddAsync(string name, byte[] xml, CancellationToken ct) =>
        database.ExecuteAsync("insert into key_ring (name, xml) values (@name, @xml) on conflict (name) do nothing", new { name, xml }, ct);
}
