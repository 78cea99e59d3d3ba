using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>consents</c>: what a person allowed a client before.</summary>
internal sealed class ConsentStore(Database database)
{
    /// <summary>The remembered answer, or null.</summary>
    public async Task<Consent?> FindAsync(string subject, string clientId, CancellationToken ct)
    {
        var row = await database.FindAsync<Row>(
            "select granted, declined from consents where subject = @subject and client_id = @clientId", new { subject, clientId }, ct);
        return row is null ? null : new Consent(row.Granted, row.Declined);
    }

    /// <summary>Remembers the answer: what was ticked joins what was ticked before, what was left unticked now is declined.</summary>
    public Task SaveAsync(string subject, string clientId, string[] granted, string[] declined, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync(
            """
            insert into consents (subject, client_id, granted, declined, granted_at, updated_at)
            values (@subject, @clientId, @granted, @declined, @now, @now)
            on conflict (subject, client_id) do update set
                granted    = array(select unnest(consents.granted)  union select unnest(@granted)  except select unnest(@declined)),
                declined   = array(select unnest(consents.declined) union select unnest(@declined) except select unnest(@granted)),
                updated_at = @now
            """,
            new { subject, clientId, granted, declined, now }, ct);

    private sealed record Row
    {
        public string[] Granted { get; init; } = [];

        public string[] Declined { get; init; } = [];
    }
}
