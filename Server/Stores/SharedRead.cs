using Npgsql;

namespace AuthCore.Stores;

/// <summary>A read of one row by its key, which goes together with others of its kind: one statement, one round trip. What was committed before it was asked for is seen.</summary>
/// <param name="database">Where.</param>
/// <param name="sql">
/// A constant that takes its keys as arrays, <c>from unnest($1, …) with ordinality as k (…, n)</c>, and whose first column is <c>k.n</c>; at most one row a key.
/// </param>
/// <param name="values">The arrays.</param>
/// <param name="read">Makes the result, from the columns after the first.</param>
/// <typeparam name="TKey">What is looked for.</typeparam>
/// <typeparam name="TRow">What is found.</typeparam>
internal sealed class SharedRead<TKey, TRow>(Database database, string sql, Func<TKey[], NpgsqlParameter[]> values, Func<RowReader, TRow> read)
    where TRow : class
{
    private readonly Batches<TKey, TRow?> _batches = new(async (keys, within) =>
    {
        var found = new TRow?[keys.Length];
        await database.ReadEachAsync(sql, values(keys), row => found[row.Place()] = read(row), within, CancellationToken.None);
        return found;
    });

    /// <summary>The row of this key, or null.</summary>
    public Task<TRow?> FindAsync(TKey key, CancellationToken ct) => _batches.DoAsync(key, ct);
}
