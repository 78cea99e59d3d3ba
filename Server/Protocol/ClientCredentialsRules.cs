namespace AuthCore.Protocol;

/// <summary>OAuth 2.1 §4.2: a client acts for itself.</summary>
public static class ClientCredentialsRules
{
    /// <summary>The scope of the token: what was asked for, within what is registered; all of it where nothing was asked for.</summary>
    /// <returns><c>invalid_scope</c> for scopes that need a person: <c>openid</c>, <c>offline_access</c>; <c>unauthorized_client</c> for a public client.</returns>
    public static Result<string[]> ChooseScope(string? asked, Client client)
    {
        // OAuth 2.1 §4.2: only confidential clients. Registration refuses it too; a client may have become public since.
        if (client.IsPublic)
        {
            return ProtocolError.UnauthorizedClient("a public client proves nothing");
        }

        if (!Scope.Parse(asked).Try(out var scope, out var error))
        {
            return error;
        }

        var own = client.Scope.Where(s => s is not (Scope.OpenId or Scope.OfflineAccess)).ToArray();
        return scope.Length == 0 ? own
            : Scope.Covers(own, scope) ? scope
            : ProtocolError.InvalidScope("not registered for the client");
    }
}
