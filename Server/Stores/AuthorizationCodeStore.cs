using AuthCore.Protocol;
using Dapper;

namespace AuthCore.Stores;

/// <summary>The table <c>authorization_codes</c>.</summary>
internal sealed class AuthorizationCodeStore(Database database)
{
    /// <summary>The code with its family, or null.</summary>
    public Task<AuthorizationCode?> FindAsync(Guid grantId, byte[] codeHash, CancellationToken ct) => database.RunAsync(
        async (connection, token) => (await connection.QueryAsync<GrantRow, CodeRow, AuthorizationCode>(
            new CommandDefinition(
                $"""
                 select {GrantRow.Columns},
                        c.redirect_uri, c.redirect_uri_sent, c.code_challenge, c.expires_at as code_expires_at, c.redeemed_at
                 from   authorization_codes c
                 join   grants g on g.id = c.grant_id
                 {GrantRow.Joins}
                 where  c.grant_id = @grantId and c.code_hash = @codeHash
                 """,
                new { grantId, codeHash }, cancellationToken: token),
            (grant, code) => new AuthorizationCode
            {
                Grant = grant.ToGrant(),
                RedirectUri = code.RedirectUri,
                RedirectUriSent = code.RedirectUriSent,
                CodeChallenge = code.CodeChallenge,
                ExpiresAt = code.CodeExpiresAt,
                RedeemedAt = code.RedeemedAt,
            },
            splitOn: "redirect_uri")).SingleOrDefault(),
        ct);

    /// <summary>Marks the code redeemed and starts its chain of refresh tokens, if it is still as it was decided on.</summary>
    /// <param name="change">The facts and the first refresh token, if there is to be one.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where another request was faster: decide again.</returns>
    public async Task<bool> TryRedeemAsync(CodeRedeemed change, CancellationToken ct) =>
        await database.FindAsync<int>(
            """
            with redeemed as (
                update authorization_codes c
                set    redeemed_at = @Now
                from   grants g
                where  c.grant_id = @GrantId and c.code_hash = @CodeHash and c.redeemed_at is null
                and    g.id = c.grant_id     and g.revoked_at is null
                returning c.grant_id),
            refresh as (
                insert into refresh_tokens (grant_id, token_hash, issued_at, expires_at)
                select grant_id, @RefreshHash, @Now, @RefreshExpiresAt from redeemed where @RefreshHash::bytea is not null)
            select count(*)::int from redeemed
            """,
            change, ct) == 1;

    private sealed record CodeRow
    {
        public string RedirectUri { get; init; } = "";

        public bool RedirectUriSent { get; init; }

        public string? CodeChallenge { get; init; }

        public DateTimeOffset CodeExpiresAt { get; init; }

        public DateTimeOffset? RedeemedAt { get; init; }
    }
}

/// <summary>A code spent, and the refresh token that came of it.</summary>
internal sealed record CodeRedeemed(Guid GrantId, byte[] CodeHash, DateTimeOffset Now, byte[]? RefreshHash, DateTimeOffset? RefreshExpiresAt);
