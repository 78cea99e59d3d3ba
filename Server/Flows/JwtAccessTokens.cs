using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>RFC 9068: access tokens as JWTs, which a resource reads by itself.</summary>
internal sealed class JwtAccessTokens(SigningKeys keys) : IAccessTokenFormat
{
    private static readonly JwsRules s_rules = new(AccessTokenClaims.Type);

    /// <inheritdoc/>
    public string Name => "jwt";

    /// <inheritdoc/>
    public bool Recognizes(string token) => token.Contains('.', StringComparison.Ordinal);

    /// <inheritdoc/>
    public ValueTask<NewAccessToken> MakeAsync(AccessTokenClaims claims, string signingAlg, CancellationToken ct) =>
        new(new NewAccessToken(JsonSigner.Sign(keys.Active(signingAlg), AccessTokenClaims.Type, claims.Write)));

    /// <inheritdoc/>
    public ValueTask<AccessTokenFacts?> ReadAsync(string token, CancellationToken ct) =>
        new(Jws.Verify(token, s_rules, (kid, _) => keys.Find(kid)).Try(out var jws, out _) ? AccessTokenFacts.Read(jws.Payload) : null);
}
