using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>consents</c>: what a person allowed a client before.</summary>
internal sealed class ConsentStore(Database database)
{
    /// <summary>The remembered answer, or null.</summary>
    public async Task<Consent?> FindAsync(string subject, string clientId, CancellationToken ct)
    {
        var row = await database.FindAsync<Row>(
            "select granted, declined, targets from consents where subject = @subject and client_id = @clientId", new { subject, clientId }, ct);
        return row is null ? null : new Consent(row.Granted, row.Declined) { Targets = row.Targets };
    }

    /// <summary>Remembers the answer: what was ticked joins what was ticked before, what was left unticked now is declined, wherever it was allowed.</summary>
    public Task SaveAsync(string subject, string clientId, Consent answer, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync(
            """
            insert into consents (subject, client_id, granted, declined, targets, granted_at, updated_at)
            values (@subject, @clientId, @Granted, @Declined, @Targets, @now, @now)
            on conflict (subject, client_id) do update set
                granted    = array(select unnest(consents.granted)  union select unnest(@Granted)  except select unnest(@Declined)),
                declined   = array(select unnest(consents.declined) union select unnest(@Declined) except select unnest(@Granted)),
                targets    = array(select t from unnest(consents.targets) t where split_part(t, ' ', 1) <> all(@Declined) union select unnest(@Targets)),
                updated_at = @now
            """,
            new { subject, clientId, answer.Granted, answer.Declined, answer.Targets, now }, ct);

    private sealed record Row
    {
        public string[] Granted { get; init; } = [];

        public string[] Declined { get; init; } = [];

        public string[] Targets { get; init; } = [];
    }
}
