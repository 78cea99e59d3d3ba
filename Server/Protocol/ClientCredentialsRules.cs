namespace AuthCore.Protocol;

/// <summary>OAuth 2.1 §4.2: a client acts for itself.</summary>
public static class ClientCredentialsRules
{
    /// <summary>The scope of the token: what was asked for, within what is registered; all of it where nothing was asked for.</summary>
    /// <returns><c>invalid_scope</c> for scopes that need a person: <c>openid</c>, <c>offline_access</c>.</returns>
    public static Result<string[]> ChooseScope(string? asked, Client client)
    {
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
