using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OIDC Core §3.1.2.1: an ID token that a client sends back to say whom it means.</summary>
internal sealed class IdTokenHints(SigningKeys keys, AuthCoreOptions options)
{
    private static readonly JwtRules s_rules = new(new JwsRules(IdTokenClaims.Type)) { Required = ["iss", "sub"], IgnoresTime = true };

    /// <summary>Whom the token names, expired or not; an error where it is not an ID token of ours; null where none was sent.</summary>
    public Result<string>? Read(string? hint)
    {
        if (hint is null)
        {
            return null;
        }

        return Jws.Verify(hint, s_rules.Jws, (kid, _) => keys.Find(kid)).Try(out var jws, out var reason)
            && IncomingJwt.TryJudge(jws, s_rules, default, out var jwt, out reason)
            && jwt.Issuer == options.Issuer
                ? jwt.Subject!
                : ProtocolError.InvalidRequest("The parameter 'id_token_hint' is not an ID token of this server.", reason);
    }
}
