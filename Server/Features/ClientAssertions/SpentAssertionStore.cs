using AuthCore.Keys;
using AuthCore.Stores;

namespace AuthCore.Features.ClientAssertions;

/// <summary>The table <c>spent_client_assertions</c>: RFC 7523 §3, the <c>jti</c> of each assertion that was used, for as long as it could be used.</summary>
internal sealed class SpentAssertionStore(Database database)
{
    /// <summary>How its rows leave; minutes later than they could, for the clock of another server may be behind.</summary>
    public static readonly ExpiringRows Expiring = new(
        "spent_client_assertions",
        1000,
        """
        delete from spent_client_assertions where (client_id, jti_hash) in (
            select client_id, jti_hash from spent_client_assertions where expires_at < @now - interval '5 minutes' limit @Batch for update skip locked)
        """);

    // In the order of the key: two servers that insert the same names wait for each other in one direction only.
    private const string Spend =
        """
        with k as (
            select * from unnest($1, $2, $3) with ordinality as k (client_id, jti_hash, expires_at, n)),
        spent as (
            insert into spent_client_assertions (client_id, jti_hash, expires_at)
            select client_id, jti_hash, expires_at from k order by client_id, jti_hash, n
            on conflict (client_id, jti_hash) do nothing
            returning client_id, jti_hash)
        select min(k.n) from k join spent s on s.client_id = k.client_id and s.jti_hash = k.jti_hash group by k.client_id, k.jti_hash
        """;

    private readonly SharedWrite<SpentAssertion> _assertions =
        new(database, Spend, static all => [Values.Of(all, of => of.ClientId), Values.Of(all, of => of.IdHash), Values.Of(all, of => of.ExpiresAt)]);

    /// <summary>Uses up the name. The insert is the decision: of two that meet, on whatever servers, one inserts and the other finds the row.</summary>
    /// <param name="clientId">Names are each client's own.</param>
    /// <param name="id">The <c>jti</c>; kept as its SHA-256.</param>
    /// <param name="expiresAt">When an assertion of this name is refused anyway.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where it was used before.</returns>
    public Task<bool> TrySpendAsync(string clientId, string id, DateTimeOffset expiresAt, CancellationToken ct) =>
        _assertions.TryAsync(new SpentAssertion(clientId, Handle.HashOf(id), expiresAt), along: null, ct);

    private sealed record SpentAssertion(string ClientId, byte[] IdHash, DateTimeOffset ExpiresAt);
}
