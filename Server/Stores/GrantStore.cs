using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>The table <c>grants</c>: the roots of families.</summary>
internal sealed class GrantStore(Database database)
{
    private const string FindWithUser =
        $"""
         select k.n, {GrantRow.Columns},
                {UserRow.Columns}
         from   unnest($1) with ordinality as k (id, n)
         join   grants g on g.id = k.id
         {GrantRow.Joins}
         """;

    private const string Begin =
        """
        with free as (
            select k.*
            from   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25) with ordinality as k (
                       id, client_id, subject, session_id, offline, scope, claim_names, declined, resource, nonce, claims, acr, amr, authenticated_at, created_at, expires_at, sector,
                       code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at, code_confirmation, interaction_id, endings, n)
            join   users u on u.subject = k.subject and u.disabled_at is null and u.endings = k.endings
            for share of u skip locked),
        answered as (
            update interactions i set completed_at = k.created_at
            from   free k
            where  i.id = k.interaction_id and i.completed_at is null and i.denied_at is null and i.expires_at > k.created_at
            returning k.n),
        begun as (
            select k.* from free k where k.interaction_id is null or k.n in (select n from answered)),
        kept as (
            insert into grants (
                id, client_id, subject, session_id, offline, scope, claim_names, declined, resource, nonce, claims, acr, amr,
                authenticated_at, created_at, expires_at, sector, code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at, code_confirmation)
            select id, client_id, subject, session_id, offline, string_to_array(scope, ' '), string_to_array(claim_names, ' '), string_to_array(declined, ' '),
                   string_to_array(resource, ' '), nonce, claims, acr, string_to_array(amr, ' '),
                   authenticated_at, created_at, expires_at, sector, code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at, code_confirmation
            from   begun)
        select n from begun
        """;

    private const string FindWithUsername =
        $"""
         select k.n, {GrantRow.Columns},
                u.username
         from   unnest($1) with ordinality as k (id, n)
         join   grants g on g.id = k.id
         {GrantRow.Joins}
         """;

    private readonly SharedRead<Guid, GrantOfUser> _withUser =
        new(database, FindWithUser, static ids => [Values.Of(ids, id => id)], static row => new GrantOfUser(GrantRow.Read(row), UserRow.Read(row)));

    private readonly SharedRead<Guid, GrantOfUsername> _withUsername =
        new(database, FindWithUsername, static ids => [Values.Of(ids, id => id)], static row => new GrantOfUsername(GrantRow.Read(row), row.Text()));

    private readonly SharedWrite<NewGrant> _beginnings = new(
        database, Begin,
        static all =>
        [
            Values.Of(all, of => of.Grant.Id), Values.Of(all, of => of.Grant.ClientId), Values.Of(all, of => of.Grant.Subject), Values.Of(all, of => of.Grant.SessionId),
            Values.Of(all, of => of.Grant.Offline), Values.Of(all, of => of.Grant.Scope), Values.Of(all, of => of.Grant.ClaimNames), Values.Of(all, of => of.Grant.Declined),
            Values.Of(all, of => of.Grant.Resource), Values.Of(all, of => of.Grant.Nonce), Values.Of(all, of => of.Grant.Claims?.Json), Values.Of(all, of => of.Grant.Acr),
            Values.Of(all, of => of.Grant.Amr), Values.Of(all, of => of.Grant.AuthenticatedAt), Values.Of(all, of => of.Grant.CreatedAt), Values.Of(all, of => of.Grant.ExpiresAt),
            Values.Of(all, of => of.Grant.Sector), Values.Of(all, of => of.Code.Hash), Values.Of(all, of => of.Code.RedirectUri.Value), Values.Of(all, of => of.Code.RedirectUri.WasSent),
            Values.Of(all, of => of.Code.CodeChallenge), Values.Of(all, of => of.Code.ExpiresAt), Values.Of(all, of => of.Code.Confirmation),
            Values.Of(all, of => of.Facts.InteractionId), Values.Of(all, of => of.Facts.Endings),
        ]);

    /// <summary>Starts a family with its code, and ends the interaction it came from.</summary>
    /// <param name="grant">The family.</param>
    /// <param name="code">Its code.</param>
    /// <param name="facts">What it was decided on.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False where the interaction was answered, the user disabled, or anything of theirs (session, consent) ended meanwhile: decide again.</returns>
    public Task<bool> TryBeginAsync(Grant grant, NewCode code, GrantFacts facts, CancellationToken ct)
    {
        var begun = new NewGrant(grant, code, facts);
        return facts.InteractionId is null ? _beginnings.TryAsync(begun, along: null, ct) : _beginnings.TryAloneAsync(begun, ct);   // it waits for another tab, and nobody for it
    }

    /// <summary>The family and its user, for an access token of it; null where it is gone.</summary>
    public Task<GrantOfUser?> FindWithUserAsync(Guid id, CancellationToken ct) => _withUser.FindAsync(id, ct);

    /// <summary>The family and what its user is called at sign-in; null where it is gone.</summary>
    public Task<GrantOfUsername?> FindWithUsernameAsync(Guid id, CancellationToken ct) => _withUsername.FindAsync(id, ct);

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

/// <summary>A family that begins.</summary>
internal sealed record NewGrant(Grant Grant, NewCode Code, GrantFacts Facts);

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
