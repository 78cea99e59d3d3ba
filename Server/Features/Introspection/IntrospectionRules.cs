using AuthCore.Protocol;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 7662 §2.2, §4: who is told of a token, and what.</summary>
internal static class IntrospectionRules
{
    /// <summary>RFC 7662 §2.1: the parameters that may not repeat.</summary>
    public static readonly string[] Known = ["token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

    /// <summary>The part of an access token's scope that the one who asks is told; null where the token is none of their business.</summary>
    /// <param name="token">The token.</param>
    /// <param name="asking">The client that asks, authenticated.</param>
    /// <param name="resources">Every resource, by its identifier.</param>
    /// <returns>
    /// All of it for the token's own client. For a client that the entry of one of the token's resources names: the scopes that these resources understand
    /// (RFC 7662 §2.2 lets the answer differ by who asks, RFC 9701 §5 wants it so); where an entry lists none, all but those that only other resources of the token understand.
    /// </returns>
    public static string[]? FindView(AccessTokenFacts token, Client asking, IReadOnlyDictionary<string, ResourceDefinition> resources)
    {
        if (token.ClientId == asking.ClientId)
        {
            return token.Scope;
        }

        var all = token.Audience.Select(resources.GetValueOrDefault).OfType<ResourceDefinition>().ToLookup(resource => resource.IntrospectionClients.Contains(asking.ClientId));
        var (own, others) = (all[true].ToArray(), all[false]);
        var isOpen = own.Any(resource => resource.Scopes.Length == 0);
        return own.Length == 0 ? null
            : [.. token.Scope.Where(scope => own.Any(resource => resource.Scopes.Contains(scope)) || (isOpen && !others.Any(resource => resource.Scopes.Contains(scope))))];
    }

    /// <summary>Why a token that a client got for itself is worth nothing any more, for the log; null where it is. Tokens with a family: <see cref="GrantRules"/>.</summary>
    /// <param name="token">The token.</param>
    /// <param name="client">Its client as registered now.</param>
    public static string? FindFault(AccessTokenFacts token, Client client) =>
        client.DisabledAt is not null ? "client disabled"
            : !Scope.Covers(client.Scope, token.Scope) ? "a scope is no longer registered"
            : !token.Audience.All(audience => audience == token.Issuer || client.Resources.Contains(audience)) ? "a resource is no longer registered"
            : null;

    /// <summary>Why a refresh token would get nothing now, for the log; null where it would get tokens.</summary>
    /// <param name="token">As kept, with its family; null where nobody has it.</param>
    /// <param name="asking">The client that asks, authenticated.</param>
    /// <param name="sessionIdle">How long a session may lie idle.</param>
    /// <param name="now">The clock.</param>
    public static string? FindFault(RefreshToken? token, Client asking, TimeSpan sessionIdle, DateTimeOffset now) => token switch
    {
        null => "unknown refresh token",
        _ when token.Grant.ClientId != asking.ClientId => "refresh token of another client",
        { RotatedAt: not null } => "refresh token spent",   // a retry may get its successor again; it is not to be used otherwise
        _ when token.ExpiresAt <= now => "refresh token expired",
        _ when !asking.GrantTypes.Contains("refresh_token") => "no longer registered for refresh_token",
        _ => GrantRules.FindFault(token.Grant, asking, sessionIdle, now),
    };
}
