using AuthCore.Protocol;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>A refresh token with the ciphertext of its successor.</summary>
internal sealed record StoredRefreshToken(RefreshToken Token, byte[]? Successor);

/// <summary>The table <c>refresh_tokens</c>: chains, of which at most one end lives.</summary>
internal sealed class RefreshTokenStore(Database database)
{
    // The successor is looked for by its whole key and only where there is one: a join would read the whole chain where the planner knows no better.
    private const string Find =
        $"""
         select {GrantRow.Columns},
                t.expires_at, t.rotated_at, t.rotated_scope, t.rotated_resource,
                case when t.rotated_at is not null then (
                    select n.rotated_at is not null from refresh_tokens n where n.grant_id = t.grant_id and n.token_hash = t.successor_hash) end as successor_was_presented,
                t.confirmation,
                case when t.rotated_at is not null then (
                    select n.confirmation from refresh_tokens n where n.grant_id = t.grant_id and n.token_hash = t.successor_hash) end as successor_confirmation,
                t.successor
         from   refresh_tokens t
         join   grants g on g.id = t.grant_id
         {GrantRow.Joins}
         where  t.grant_id = $1 and t.token_hash = $2
         """;

    private const string Rotate =
        """
        with family as (
            select id from grants where id = $1 and revoked_at is null
            for share),
        rotated as (
            update refresh_tokens t
            set    rotated_at = $3, rotated_scope = $4, successor_hash = $5, successor = $6, rotated_resource = $8
            from   family
            where  t.grant_id = family.id and t.token_hash = $2 and t.rotated_at is null
            returning t.grant_id)
        insert into refresh_tokens (grant_id, token_hash, issued_at, expires_at, confirmation)
        select grant_id, $5, $3, $7, $9 from rotated
        """;

    private const string Keep =
        """
        with family as (
            select id from grants where id = $1 and revoked_at is null
            for share)
        update refresh_tokens t
        set    used_at = $3, expires_at = $4
        from   family
        where  t.grant_id = family.id and t.token_hash = $2 and t.rotated_at is null
        """;

    /// <summary>The token with its family, or null.</summary>
    public Task<StoredRefreshToken?> FindAsync(Guid grantId, byte[] tokenHash, CancellationToken ct) =>
        database.ReadAsync(Find, [Value.Of(grantId), Value.Of(tokenHash)], static row => new StoredRefreshToken(
            new RefreshToken
            {
                Grant = GrantRow.Read(row),
                ExpiresAt = row.Time(),
                RotatedAt = row.TimeOrNull(),
                RotatedScope = row.TextsOrNull(),
                RotatedResource = row.TextsOrNull(),
                SuccessorWasPresented = row.FlagOrFalse(),
                Confirmation = row.TextOrNull(),
                SuccessorConfirmation = row.TextOrNull(),
            },
            row.BytesOrNull()), ct);

    /// <summary>Exchanges the token for its successor, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the successor.</param>
    /// <param name="along">What is written in the same transaction, be the token exchanged or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again. Whoever ends it waits for this, or this for them.</returns>
    public Task<bool> TryRotateAsync(RefreshRotated change, Statement? along, CancellationToken ct) => TryWriteAsync(
        Rotate,
        [
            Value.Of(change.GrantId), Value.Of(change.TokenHash), Value.Of(change.Now), Value.Of(change.Scope), Value.Of(change.SuccessorHash), Value.Of(change.Successor),
            Value.Of(change.SuccessorExpiresAt), Value.Of(change.Resource), Value.Of(change.SuccessorConfirmation),
        ],
        along,
        ct);

    /// <summary>Notes the use of a token that does not rotate, and moves its idle limit, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the new limit.</param>
    /// <param name="along">What is written in the same transaction, be the token kept or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again.</returns>
    public Task<bool> TryKeepAsync(RefreshKept change, Statement? along, CancellationToken ct) =>
        TryWriteAsync(Keep, [Value.Of(change.GrantId), Value.Of(change.TokenHash), Value.Of(change.Now), Value.Of(change.ExpiresAt)], along, ct);

    private async Task<bool> TryWriteAsync(string sql, NpgsqlParameter[] values, Statement? along, CancellationToken ct) =>
        (along is null ? await database.WriteAsync(sql, values, ct) : await database.WriteAsync(sql, values, along, ct)) == 1;
}

/// <summary>A refresh token used, and to be used again.</summary>
internal sealed record RefreshKept(Guid GrantId, byte[] TokenHash, DateTimeOffset Now, DateTimeOffset ExpiresAt);

/// <summary>A refresh token exchanged for the next.</summary>
internal sealed record RefreshRotated(
    Guid GrantId, byte[] TokenHash, DateTimeOffset Now, string[] Scope, string[] Resource, byte[] SuccessorHash, byte[] Successor, DateTimeOffset SuccessorExpiresAt)
{
    /// <summary>RFC 9449 §5: the <c>cnf</c> of the key that the next one is bound to, or null.</summary>
    public string? SuccessorConfirmation { get; init; }
}
