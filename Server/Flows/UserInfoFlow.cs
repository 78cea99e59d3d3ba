using System.Text.Json;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What userinfo may tell.</summary>
/// <param name="Client">Whom it is told.</param>
/// <param name="Subject">What the client calls the person.</param>
/// <param name="User">The person.</param>
/// <param name="Claims">Names of the claims.</param>
internal sealed record UserInfo(Client Client, string Subject, User User, IReadOnlyList<string> Claims)
{
    /// <summary>The answer as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>OIDC Core §5.3.2: <c>sub</c> always, the rest where there is a value.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("sub", Subject);
        foreach (var claim in Claims)
        {
            UserClaims.Write(json, claim, User);
        }
    }
}

/// <summary>OIDC Core §5.3: an access token for what its person allowed to be known. One round trip.</summary>
internal sealed class UserInfoFlow(
    PresentedTokens presented, AccessTokens tokens, ClientCache clients, Catalog catalog, Subjects subjects, LoginSteps steps, AuthCoreOptions options, TimeProvider clock)
{
    /// <summary>Answers, or says why not: <c>invalid_token</c> 401, <c>insufficient_scope</c> 403 (RFC 6750 §3.1), <c>insufficient_user_authentication</c> 401 (RFC 9470 §3).</summary>
    public async Task<Result<UserInfo>> FindAsync(RequestFacts request, CancellationToken ct)
    {
        if (!(await presented.ReadAsync(request, ct)).Try(out var token, out var error))
        {
            return error;
        }

        if (!token.Audience.Contains(options.Issuer))
        {
            return BearerErrors.InvalidToken("another audience");
        }

        if (!token.Scope.Contains(Scope.OpenId))
        {
            return BearerErrors.InsufficientScope(Scope.OpenId);
        }

        if (await tokens.FindFamilyAsync(token, ct) is not var (grant, user))
        {
            return BearerErrors.InvalidToken("no family");
        }

        if (await clients.FindAsync(grant.ClientId, ct) is not { } client
            || GrantRules.FindFault(grant, client, options.Lifetimes.SessionIdle, clock.GetUtcNow()) is not null)
        {
            return BearerErrors.InvalidToken("the family is over");
        }

        if (!options.UserInfo.IsMetBy(grant.Acr, grant.AuthenticatedAt, steps.Means, clock.GetUtcNow()))
        {
            return BearerErrors.InsufficientUserAuthentication();
        }

        var scopes = (await catalog.GetAsync(ct)).Scopes;
        var claims = scopes.ClaimsOf(token.Scope).Concat(scopes.Released(grant.Claims?.UserInfo ?? [], token.Scope, grant, client)).Distinct();
        return new UserInfo(client, subjects.For(client, user.Subject), user, [.. claims]);
    }
}
