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

/// <summary>Signs access tokens (RFC 9068) and ID tokens (OIDC Core §2).</summary>
internal sealed class TokenIssuer(AuthCoreOptions options, SigningKeys keys, AccessTokens accessTokens, TokenTerms terms, Catalog catalog, UserStore users, TimeProvider clock)
{
    /// <summary>Makes the token response.</summary>
    public async Task<TokenResponse> IssueAsync(TokenOrder order, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var known = await catalog.GetAsync(ct);
        var resources = order.Resource.Select(known.FindResource).OfType<ResourceDefinition>().ToArray();
        var lifetime = (int)terms.AccessTokenLifetime(order.Client, order.Resource, known.Resources, isForUser: order.Grant is not null).TotalSeconds;
        var accessToken = await MakeAccessTokenAsync(order, resources, lifetime, now, ct);
        return new TokenResponse
        {
            AccessToken = accessToken,
            TokenType = order.Request.Binding?.TokenType ?? TokenBinding.Bearer,
            ExpiresIn = lifetime,
            RefreshToken = order.RefreshToken,
            IdToken = order.Grant is { } grant && order.Scope.Contains(Scope.OpenId) ? await SignIdTokenAsync(order, grant, accessToken, known.Scopes, now, ct) : null,
            Scope = order.Scope,
        };
    }

    private ValueTask<string> MakeAccessTokenAsync(TokenOrder order, ResourceDefinition[] resources, int lifetime, DateTimeOffset now, CancellationToken ct)
    {
        var claims = new AccessTokenClaims
        {
            Issuer = options.Issuer,
            Subject = order.Grant?.Subject ?? order.Client.ClientId,
            Audience = AudienceOf(order),
            ClientId = order.Client.ClientId,
            Scope = order.Scope,
            IssuedAt = now,
            Lifetime = lifetime,
            JwtId = Guid.CreateVersion7(now).ToString("N") + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            GrantId = order.Grant?.Id,
            AuthenticatedAt = order.Grant?.AuthenticatedAt,
            Acr = order.Grant?.Acr,
            Amr = order.Grant?.Amr,
            Confirmation = order.Request.Binding?.Confirmation,
        };
        var resource = resources.Length > 0 ? resources[0] : null;
        return accessTokens.MakeAsync(order.Client.AccessTokenFormat ?? resource?.AccessTokenFormat, claims, resource?.SigningAlg ?? "ES256", ct);
    }

    // RFC 9068 §3: what was asked for, or its default, or ourselves; with openid ourselves too, for userinfo.
    private string[] AudienceOf(TokenOrder order) =>
        order.Resource.Length == 0 ? [options.Issuer]
            : order.Scope.Contains(Scope.OpenId) ? [.. order.Resource, options.Issuer]
            : order.Resource;

    private async Task<string> SignIdTokenAsync(TokenOrder order, Grant grant, string accessToken, ScopeCatalog scopes, DateTimeOffset now, CancellationToken ct)
    {
        var client = order.Client;
        var names = scopes.Released(grant.Claims?.IdToken ?? [], order.Scope, grant, client)
            .Concat(client.ClaimsInIdToken ? scopes.ClaimsOf(order.Scope) : [])
            .Distinct().ToArray();
        var claims = new IdTokenClaims
        {
            Issuer = options.Issuer,
            Subject = grant.Subject,
            Audience = client.ClientId,
            IssuedAt = now,
            Lifetime = client.IdTokenLifetime ?? (int)options.Lifetimes.IdToken.TotalSeconds,
            AuthenticatedAt = grant.AuthenticatedAt,
            Nonce = order.Nonce,
            Acr = grant.Acr,
            Amr = grant.Amr,
            SessionId = grant.SessionId,
            AccessTokenHash = HashOf(accessToken, client.IdTokenSignedResponseAlg),
            UserClaimNames = names,
            User = names.Length == 0 ? null : await users.FindAsync(grant.Subject, ct),
        };
        return JsonSigner.Sign(keys.Active(client.IdTokenSignedResponseAlg), IdTokenClaims.Type, claims.Write);
    }

    // OIDC Core §3.1.3.6: the left half of the hash that the signature uses.
    private static string HashOf(string accessToken, string alg)
    {
        var bytes = Encoding.ASCII.GetBytes(accessToken);
        var hash = alg.EndsWith("384", StringComparison.Ordinal) ? SHA384.HashData(bytes) : SHA256.HashData(bytes);
        return CanonicalBase64Url.Encode(hash.AsSpan(0, hash.Length / 2));
    }
}
