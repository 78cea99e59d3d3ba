using AuthCore.Stores;

namespace AuthCore.Features.Revocation;

/// <summary>An access token that was ended before its time.</summary>
internal sealed record RevokedAccessToken
{
    public string Jti { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The table <c>revoked_access_tokens</c>, and the end of a family at the wish of its client.</summary>
internal sealed class RevocationStore(Database database)
{
    /// <summary>How expired rows go: minutes after the tokens died of old age, for the clock of another server may be behind.</summary>
    public static ExpiringRows Expiring { get; } = new(
        "revoked_access_tokens", 1000,
        """
        delete from revoked_access_tokens where jti in (
            select jti from revoked_access_tokens where expires_at < @now - interval '5 minutes' limit @Batch for update skip locked)
        """);

    /// <summary>Ends the family of a refresh token, spent or not, if it is this client's.</summary>
    /// <returns>Whether it lived until now.</returns>
    public async Task<bool> RevokeFamilyAsync(PresentedRefreshToken token, string clientId, DateTimeOffset now, CancellationToken ct) =>
        await database.WriteAsync(
            $"""
             update grants g
             set    revoked_at = $5, revoked_because = 'revoked by the client'
             from   (values ($1, $2, $3)) as k (id, hash, chain)
             where  {RefreshTokenStore.IsOfChain} and g.client_id = $4 and g.revoked_at is null
             """,
            [Value.Of(token.GrantId), Value.Of(token.Hash), Value.Of(token.ChainHash), Value.Of(clientId), Value.Of(now)], ct) == 1;

    /// <summary>Notes that the access token is dead, once; a trigger tells all servers.</summary>
    public Task AddAsync(string jti, DateTimeOffset expiresAt, CancellationToken ct) => database.WriteAsync(
        "insert into revoked_access_tokens (jti, expires_at) values ($1, $2) on conflict (jti) do nothing", [Value.Of(jti), Value.Of(expiresAt)], ct);

    /// <summary>Whether the access token was noted to be dead.</summary>
    public async Task<bool> ContainsAsync(string jti, CancellationToken ct) =>
        await database.FindAsync<bool>("select exists (select 1 from revoked_access_tokens where jti = @jti)", new { jti }, ct);

    /// <summary>Those that would still live, as many as <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<RevokedAccessToken>> ListAsync(DateTimeOffset now, int limit, CancellationToken ct) => database.ListAsync<RevokedAccessToken>(
        "select jti, expires_at from revoked_access_tokens where expires_at > @now limit @limit", new { now, limit }, ct);
}
