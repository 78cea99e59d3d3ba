using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.OpaqueTokens;

/// <summary>The table <c>opaque_access_tokens</c>.</summary>
internal sealed class OpaqueTokenStore(Database database, AuthCoreOptions options)
{
    /// <summary>How expired rows go.</summary>
    public static ExpiringRows Expiring { get; } = new(
        "opaque_access_tokens", 1000,
        """
        delete from opaque_access_tokens where (id, token_hash) in (
            select id, token_hash from opaque_access_tokens where expires_at < @now limit @Batch for update skip locked)
        """);

    private const string Insert =
        """
        insert into opaque_access_tokens (
            id, token_hash, has_family, client_id, subject, audience, scope, jti, issued_at, expires_at, authenticated_at, acr, amr, confirmation)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string Find =
        $"""
         select k.n, t.id, t.has_family, t.client_id, t.subject, t.audience, t.scope, t.jti, t.issued_at, t.expires_at, t.authenticated_at, t.acr, t.amr, t.confirmation,
                g.id is not null as is_there, {GrantRow.Columns}, {UserRow.Columns}
         from   unnest($1, $2) with ordinality as k (id, hash, n)
         join   opaque_access_tokens t on t.id = k.id and t.token_hash = k.hash
         left join (grants g {GrantRow.Joins}) on g.id = t.id and t.has_family
         """;

    private readonly SharedRead<(Guid Id, byte[] Hash), AccessTokenFacts> _tokens =
        new(database, Find, static keys => [Values.Of(keys, key => key.Id), Values.Of(keys, key => key.Hash)], row => Read(row, options.Issuer));

    /// <summary>The statement that keeps a token, for whoever gives it. Times are whole seconds, as in a JWT (RFC 7519 §2): it ends when introspection says it does.</summary>
    public static Statement InsertOf(Guid id, byte[] tokenHash, AccessTokenClaims claims)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt.ToUnixTimeSeconds());
        return new(Insert,
        [
            Value.Of(id), Value.Of(tokenHash), Value.Of(claims.GrantId is not null), Value.Of(claims.ClientId), Value.Of(claims.Subject), Value.Of(claims.Audience),
            Value.Of(claims.Scope), Value.Of(claims.JwtId), Value.Of(issuedAt), Value.Of(issuedAt.AddSeconds(claims.Lifetime)),
            Value.Of(claims.AuthenticatedAt), Value.Of(claims.Acr), Value.Of(claims.Amr), Value.Of(claims.Confirmation),
        ]);
    }

    /// <summary>What the token says, with its family and user where it has them; null where it is unknown, or its family is gone.</summary>
    public async Task<AccessTokenFacts?> FindAsync(Guid id, byte[] tokenHash, CancellationToken ct) =>
        await _tokens.FindAsync((id, tokenHash), ct) is { } facts && (facts.GrantId is null) == (facts.Family is null) ? facts : null;

    /// <summary>Takes the token away.</summary>
    public Task DeleteAsync(Guid id, byte[] tokenHash, CancellationToken ct) =>
        database.WriteAsync("delete from opaque_access_tokens where id = $1 and token_hash = $2", [Value.Of(id), Value.Of(tokenHash)], ct);

    private static AccessTokenFacts Read(RowReader row, string issuer)
    {
        var id = row.Id();
        var hasFamily = row.Flag();
        var facts = new AccessTokenFacts
        {
            Issuer = issuer,
            GrantId = hasFamily ? id : null,
            ClientId = row.Text(),
            Subject = row.Text(),
            Audience = row.Texts(),
            Scope = row.Texts(),
            JwtId = row.Text(),
            IssuedAt = row.Time(),
            ExpiresAt = row.Time(),
            AuthenticatedAt = row.TimeOrNull(),
            Acr = row.TextOrNull(),
            Amr = row.TextsOrNull(),
            Confirmation = row.TextOrNull(),
        };
        return row.Flag() ? facts with { Family = (GrantRow.Read(row), UserRow.Read(row)) } : facts;
    }
}
