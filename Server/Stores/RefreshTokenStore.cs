using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A refresh token with the ciphertext of its successor.</summary>
internal sealed record StoredRefreshToken(RefreshToken Token, byte[]? Successor);

/// <summary>
/// The chain of refresh tokens of a family, in its row: the live end, and the one before it. Older ones are known by what all of a chain have in common,
/// which nobody can make up; they need no rows.
/// </summary>
internal sealed class RefreshTokenStore(Database database)
{
    /// <summary>Whether a presented token <c>k</c> (<c>id</c>, <c>hash</c>, <c>chain</c>) is of the chain of the family <c>g</c>, as its live end or spent.</summary>
    /// <remarks>One bound to no key may be of the chain as it was before it was bound.</remarks>
    public const string IsOfChain =
        "g.id = k.id and (g.refresh_hash = k.hash or g.rotated_at is not null and (g.chain_hash = k.chain or g.unbound_chain_hash = k.chain))";

    private const string Find =
        $"""
         select k.n, {GrantRow.Columns},
                g.refresh_hash = k.hash, g.spent_hash = k.hash, g.refresh_expires_at, g.rotated_at,
                case when g.chain_hash = k.chain then g.refresh_confirmation end, g.refresh_confirmation, g.successor
         from   unnest($1, $2, $3) with ordinality as k (id, hash, chain, n)
         join   grants g on {IsOfChain}
         {GrantRow.Joins}
         """;

    private const string Rotate =
        """
        with free as (
            select k.*
            from   unnest($1, $2, $3, $4, $5, $6, $7, $8) with ordinality
                   as k (id, hash, now, successor, next_hash, next_chain, next_expires_at, next_confirmation, n)
            join   grants g on g.id = k.id and g.refresh_hash = k.hash and g.revoked_at is null
            for no key update of g skip locked)
        update grants g
        set    rotated_at = k.now, used_at = k.now, spent_hash = k.hash, successor = k.successor, refresh_hash = k.next_hash, refresh_expires_at = k.next_expires_at, refresh_confirmation = k.next_confirmation,
               unbound_chain_hash = case when g.chain_hash = k.next_chain then g.unbound_chain_hash else g.chain_hash end, chain_hash = k.next_chain
        from   free k
        where  g.id = k.id
        returning k.n
        """;

    private const string Keep = "update grants set used_at = $3, refresh_expires_at = $4 where id = $1 and refresh_hash = $2 and revoked_at is null";

    private readonly SharedRead<PresentedRefreshToken, StoredRefreshToken> _tokens = new(
        database, Find,
        static keys => [Values.Of(keys, key => key.GrantId), Values.Of(keys, key => key.Hash), Values.Of(keys, key => key.ChainHash)],
        static row => Read(GrantRow.Read(row), row));

    private readonly SharedWrite<RefreshRotated> _rotations = new(
        database, Rotate,
        static all =>
        [
            Values.Of(all, of => of.GrantId), Values.Of(all, of => of.TokenHash), Values.Of(all, of => of.Now), Values.Of(all, of => of.SealedSuccessor),
            Values.Of(all, of => of.Successor.Hash), Values.Of(all, of => of.Successor.ChainHash),
            Values.Of(all, of => of.Successor.ExpiresAt), Values.Of(all, of => of.Successor.Confirmation),
        ]);

    /// <summary>The token with its family, or null where it is none of the family's chain.</summary>
    public Task<StoredRefreshToken?> FindAsync(PresentedRefreshToken token, CancellationToken ct) => _tokens.FindAsync(token, ct);

    /// <summary>Exchanges the token for its successor, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the successor.</param>
    /// <param name="along">What is written in the same transaction, be the token exchanged or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again. Whoever ends it waits for this, or this for them.</returns>
    public Task<bool> TryRotateAsync(RefreshRotated change, Statement? along, CancellationToken ct) => _rotations.TryAsync(change, along, ct);

    /// <summary>Notes the use of a token that does not rotate, and moves its idle limit, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the new limit.</param>
    /// <param name="along">What is written in the same transaction, be the token kept or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again.</returns>
    public async Task<bool> TryKeepAsync(RefreshKept change, Statement? along, CancellationToken ct) =>
        await database.WriteAsync(Keep, [Value.Of(change.GrantId), Value.Of(change.TokenHash), Value.Of(change.Now), Value.Of(change.ExpiresAt)], along, ct) == 1;

    private static StoredRefreshToken Read(Grant grant, RowReader row)
    {
        var (isLast, isLastButOne, expiresAt, rotatedAt) = (row.Flag(), row.FlagOrNull() is true, row.Time(), row.TimeOrNull());
        var (confirmation, last) = (row.TextOrNull(), row.TextOrNull());
        var token = new RefreshToken { Grant = grant, ExpiresAt = expiresAt, Confirmation = confirmation };
        return isLast
            ? new StoredRefreshToken(token, null)
            : new StoredRefreshToken(
                token with { RotatedAt = rotatedAt, SuccessorConfirmation = last, SuccessorWasPresented = !isLastButOne },
                row.BytesOrNull());
    }
}

/// <summary>A refresh token as somebody brought it.</summary>
/// <param name="GrantId">The family that it says it is of.</param>
/// <param name="Hash">Of the whole.</param>
/// <param name="ChainHash">Of what it shares with its chain.</param>
internal sealed record PresentedRefreshToken(Guid GrantId, byte[] Hash, byte[] ChainHash);

/// <summary>A refresh token about to be handed out.</summary>
/// <param name="Hash">Of the whole.</param>
/// <param name="ChainHash">Of what it shares with its chain.</param>
/// <param name="ExpiresAt">Its idle limit.</param>
/// <param name="Confirmation">RFC 9449 §5: the <c>cnf</c> of the key that it is bound to, or null.</param>
internal sealed record NewRefreshToken(byte[] Hash, byte[] ChainHash, DateTimeOffset ExpiresAt, string? Confirmation);

/// <summary>A refresh token used, and to be used again.</summary>
internal sealed record RefreshKept(Guid GrantId, byte[] TokenHash, DateTimeOffset Now, DateTimeOffset ExpiresAt);

/// <summary>A refresh token exchanged for the next.</summary>
internal sealed record RefreshRotated(Guid GrantId, byte[] TokenHash, DateTimeOffset Now, NewRefreshToken Successor, byte[] SealedSuccessor);
