using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>grants</c>: the roots of families.</summary>
internal sealed class GrantStore(Database database)
{
    private const string FindWithUser =
        $"""
         select {GrantRow.Columns},
                {UserRow.Columns}
         from   grants g
         {GrantRow.Joins}
         where  g.id = $1
         """;

    private const string Begin =
        """
        with person as (
            select subject from users
            where  subject = $3 and disabled_at is null and endings = $23
            for share),
        ended as (
            update interactions i set completed_at = $15
            from   person
            where  i.id = $22 and i.completed_at is null and i.denied_at is null and i.expires_at > $15
            returning i.id)
        insert into grants (
            id, client_id, subject, session_id, offline, scope, claim_names, declined, resource, nonce, claims, acr, amr, authenticated_at, created_at, expires_at, sector,
            code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at, code_confirmation)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $24, $17, $18, $19, $20, $21, $25
        from   person
        where  $22 is null or exists (select 1 from ended)
        """;

    private const string FindWithUsername =
        $"""
         select {GrantRow.Columns},
                u.username
         from   grants g
         {GrantRow.Joins}
         where  g.id = $1
         """;

    /// <summary>Starts a family with its code, and ends the interaction it came from.</summary>
    /// <param name="grant">The family.</param>
    /// <param name="code">Its code.</param>
    /// <param name="facts">What it was decided on.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where the interaction was answered, the user disabled, or anything of theirs (session, consent) ended meanwhile: decide again.</returns>
    public async Task<bool> TryBeginAsync(Grant grant, NewCode code, GrantFacts facts, CancellationToken ct) =>
        await database.WriteAsync(
            Begin,
            [
                Value.Of(grant.Id), Value.Of(grant.ClientId), Value.Of(grant.Subject), Value.Of(grant.SessionId), Value.Of(grant.Offline), Value.Of(grant.Scope),
                Value.Of(grant.ClaimNames), Value.Of(grant.Declined), Value.Of(grant.Resource), Value.Of(grant.Nonce), Value.Of(grant.Claims?.Json), Value.Of(grant.Acr),
                Value.Of(grant.Amr), Value.Of(grant.AuthenticatedAt), Value.Of(grant.CreatedAt), Value.Of(grant.ExpiresAt),
                Value.Of(code.Hash), Value.Of(code.RedirectUri.Value), Value.Of(code.RedirectUri.WasSent), Value.Of(code.CodeChallenge), Value.Of(code.ExpiresAt),
                Value.Of(facts.InteractionId), Value.Of(facts.Endings), Value.Of(grant.Sector), Value.Of(code.Confirmation),
            ],
            ct) == 1;

    /// <summary>The family and its user, for an access token of it; null where it is gone.</summary>
    public Task<GrantOfUser?> FindWithUserAsync(Guid id, CancellationToken ct) =>
        database.ReadAsync(FindWithUser, [Value.Of(id)], static row => new GrantOfUser(GrantRow.Read(row), UserRow.Read(row)), ct);

    /// <summary>The family and what its user is called at sign-in; null where it is gone.</summary>
    public Task<GrantOfUsername?> FindWithUsernameAsync(Guid id, CancellationToken ct) =>
        database.ReadAsync(FindWithUsername, [Value.Of(id)], static row => new GrantOfUsername(GrantRow.Read(row), row.Text()), ct);

    /// <summary>Ends a family: every code and token of it is dead from now on.</summary>
    /// <returns>Whether it lived until now.</returns>
    public async Task<bool> RevokeAsync(Guid id, string because, DateTimeOffset now, CancellationToken ct) =>
        await database.ExecuteAsync(
            "update grants set revoked_at = @now, revoked_because = @because where id = @id and revoked_at is null", new { id, because, now }, ct) == 1;
}

/// <summary>What a family was decided on, and must still be so when it begins.</summary>
/// <param name="InteractionId">The interaction that it answers; null where nobody had to be asked.</param>
/// <param name="Endings">The user's count of endings, read with their session and their consent.</param>
internal sealed record GrantFacts(Guid? InteractionId, int Endings);

/// <summary>A code about to be handed out.</summary>
internal sealed record NewCode(byte[] Hash, ChosenRedirectUri RedirectUri, string? CodeChallenge, DateTimeOffset ExpiresAt)
{
    /// <summary>RFC 9449 §10: the <c>cnf</c> of the key that it is bound to, or null.</summary>
    public string? Confirmation { get; init; }
}

/// <summary>A family, and what its user is called at sign-in.</summary>
internal sealed record GrantOfUsername(Grant Grant, string Username);

/// <summary>A family, and whose it is.</summary>
internal sealed record GrantOfUser(Grant Grant, User User);
