using Npgsql;

namespace AuthCore.Stores;

/// <summary>
/// A decision applied to one row, which goes together with others of its kind: one statement, one commit, one wait for the disk. None waits for another's row:
/// rows that somebody else holds are passed over, and written alone.
/// </summary>
/// <param name="database">Where.</param>
/// <param name="sql">
/// A constant that takes its values as arrays, <c>from unnest($1, …) with ordinality as k (…, n)</c>, repeats the facts that were decided on where it locks
/// the rows <c>skip locked</c>, writes what it locked, and returns <c>k.n</c> of each. Without these words it waits for others itself, in an order that all keep to.
/// </param>
/// <param name="values">The arrays.</param>
/// <typeparam name="TChange">The decision, with its facts.</typeparam>
internal sealed class SharedWrite<TChange>(Database database, string sql, Func<TChange[], NpgsqlParameter[]> values)
{
    private readonly string _waiting = sql.Replace(" skip locked", "", StringComparison.Ordinal);

    private readonly Batches<TChange, bool> _batches = new(async (changes, within) =>
    {
        var isWritten = new bool[changes.Length];
        await database.ReadEachAsync(sql, values(changes), row => isWritten[row.Place()] = true, within, CancellationToken.None);
        return isWritten;
    });

    /// <summary>Applies it, if the facts still hold: with others, or alone where something is to be written along.</summary>
    /// <param name="change">The decision.</param>
    /// <param name="along">What is written in the same transaction, whatever comes of the change; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where they hold no more: decide again.</returns>
    public async Task<bool> TryAsync(TChange change, Statement? along, CancellationToken ct) => along is null
        ? await _batches.DoAsync(change, ct) || (_waiting != sql && await TryAloneAsync(change, ct))
        : await database.WriteAsync(_waiting, values([change]), along, ct) == 1;

    /// <summary>Applies it alone, if the facts still hold; whoever holds the row is waited for.</summary>
    /// <returns>False where they hold no more: decide again.</returns>
    public async Task<bool> TryAloneAsync(TChange change, CancellationToken ct) =>
        await database.ReadEachAsync(_waiting, values([change]), static _ => { }, Database.Deadline, ct) == 1;
}
