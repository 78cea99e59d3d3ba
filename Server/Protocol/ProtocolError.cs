namespace AuthCore.Protocol;

/// <summary>An error of the protocol: what goes on the wire, and what only the log may know.</summary>
/// <param name="Code">RFC 6749 §4.1.2.1 and §5.2, OIDC Core §3.1.2.6: the <c>error</c> member.</param>
/// <param name="Description">Fixed text of the characters %x20-21 %x23-5B %x5D-7E; never echoes input.</param>
/// <param name="Status">The HTTP status where the error is answered directly.</param>
/// <param name="Reason">For the log only.</param>
public sealed record ProtocolError(string Code, string Description, int Status = 400, string? Reason = null)
{
    /// <summary>RFC 9110 §11.6.1: at a protected resource, the scheme to be named in the challenge; null = the one that was tried.</summary>
    public string? Scheme { get; init; }

    /// <summary>RFC 6749 §4.1.2.1, §5.2: a parameter is missing, repeated or malformed.</summary>
    public static ProtocolError InvalidRequest(string description, string? reason = null) => new("invalid_request", description, Reason: reason);

    /// <summary>RFC 6749 §5.2: client authentication failed. Always 401: a client that tried Basic must be told, others may be.</summary>
    public static ProtocolError InvalidClient(string? reason = null) =>
        new("invalid_client", "Client authentication failed.", 401, reason);

    /// <summary>RFC 6749 §5.2: code or refresh token invalid, expired, revoked or another client's.</summary>
    public static ProtocolError InvalidGrant(string? reason = null) =>
        new("invalid_grant", "The code or refresh token is not valid.", Reason: reason);

    /// <summary>RFC 6749 §5.2: the client may not use this grant type or response type.</summary>
    public static ProtocolError UnauthorizedClient(string? reason = null) =>
        new("unauthorized_client", "The client is not registered for this grant or response type.", Reason: reason);

    /// <summary>RFC 6749 §5.2: the grant type is not offered.</summary>
    public static ProtocolError UnsupportedGrantType() =>
        new("unsupported_grant_type", "The grant type is not supported.");

    /// <summary>RFC 6749 §4.1.2.1: the response type is not offered.</summary>
    public static ProtocolError UnsupportedResponseType() =>
        new("unsupported_response_type", "Only the response type 'code' is supported.");

    /// <summary>RFC 6749 §3.3: scope unknown, malformed or beyond what the client or the grant has.</summary>
    public static ProtocolError InvalidScope(string? reason = null) =>
        new("invalid_scope", "The scope is malformed, unknown, or more than was registered or granted.", Reason: reason);

    /// <summary>RFC 8707 §2: the resource is unknown, malformed or not allowed for the client.</summary>
    public static ProtocolError InvalidTarget(string? reason = null) =>
        new("invalid_target", "The resource is unknown, malformed, or not allowed for this client.", Reason: reason);

    /// <summary>RFC 8707 §2: several resources that cannot be served by one access token.</summary>
    public static ProtocolError SeparateTargets() =>
        new("invalid_target", "These resources take access tokens of different kinds. Ask for one resource at a time.");

    /// <summary>RFC 6749 §4.1.2.1: the person or the server said no.</summary>
    public static ProtocolError AccessDenied(string? reason = null) =>
        new("access_denied", "The request was denied.", Reason: reason);

    /// <summary>OIDC Core §3.1.2.6: <c>prompt=none</c>, or a hint, cannot be satisfied by who is signed in.</summary>
    public static ProtocolError LoginRequired(string? reason = null) =>
        new("login_required", "The user must sign in.", Reason: reason);

    /// <summary>OIDC Core Error Code unmet_authentication_requirements 1.0 §2: an essential <c>acr</c> did not come about.</summary>
    public static ProtocolError UnmetAuthenticationRequirements() =>
        new("unmet_authentication_requirements", "The user cannot be authenticated as the request demands.");

    /// <summary>OIDC Core §3.1.2.6: <c>prompt=none</c> and the user would have to choose an account.</summary>
    public static ProtocolError AccountSelectionRequired() =>
        new("account_selection_required", "The user must choose an account.");

    /// <summary>OIDC Core §3.1.2.6: <c>prompt=none</c> and the user would have to consent.</summary>
    public static ProtocolError ConsentRequired() =>
        new("consent_required", "The user must consent.");

    /// <summary>OIDC Core §3.1.2.6: a way of passing the request that this server does not offer.</summary>
    public static ProtocolError NotSupported(string parameter) =>
        new($"{parameter}_not_supported", $"The parameter '{parameter}' is not supported.");

    /// <summary>RFC 9101 §7, RFC 9126 §4: the <c>request_uri</c> leads to no request that could be answered.</summary>
    public static ProtocolError InvalidRequestUri(string? reason = null) =>
        new("invalid_request_uri", "The request_uri is not known, has expired, or was spent.", Reason: reason);

    /// <summary>RFC 9101 §7: the request object is not the client's, not for us, out of date or malformed.</summary>
    public static ProtocolError InvalidRequestObject(string? reason = null) =>
        new("invalid_request_object", "The request object is not valid.", Reason: reason);

    /// <summary>A fault of ours that passes: the caller may try again.</summary>
    public static ProtocolError TemporarilyUnavailable(string? reason = null) =>
        new("temporarily_unavailable", "The server cannot answer right now. Try again.", 503, reason);

    /// <summary>A fault of ours.</summary>
    public static ProtocolError ServerError(string? reason = null) =>
        new("server_error", "The server failed. The fault has been recorded.", 500, reason);
}
