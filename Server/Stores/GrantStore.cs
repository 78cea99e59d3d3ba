using AuthCore.Protocol;
using Dapper;

namespace AuthCore.Stores;

/// <summary>The table <c>grants</c>: the roots of families.</summary>
internal sealed class GrantStore(Database database)
{
    /// <summary>Starts a family with its code, and ends the interaction it came from.</summary>
    /// <returns>False where the interaction was ended by another request before.</returns>
    public async Task<bool> TryBeginAsync(Grant grant, NewCode code, Guid? interactionId, CancellationToken ct) =>
        await database.ExecuteAsync(
            """
            with ended as (
                update interactions set completed_at = @CreatedAt
                where  id = @interactionId and completed_at is null and denied_at is null and expires_at > @CreatedAt
                returning id),
            begun as (
                insert into grants (
                    id, client_id, subject, session_id, offline, scope, claim_names, declined, resource, nonce, claims, acr, amr, authenticated_at, created_at, expires_at)
                select @Id, @ClientId, @Subject, @SessionId, @Offline, @Scope, @ClaimNames, @Declined, @Resource, @Nonce, @Claims, @Acr, @Amr, @AuthenticatedAt, @CreatedAt, @ExpiresAt
                where  @interactionId::uuid is null or exists (select 1 from ended)
                returning id)
            insert into authorization_codes (grant_id, code_hash, redirect_uri, redirect_uri_sent, code_challenge, expires_at)
            select id, @CodeHash, @RedirectUri, @RedirectUriSent, @CodeChallenge, @CodeExpiresAt from begun
            """,
            new
            {
                grant.Id, grant.ClientId, grant.Subject, grant.SessionId, grant.Offline, grant.Scope, grant.ClaimNames, grant.Declined, grant.Resource, grant.Nonce,
                Claims = grant.Claims?.Json, grant.Acr, grant.Amr, grant.AuthenticatedAt, grant.CreatedAt, grant.ExpiresAt,
                CodeHash = code.Hash, RedirectUri = code.RedirectUri.Value, RedirectUriSent = code.RedirectUri.WasSent, code.CodeChallenge, CodeExpiresAt = code.ExpiresAt,
                interactionId,
            },
            ct) == 1;

    /// <summary>The family and its user, for an access token of it; null where it is gone.</summary>
    public async Task<(Grant Grant, User User)?> FindWithUserAsync(Guid id, CancellationToken ct)
    {
        var row = await database.RunAsync(
            async (connection, token) => (await connection.QueryAsync<GrantRow, User, (GrantRow, User)?>(
                new CommandDefinition(
                    $"""
                     select {GrantRow.Columns},
                            u.subject as user_subject, u.subject, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.middle_name, u.nickname,
                            u.profile, u.picture, u.website, u.gender, u.birthdate, u.zoneinfo, u.locale, u.phone_number, u.phone_number_verified,
                            u.address_formatted, u.street_address, u.locality, u.region, u.postal_code, u.country, u.updated_at, u.disabled_at
                     from   grants g
                     {GrantRow.Joins}
                     where  g.id = @id
                     """,
                    new { id }, cancellationToken: token),
                (grant, user) => (grant, user),
                splitOn: "user_subject")).SingleOrDefault(),
            ct);
        return row is var (grant, user) ? (grant.ToGrant(), user) : null;
    }

    /// <summary>Ends a family: every code and token of it is dead from now on.</summary>
    /// <returns>Whether it lived until now.</returns>
    public async Task<bool> RevokeAsync(Guid id, string because, DateTimeOffset now, CancellationToken ct) =>
        await database.ExecuteAsync(
            "update grants set revoked_at = @now, revoked_because = @because where id = @id and revoked_at is null", new { id, because, now }, ct) == 1;
}

/// <summary>A code about to be handed out.</summary>
internal sealed record NewCode(byte[] Hash, ChosenRedirectUri RedirectUri, string? CodeChallenge, DateTimeOffset ExpiresAt);
