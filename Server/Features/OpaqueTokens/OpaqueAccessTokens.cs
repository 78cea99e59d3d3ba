using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Features.OpaqueTokens;

/// <summary>RFC 6749 §1.4: access tokens that are a handle and 256 random bits. What a JWT would say stands in a row under the token's hash.</summary>
internal sealed class OpaqueAccessTokens(OpaqueTokenStore store) : IAccessTokenFormat
{
    /// <inheritdoc/>
    public string Name => "opaque";

    /// <inheritdoc/>
    public bool Recognizes(string token) => token.StartsWith(HandleKind.AccessToken.Prefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public ValueTask<NewAccessToken> MakeAsync(AccessTokenClaims claims, string signingAlg, CancellationToken ct)
    {
        var token = Handle.Create(HandleKind.AccessToken, claims.GrantId ?? Guid.CreateVersion7(claims.IssuedAt));
        return new ValueTask<NewAccessToken>(new NewAccessToken(token.Value, OpaqueTokenStore.InsertOf(token.Id, token.Hash, claims)));
    }

    /// <summary>One read: the token with its family and user.</summary>
    public async ValueTask<AccessTokenFacts?> ReadAsync(string token, CancellationToken ct) =>
        Handle.TryParse(HandleKind.AccessToken, token, out var handle) ? await store.FindAsync(handle.Id, handle.Hash, ct) : null;

    /// <inheritdoc/>
    public async ValueTask<bool> TryEndAsync(string token, CancellationToken ct)
    {
        if (Handle.TryParse(HandleKind.AccessToken, token, out var handle))
        {
            await store.DeleteAsync(handle.Id, handle.Hash, ct);
        }

        return true;   // there is none, or none any more
    }
}
