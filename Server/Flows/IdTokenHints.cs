using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OIDC Core §3.1.2.1: an ID token that a client sends back to say whom it means.</summary>
internal sealed class IdTokenHints(SigningKeys keys, AuthCoreOptions options)
{
    private static readonly JwsRules s_rules = new(IdTokenClaims.Type);

    /// <summary>Whom the token names, expired or not; an error where it is not an ID token of ours; null where none was sent.</summary>
    public Result<string>? Read(string? hint)
    {
        if (hint is null)
        {
            return null;
        }

        return Jws.Verify(hint, s_rules, (kid, _) => keys.Find(kid)).Try(out var jws, out var reason)
            && jws.Payload.TryGetProperty("iss", out var issuer) && issuer.ValueEquals(options.Issuer)
            && jws.Payload.TryGetProperty("exp", out _)   // OIDC Core §2; signed userinfo, which is no ID token, has none
            && jws.Payload.TryGetProperty("sub", out var subject) && subject.GetString() is { } name
                ? name
                : ProtocolError.InvalidRequest("The parameter 'id_token_hint' is not an ID token of this server.", reason);
    }
}
