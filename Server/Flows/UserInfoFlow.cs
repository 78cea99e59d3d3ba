using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What userinfo may tell.</summary>
/// <param name="User">The person.</param>
/// <param name="Claims">Names of the claims.</param>
internal sealed record UserInfo(User User, IReadOnlyList<string> Claims)
{
    /// <summary>OIDC Core §5.3.2: <c>sub</c> always, the rest where there is a value.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("sub", User.Subject);
        foreach (var claim in Claims)
        {
            UserClaims.Write(json, claim, User);
        }

        json.WriteEndObject();
    }
}

/// <summary>OIDC Core §5.3: an access token for what its person allowed to be known. One round trip.</summary>
internal sealed class UserInfoFlow(SigningKeys keys, GrantStore grants, ClientCache clients, Catalog catalog, AuthCoreOptions options, TimeProvider clock)
{
    private static readonly JwsRules s_rules = new(AccessTokenClaims.Type);

    /// <summary>Answers, or says why not: <c>invalid_token</c> 401, <c>insufficient_scope</c> 403 (RFC 6750 §3.1).</summary>
    public async Task<Result<UserInfo>> FindAsync(string accessToken, CancellationToken ct)
    {
        if (!Jws.Verify(accessToken, s_rules, (kid, _) => keys.Find(kid)).Try(out var jws, out var reason))
        {
            return BearerErrors.InvalidToken(reason);
        }

        var now = clock.GetUtcNow();
        if (FindFault(jws.Payload, now) is { } fault)
        {
            return BearerErrors.InvalidToken(fault);
        }

        if (!Scope.Parse(TextOf(jws.Payload, "scope")).Try(out var scope, out _) || !scope.Contains(Scope.OpenId))
        {
            return BearerErrors.InsufficientScope("openid");
        }

        if (!Guid.TryParse(TextOf(jws.Payload, "gid"), out var grantId) || await grants.FindWithUserAsync(grantId, ct) is not var (grant, user))
        {
            return BearerErrors.InvalidToken("no family");
        }

        if (await clients.FindAsync(grant.ClientId, ct) is not { } client
            || GrantRules.FindFault(grant, client, options.Lifetimes.SessionIdle, now) is { } grantFault)
        {
            return BearerErrors.InvalidToken("the family is over");
        }

        var scopes = (await catalog.GetAsync(ct)).Scopes;
        var claims = scopes.ClaimsOf(scope).Concat(scopes.Released(grant.Claims?.UserInfo ?? [], grant, client)).Distinct();
        return new UserInfo(user, [.. claims]);
    }

    // RFC 9068 §4: issuer, audience and time; the signature and the type were looked at before.
    private string? FindFault(JsonElement payload, DateTimeOffset now) =>
        TextOf(payload, "iss") != options.Issuer ? "another issuer"
            : !payload.TryGetProperty("exp", out var exp) || !exp.TryGetInt64(out var seconds) || seconds <= now.ToUnixTimeSeconds() ? "expired"
            : !payload.TryGetProperty("aud", out var audience) || !Names(audience, options.Issuer) ? "another audience"
            : null;

    private static bool Names(JsonElement audience, string issuer) => audience.ValueKind switch
    {
        JsonValueKind.String => audience.ValueEquals(issuer),
        JsonValueKind.Array => audience.EnumerateArray().Any(entry => entry.ValueKind == JsonValueKind.String && entry.ValueEquals(issuer)),
        _ => false,
    };

    private static string? TextOf(JsonElement payload, string member) =>
        payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
