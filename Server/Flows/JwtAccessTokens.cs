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
    public async ValueTask<NewAccessToken> MakeAsync(AccessTokenClaims claims, string signingAlg, CancellationToken ct) =>
        new(JsonSigner.Sign(await keys.ActiveAsync(signingAlg, ct), AccessTokenClaims.Type, claims.Write));

    /// <inheritdoc/>
    public async ValueTask<AccessTokenFacts?> ReadAsync(string token, CancellationToken ct) =>
        (await keys.VerifyAsync(token, s_rules, ct)).Try(out var jws, out _) ? AccessTokenFacts.Read(jws.Payload) : null;
}
