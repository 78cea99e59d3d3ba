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
