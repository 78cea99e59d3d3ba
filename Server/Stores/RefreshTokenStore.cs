using AuthCore.Protocol;
using Dapper;

namespace AuthCore.Stores;

/// <summary>A refresh token with the ciphertext of its successor.</summary>
internal sealed record StoredRefreshToken(RefreshToken Token, byte[]? Successor);

/// <summary>The table <c>refresh_tokens</c>: chains, of which at most one end lives.</summary>
internal sealed class RefreshTokenStore(Database database)
{
    /// <summary>The token with its family, or null.</summary>
    public Task<StoredRefreshToken?> FindAsync(Guid grantId, byte[] tokenHash, CancellationToken ct) => database.RunAsync(
        async (connection, token) => (await connection.QueryAsync<GrantRow, TokenRow, StoredRefreshToken>(
            new CommandDefinition(
                $"""
                 select {GrantRow.Columns},
                        t.expires_at as token_expires_at, t.rotated_at, t.rotated_scope, t.successor, n.rotated_at is not null as successor_was_presented
                 from   refresh_tokens t
                 join   grants g on g.id = t.grant_id
                 {GrantRow.Joins}
                 left join refresh_tokens n on n.grant_id = t.grant_id and n.token_hash = t.successor_hash
                 where  t.grant_id = @grantId and t.token_hash = @tokenHash
                 """,
                new { grantId, tokenHash }, cancellationToken: token),
            (grant, row) => new StoredRefreshToken(
                new RefreshToken
                {
                    Grant = grant.ToGrant(),
                    ExpiresAt = row.TokenExpiresAt,
                    RotatedAt = row.RotatedAt,
                    RotatedScope = row.RotatedScope,
                    SuccessorWasPresented = row.SuccessorWasPresented,
                },
                row.Successor),
            splitOn: "token_expires_at")).SingleOrDefault(),
        ct);

    /// <summary>Exchanges the token for its successor, if it is still as it was decided on.</summary>
    /// <returns>False where another request was faster: decide again.</returns>
    public async Task<bool> TryRotateAsync(RefreshRotated change, CancellationToken ct) =>
        await database.ExecuteAsync(
            """
            with rotated as (
                update refresh_tokens t
                set    rotated_at = @Now, rotated_scope = @Scope, successor_hash = @SuccessorHash, successor = @Successor
                from   grants g
                where  t.grant_id = @GrantId and t.token_hash = @TokenHash and t.rotated_at is null
                and    g.id = t.grant_id     and g.revoked_at is null
                returning t.grant_id)
            insert into refresh_tokens (grant_id, token_hash, issued_at, expires_at)
            select grant_id, @SuccessorHash, @Now, @SuccessorExpiresAt from rotated
            """,
            change, ct) == 1;

    /// <summary>Moves the idle limit of a token that does not rotate, if it is still as it was decided on.</summary>
    /// <returns>False where another request was faster: decide again.</returns>
    public async Task<bool> TryKeepAsync(Guid grantId, byte[] tokenHash, DateTimeOffset expiresAt, CancellationToken ct) =>
        await database.ExecuteAsync(
            """
            update refresh_tokens t
            set    expires_at = @expiresAt
            from   grants g
            where  t.grant_id = @grantId and t.token_hash = @tokenHash and t.rotated_at is null
            and    g.id = t.grant_id     and g.revoked_at is null
            """,
            new { grantId, tokenHash, expiresAt }, ct) == 1;

    private sealed record TokenRow
    {
        public DateTimeOffset TokenExpiresAt { get; init; }

        public DateTimeOffset? RotatedAt { get; init; }

        public string[]? RotatedScope { get; init; }

        public byte[]? Successor { get; init; }

        public bool SuccessorWasPresented { get; init; }
    }
}

/// <summary>A refresh token exchanged for the next.</summary>
internal sealed record RefreshRotated(
    Guid GrantId, byte[] TokenHash, DateTimeOffset Now, string[] Scope, byte[] SuccessorHash, byte[] Successor, DateTimeOffset SuccessorExpiresAt);
