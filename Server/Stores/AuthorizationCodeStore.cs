using AuthCore.Protocol;
using Npgsql;

namespace AuthCore.Stores;

/// <summary>The code of a family, in its row.</summary>
internal sealed class AuthorizationCodeStore(Database database)
{
    private const string Find =
        $"""
         select {GrantRow.Columns},
                g.redirect_uri, g.redirect_uri_sent, g.code_challenge, g.code_confirmation, g.code_expires_at, g.redeemed_at
         from   grants g
         {GrantRow.Joins}
         where  g.id = $1 and g.code_hash = $2
         """;

    private const string Redeem =
        """
        update grants
        set    redeemed_at = $3, used_at = $3, refresh_hash = $4, chain_hash = $5, refresh_expires_at = $6, refresh_confirmation = $7
        where  id = $1 and code_hash = $2 and redeemed_at is null and revoked_at is null
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
            Value.Of(change.GrantId), Value.Of(change.CodeHash), Value.Of(change.Now), Value.Of(change.Refresh?.Hash), Value.Of(change.Refresh?.ChainHash),
            Value.Of(change.Refresh?.ExpiresAt), Value.Of(change.Refresh?.Confirmation),
        ];
        return await database.WriteAsync(Redeem, values, along, ct) == 1;
    }
}

/// <summary>A code spent, and the refresh token that came of it, if there is one.</summary>
internal sealed record CodeRedeemed(Guid GrantId, byte[] CodeHash, DateTimeOffset Now, NewRefreshToken? Refresh);
