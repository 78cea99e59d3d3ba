namespace AuthCore.Stores;

/// <summary>How rows of one table leave when their time is over. A feature with a table of its own injects one.</summary>
/// <param name="Table">The table.</param>
/// <param name="Batch">How many rows at once: the lock on them is short.</param>
/// <param name="Sql">Deletes at most <c>@Batch</c> rows that are over at <c>@now</c>, and waits for none.</param>
internal sealed record ExpiringRows(string Table, int Batch, string Sql);

/// <summary>Rows whose time is over, in every table that grows with use. Children go before what they hang on, in batches that hold no lock for long.</summary>
internal sealed class ExpiredRows(Database database, IEnumerable<ExpiringRows> ofFeatures)
{
    // A family stays a day after its end: a code or refresh token that comes again is told from one that nobody made.
    // In the order of the index, or a plan made for a table full of expired rows reads the living ones that lie before them, batch after batch;
    // by their place, which the lock holds fast, or each is looked up once more: a third of the time of a delete by key.
    private static readonly ExpiringRows[] s_core =
    [
        new("interactions", 1000,
            """
            delete from interactions where ctid = any(array(
                select ctid from interactions where expires_at < @now - interval '1 hour' order by expires_at limit @Batch for update skip locked))
            """),
        new("grants", 1000,
            """
            delete from grants where ctid = any(array(
                select ctid from grants where expires_at < @now - interval '1 day' order by expires_at limit @Batch for update skip locked))
            """),
        new("sessions", 1000,
            """
            delete from sessions where ctid = any(array(
                select ctid from sessions where expires_at < @now - interval '1 day' order by expires_at limit @Batch for update skip locked))
            """),
        new("login_failures", 1000,
            """
            delete from login_failures where ctid = any(array(
                select ctid from login_failures where window_ends_at < @now - interval '2 days' order by window_ends_at limit @Batch for update skip locked))
            """),
    ];

    private readonly ExpiringRows[] _statements = [.. s_core, .. ofFeatures];

    /// <summary>The tables, in the order in which they are to be cleaned.</summary>
    public IEnumerable<string> Tables => _statements.Select(s => s.Table);

    /// <summary>Takes one batch out of a table.</summary>
    /// <returns>How many rows went, and whether there may be more.</returns>
    public async Task<(int Rows, bool MayBeMore)> DeleteBatchAsync(string table, DateTimeOffset now, CancellationToken ct)
    {
        var (_, batch, sql) = _statements.Single(s => s.Table == table);
        var rows = await database.ExecuteAsync(sql, new { now, Batch = batch }, ct);
        return (rows, rows == batch);
    }
}
