namespace AuthCore.Protocol;

/// <summary>RFC 6750 §3.1: errors of a resource that is protected by an access token.</summary>
public static class BearerErrors
{
    /// <summary>Expired, revoked, malformed or not for us.</summary>
    public static ProtocolError InvalidToken(string? reason = null) => new("invalid_token", "The access token is not valid here.", 401, reason);

    /// <summary>More is needed than was granted.</summary>
    public static ProtocolError InsufficientScope(string scope) => new("insufficient_scope", $"The access token needs the scope '{scope}'.", 403);

    /// <summary>RFC 9470 §3: the token is good, but the sign-in behind it is too old or too weak; the challenge says what would do.</summary>
    public static ProtocolError InsufficientUserAuthentication() =>
        new("insufficient_user_authentication", "The user must sign in again, more recently or in a stronger way.", 401);

    /// <summary>RFC 6750 §3.1: no token at all; the challenge carries no error then.</summary>
    public static ProtocolError NoToken() => new("", "An access token is required.", 401);
}

/// <summary>RFC 6750 §2: how the token came.</summary>
public static class BearerToken
{
    /// <summary>Reads the token from the header or the form body, never from the query (OAuth 2.1 §5.1); two at once are refused.</summary>
    /// <param name="authorization">The <c>Authorization</c> header, or null.</param>
    /// <param name="form">The form body; empty where there is none.</param>
    public static Result<string> Read(string? authorization, Parameters form)
    {
        const string Scheme = "Bearer ";
        if (form.IsRepeated("access_token"))
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        var inForm = form["access_token"];
        if (authorization is null)
        {
            return inForm is null ? BearerErrors.NoToken() : inForm;
        }

        if (inForm is not null)
        {
            return ProtocolError.InvalidRequest("The access token was sent in two ways.");
        }

        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return BearerErrors.NoToken();
        }

        var token = authorization[Scheme.Length..].Trim(' ');
        return token.Length > 0 ? token : ProtocolError.InvalidRequest("The Authorization header carries no token.");
    }
}
