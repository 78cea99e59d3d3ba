using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OIDC Core §3.1.2.1: an ID token that a client sends back to say whom it means.</summary>
internal sealed class IdTokenHints(SigningKeys keys, AuthCoreOptions options)
{
    private static readonly JwtRules s_rules = new(new JwsRules(IdTokenClaims.Type)) { Required = ["iss", "sub", "exp"], IgnoresTime = true };   // signed userinfo, which is no ID token, has no exp

    /// <summary>Whom the token names, expired or not; an error where it is not an ID token of ours; null where none was sent.</summary>
    public async ValueTask<Result<string>?> ReadAsync(string? hint, CancellationToken ct)
    {
        if (hint is null)
        {
            return null;
        }

        return (await ReadFactsAsync(hint, ct)).Try(out var facts, out var error) ? facts.Subject : error;
    }

    /// <summary>What the token says, expired or not; an error where it is not an ID token of ours.</summary>
    public async ValueTask<Result<IdTokenFacts>> ReadFactsAsync(string hint, CancellationToken ct) =>
        (await keys.VerifyAsync(hint, s_rules.Jws, ct)).Try(out var jws, out var reason)
        && IncomingJwt.TryJudge(jws, s_rules, default, out var jwt, out reason)
        && jwt.Issuer == options.Issuer
        && Text(jwt.Payload, "aud") is { } audience
            ? new IdTokenFacts(jwt.Subject!, audience, Text(jwt.Payload, "sid"))
            : ProtocolError.InvalidRequest("The parameter 'id_token_hint' is not an ID token of this server.", reason);

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>OIDC Core §2: what an ID token of ours says to whoever gets it back.</summary>
/// <param name="Subject">The user, as the client knows them.</param>
/// <param name="Audience">The client.</param>
/// <param name="SessionId">Front-Channel Logout §3: the session; null where the family has none.</param>
internal sealed record IdTokenFacts(string Subject, string Audience, string? SessionId);
