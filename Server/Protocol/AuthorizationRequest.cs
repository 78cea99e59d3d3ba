namespace AuthCore.Protocol;

/// <summary>A checked authorization request: every rule of <see cref="AuthorizationRequestRules"/> holds.</summary>
public sealed record AuthorizationRequest
{
    /// <summary>RFC 6749 §4.1.1.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the answer goes, and whether the request said so.</summary>
    public required ChosenRedirectUri RedirectUri { get; init; }

    /// <summary>OAuth 2.0 Multiple Response Types §2.1: <c>query</c>, <c>form_post</c>, or one that a feature delivers.</summary>
    public required string ResponseMode { get; init; }

    /// <summary>RFC 6749 §4.1.1: returned exactly as sent.</summary>
    public string? State { get; init; }

    /// <summary>Where its answer goes, and how.</summary>
    public ResponseTarget Target => new(RedirectUri.Value, ResponseMode, State);

    /// <summary>OIDC Core §3.1.2.1.</summary>
    public string? Nonce { get; init; }

    /// <summary>RFC 6749 §3.3: what was asked for, or the client's default.</summary>
    public required string[] Scope { get; init; }

    /// <summary>RFC 8707 §2.</summary>
    public string[] Resource { get; init; } = [];

    /// <summary>RFC 7636 §4.2; null only for a client with <c>require_pkce: false</c>.</summary>
    public string? CodeChallenge { get; init; }

    /// <summary>OIDC Core §3.1.2.1: any of none (alone), login, consent, select_account.</summary>
    public string[] Prompt { get; init; } = [];

    /// <summary>OIDC Core §3.1.2.1: seconds; the request's, else the client's default.</summary>
    public int? MaxAge { get; init; }

    /// <summary>OIDC Core §3.1.2.1.</summary>
    public string? LoginHint { get; init; }

    /// <summary>OIDC Core §3.1.2.1: whom the <c>id_token_hint</c> names, as the client calls them.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>OIDC Core §3.1.2.1, RFC 9470 §4: in order of preference; whether they bind is for <see cref="AcrRules"/> to say.</summary>
    public string[] AcrValues { get; init; } = [];

    /// <summary>OIDC Core §5.5.</summary>
    public ClaimsRequest? Claims { get; init; }

    /// <summary>RFC 9449 §10: the <c>cnf</c> of the key that the code is to be bound to; null where the request names none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>OIDC Core §3.1.2.1: whether this is an OpenID request.</summary>
    public bool IsOpenId => Scope.Contains(Protocol.Scope.OpenId);
}

/// <summary>Where and how an answer, good or bad, is delivered to the client.</summary>
/// <param name="RedirectUri">A URI that was checked.</param>
/// <param name="ResponseMode"><c>query</c>, <c>form_post</c>, or one that a feature delivers.</param>
/// <param name="State">Returned exactly as sent.</param>
public sealed record ResponseTarget(string RedirectUri, string ResponseMode, string? State);
