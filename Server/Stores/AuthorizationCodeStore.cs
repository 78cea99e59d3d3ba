using AuthCore.Protocol;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>The table <c>authorization_codes</c>.</summary>
internal sealed class AuthorizationCodeStore(Database database)
{
    private const string Find =
        $"""
         select {GrantRow.Columns},
                c.redirect_uri, c.redirect_uri_sent, c.code_challenge, c.confirmation, c.expires_at, c.redeemed_at
         from   authorization_codes c
         join   grants g on g.id = c.grant_id
         {GrantRow.Joins}
         where  c.grant_id = $1 and c.code_hash = $2
         """;

    // Counts the code, not the refresh token: there need not be one.
    private const string Redeem =
        """
        with family as (
            select id from grants where id = $1 and revoked_at is null
            for share),
        redeemed as (
            update authorization_codes c
            set    redeemed_at = $3
            from   family
            where  c.grant_id = family.id and c.code_hash = $2 and c.redeemed_at is null
            returning c.grant_id),
        refresh as (
            insert into refresh_tokens (grant_id, token_hash, issued_at, expires_at, confirmation)
            select grant_id, $4, $3, $5, $6 from redeemed where $4 is not null)
        select grant_id from redeemed
        """;

    /// <summary>The code with its family, or null.</summary>
    public Task<AuthorizationCode?> FindAsync(Guid grantId, byte[] codeHash, CancellationToken ct) =>
        database.ReadAsync(Find, [Value.Of(grantId), Value.Of(codeHash)], static row => new AuthorizationCode
        {
            Grant = GrantRow.Read(row),
            RedirectUri = row.Text(),
            RedirectUriSent = row.Flag(),
            CodeChallenge = row.TextOrNull(),
            Confirmation = row.TextOrNull(),
            ExpiresAt = row.Time(),
            RedeemedAt = row.TimeOrNull(),
        }, ct);

    /// <summary>Marks the code redeemed and starts its chain of refresh tokens, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the first refresh token, if there is to be one.</param>
    /// <param name="along">What is written in the same transaction, be the code redeemed or not; null for nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster, or the family has ended: decide again. Whoever ends it waits for this, or this for them.</returns>
    public async Task<bool> TryRedeemAsync(CodeRedeemed change, Statement? along, CancellationToken ct)
    {
        NpgsqlParameter[] values =
        [
            Value.Of(change.GrantId), Value.Of(change.CodeHash), Value.Of(change.Now), Value.Of(change.RefreshHash), Value.Of(change.RefreshExpiresAt),
            Value.Of(change.RefreshConfirmation),
        ];
        return along is null
            ? await database.ReadAsync(Redeem, values, static _ => "redeemed", ct) is not null
            : await database.WriteAsync(Redeem, values, along, ct) == 1;
    }
}

/// <summary>A code spent, and the refresh token that came of it.</summary>
internal sealed record CodeRedeemed(Guid GrantId, byte[] CodeHash, DateTimeOffset Now, byte[]? RefreshHash, DateTimeOffset? RefreshExpiresAt)
{
    /// <summary>RFC 9449 §5: the <c>cnf</c> of the key that the refresh token is bound to, or null.</summary>
    public string? RefreshConfirmation { get; init; }
}
