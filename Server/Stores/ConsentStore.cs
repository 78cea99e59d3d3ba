using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>consents</c>: what a person allowed a client before. Written where it is answered, by <see cref="InteractionStore.TryConsentAsync"/>, and deleted by <see cref="EndingStore.WithdrawAsync"/>.</summary>
internal sealed class ConsentStore(Database database)
{
    /// <summary>The remembered answer, or null.</summary>
    public async Task<Consent?> FindAsync(string subject, string clientId, CancellationToken ct)
    {
        var row = await database.FindAsync<Row>(
            "select granted, declined, targets from consents where subject = @subject and client_id = @clientId", new { subject, clientId }, ct);
        return row is null ? null : new Consent(row.Granted, row.Declined) { Targets = row.Targets };
    }

    private sealed record Row
    {
        public string[] Granted { get; init; } = [];

        public string[] Declined { get; init; } = [];

        public string[] Targets { get; init; } = [];
    }
}
