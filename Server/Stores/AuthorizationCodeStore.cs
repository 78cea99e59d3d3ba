using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The code of a family, in its row.</summary>
internal sealed class AuthorizationCodeStore(Database database)
{
    private const string Find =
        $"""
         select k.n, {GrantRow.Columns},
                g.redirect_uri, g.redirect_uri_sent, g.code_challenge, g.code_confirmation, g.code_expires_at, g.redeemed_at
         from   unnest($1, $2) with ordinality as k (id, hash, n)
         join   grants g on g.id = k.id and g.code_hash = k.hash
         {GrantRow.Joins}
         """;

    private const string Redeem =
        """
        with free as (
            select k.*
            from   unnest($1, $2, $3, $4, $5, $6, $7) with ordinality as k (id, hash, now, refresh_hash, chain_hash, refresh_expires_at, refresh_confirmation, n)
            join   grants g on g.id = k.id and g.code_hash = k.hash and g.redeemed_at is null and g.revoked_at is null
            for no key update of g skip locked)
        update grants g
        set    redeemed_at = k.now, used_at = k.now, refresh_hash = k.refresh_hash, chain_hash = k.chain_hash, refresh_expires_at = k.refresh_expires_at,
               refresh_confirmation = k.refresh_confirmation
        from   free k
        where  g.id = k.id
        returning k.n
        """;

    private readonly SharedRead<(Guid GrantId, byte[] Hash), AuthorizationCode> _codes =
        new(database, Find, static keys => [Values.Of(keys, key => key.GrantId), Values.Of(keys, key => key.Hash)], Read);

    private readonly SharedWrite<CodeRedeemed> _redemptions = new(
        database, Redeem,
        static all =>
        [
            Values.Of(all, of => of.GrantId), Values.Of(all, of => of.CodeHash), Values.Of(all, of => of.Now), Values.Of(all, of => of.Refresh?.Hash),
            Values.Of(all, of => of.Refresh?.ChainHash), Values.Of(all, of => of.Refresh?.ExpiresAt), Values.Of(all, of => of.Refresh?.Confirmation),
        ]);

    /// <summary>The code with its family, or null.</summary>
    public Task<AuthorizationCode?> FindAsync(Guid grantId, byte[] codeHash, CancellationToken ct) => _codes.FindAsync((grantId, codeHash), ct);

    /// <summary>Marks the code redeemed and starts its chain of refresh tokens, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the first refresh token, if there is to be one.</param>
    /// <param name="along">What is written in the same transaction, be the code redeemed or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again. Whoever ends it waits for this, or this for them.</returns>
    public Task<bool> TryRedeemAsync(CodeRedeemed change, Statement? along, CancellationToken ct) => _redemptions.TryAsync(change, along, ct);

    private static AuthorizationCode Read(RowReader row) => new()
    {
        Grant = GrantRow.Read(row),
        RedirectUri = row.Text(),
        RedirectUriSent = row.Flag(),
        CodeChallenge = row.TextOrNull(),
        Confirmation = row.TextOrNull(),
        ExpiresAt = row.Time(),
        RedeemedAt = row.TimeOrNull(),
    };
}

/// <summary>A code spent, and the refresh token that came of it, if there is one.</summary>
internal sealed record CodeRedeemed(Guid GrantId, byte[] CodeHash, DateTimeOffset Now, NewRefreshToken? Refresh);
