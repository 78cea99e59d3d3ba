using System.Security.Cryptography;
using System.Text;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What tokens are to be made of.</summary>
/// <param name="Request">What asked for them: whose they are, and the key that they are bound to.</param>
/// <param name="Scope">Of the access token.</param>
/// <param name="Resource">RFC 8707; empty = none was named.</param>
/// <param name="Grant">The family; null where the client acts for itself.</param>
internal sealed record TokenOrder(TokenRequest Request, string[] Scope, string[] Resource, Grant? Grant = null)
{
    /// <summary>Whose they are.</summary>
    public Client Client => Request.Client;

    /// <summary>OIDC Core §2: only on the way from a code.</summary>
    public string? Nonce { get; init; }

    /// <summary>The refresh token that goes with them.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"tokens for {Client.ClientId}";
}

/// <summary>Tokens made, and not yet given.</summary>
/// <param name="Response">What the client gets.</param>
/// <param name="Row">What must be written before that, best in the transaction of the change that earned them; null for nothing.</param>
internal sealed record MadeTokens(TokenResponse Response, Statement? Row);

/// <summary>Signs access tokens (RFC 9068) and ID tokens (OIDC Core §2).</summary>
internal sealed class TokenIssuer(
    AuthCoreOptions options, SigningKeys keys, AccessTokens accessTokens, TokenTerms terms, Catalog catalog, Subjects subjects, UserStore users, Database database, TimeProvider clock)
{
    /// <summary>Makes the token response where nothing else is to be stored, and writes by itself what it needs; or says why there is none for these resources.</summary>
    public async Task<Result<TokenResponse>> IssueAsync(TokenOrder order, CancellationToken ct)
    {
        if (!(await MakeAsync(order, ct)).Try(out var made, out var error))
        {
            return error;
        }

        if (made.Row is { } row)
        {
            await database.WriteAsync(row.Sql, row.Values, ct);
        }

        return made.Response;
    }

    /// <summary>Makes the token response, or says why there is none for these resources. Nothing is stored: whoever asks stores the row together with its own change.</summary>
    public async Task<Result<MadeTokens>> MakeAsync(TokenOrder order, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var known = await catalog.GetAsync(ct);
        if (!TokenTarget.Choose(order.Client, order.Scope, order.Resource, known.Scopes, options.Issuer).Try(out var target, out var error))
        {
            return error;
        }

        var lifetime = (int)terms.AccessTokenLifetime(order.Client, order.Resource, known.Resources, isForUser: order.Grant is not null).TotalSeconds;
        var accessToken = await MakeAccessTokenAsync(order, target, lifetime, now, ct);
        var response = new TokenResponse
        {
            AccessToken = accessToken.Value,
            TokenType = order.Request.Binding?.TokenType ?? TokenBinding.Bearer,
            ExpiresIn = lifetime,
            RefreshToken = order.RefreshToken,
            IdToken = order.Grant is { } grant && order.Scope.Contains(Scope.OpenId) ? await SignIdTokenAsync(order, grant, accessToken.Value, known.Scopes, now, ct) : null,
            Scope = target.Scope,
        };
        return new MadeTokens(response, accessToken.Row);
    }

    private ValueTask<NewAccessToken> MakeAccessTokenAsync(TokenOrder order, TokenTarget target, int lifetime, DateTimeOffset now, CancellationToken ct)
    {
        var claims = new AccessTokenClaims
        {
            Issuer = options.Issuer,
            Subject = order.Grant is { } grant ? subjects.For(order.Client, grant.Subject) : order.Client.ClientId,   // the client can read its token, so it says no more
            Audience = target.Audience,
            ClientId = order.Client.ClientId,
            Scope = target.Scope,
            IssuedAt = now,
            Lifetime = lifetime,
            JwtId = Guid.CreateVersion7(now).ToString("N") + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            GrantId = order.Grant?.Id,
            AuthenticatedAt = order.Grant?.AuthenticatedAt,
            Acr = order.Grant?.Acr,
            Amr = order.Grant?.Amr,
            Confirmation = order.Request.Binding?.Confirmation,
        };
        return accessTokens.MakeAsync(target.Format, claims, target.SigningAlg, ct);
    }

    private async Task<string> SignIdTokenAsync(TokenOrder order, Grant grant, string accessToken, ScopeCatalog scopes, DateTimeOffset now, CancellationToken ct)
    {
        var client = order.Client;
        var names = scopes.Released(grant.Claims?.IdToken ?? [], order.Scope, grant, client)
            .Concat(client.ClaimsInIdToken ? scopes.ClaimsOf(order.Scope) : [])
            .Distinct().ToArray();
        var claims = new IdTokenClaims
        {
            Issuer = options.Issuer,
            Subject = subjects.For(client, grant.Subject),
            Audience = client.ClientId,
            IssuedAt = now,
            Lifetime = client.IdTokenLifetime ?? (int)options.Lifetimes.IdToken.TotalSeconds,
            AuthenticatedAt = grant.AuthenticatedAt,
            Nonce = order.Nonce,
            Acr = grant.Acr,
            Amr = grant.Amr,
            SessionId = grant.SessionId is { } session ? subjects.SessionFor(client, session) : null,
            AccessTokenHash = HashOf(accessToken, client.IdTokenSignedResponseAlg),
            UserClaimNames = names,
            User = names.Length == 0 ? null : await users.FindAsync(grant.Subject, ct),
        };
        return JsonSigner.Sign(await keys.ActiveAsync(client.IdTokenSignedResponseAlg, ct), IdTokenClaims.Type, claims.Write);
    }

    // OIDC Core §3.1.3.6: the left half of the hash that the signature uses.
    private static string HashOf(string accessToken, string alg)
    {
        var bytes = Encoding.ASCII.GetBytes(accessToken);
        var hash = alg.EndsWith("384", StringComparison.Ordinal) ? SHA384.HashData(bytes) : SHA256.HashData(bytes);
        return CanonicalBase64Url.Encode(hash.AsSpan(0, hash.Length / 2));
    }
}
