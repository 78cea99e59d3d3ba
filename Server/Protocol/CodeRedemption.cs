namespace AuthCore.Protocol;

/// <summary>An authorization code as it is kept, with its family.</summary>
public sealed record AuthorizationCode
{
    /// <summary>The family.</summary>
    public required Grant Grant { get; init; }

    /// <summary>Where it was sent.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Whether the authorization request carried the URI.</summary>
    public required bool RedirectUriSent { get; init; }

    /// <summary>RFC 7636 §4.2; null for a client excused from PKCE.</summary>
    public string? CodeChallenge { get; init; }

    /// <summary>RFC 9449 §10: the <c>cnf</c> of the key that the authorization request bound it to; null where it bound it to none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>OAuth 2.1 §4.1.2: soon.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was spent; null while it waits.</summary>
    public DateTimeOffset? RedeemedAt { get; init; }
}

/// <summary>The code-specific part of a token request.</summary>
/// <param name="RedirectUri">As sent, or null.</param>
/// <param name="CodeVerifier">As sent, or null.</param>
/// <param name="Resource">RFC 8707 §2.2.</param>
public sealed record CodeTokenRequest(string? RedirectUri, string? CodeVerifier, string[] Resource)
{
    /// <summary>The <c>cnf</c> of the key that the request proved; null where it proved none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>Never the verifier.</summary>
    public override string ToString() => $"code token request, redirect_uri {RedirectUri}";
}

/// <summary>What is to be done with a presented code.</summary>
public abstract record CodeDecision
{
    private CodeDecision()
    {
    }

    /// <summary>Spend it and give tokens for <paramref name="Resource"/>.</summary>
    public sealed record Redeem(string[] Resource) : CodeDecision;

    /// <summary>OAuth 2.1 §4.1.3: spent before, and presented as only its owner could: end the family, then answer.</summary>
    public sealed record Replayed(ProtocolError Error) : CodeDecision;

    /// <summary>Answer; change nothing.</summary>
    public sealed record Reject(ProtocolError Error) : CodeDecision;
}

/// <summary>OAuth 2.1 §4.1.3: the code for tokens.</summary>
public static class CodeRedemption
{
    /// <summary>Decides; touches nothing. The caller applies it under the same facts.</summary>
    public static CodeDecision Decide(AuthorizationCode? code, CodeTokenRequest request, Client client, TimeSpan sessionIdle, DateTimeOffset now)
    {
        if (FindFault(code, request, client) is { } fault)
        {
            return Reject(fault);
        }

        // OAuth 2.1 §7.5.2: only a replay that is valid in every other way may revoke;
        // else whoever steals a code without its verifier could sign the user out.
        if (code!.RedeemedAt is not null)
        {
            return new CodeDecision.Replayed(ProtocolError.InvalidGrant("code presented twice"));
        }

        if (code.ExpiresAt <= now)
        {
            return Reject("code expired");
        }

        if (GrantRules.FindFault(code.Grant, client, sessionIdle, now) is { } grantFault)
        {
            return Reject(grantFault);
        }

        return ResourceRules.Narrow(request.Resource, code.Grant.Resource).Try(out var resource, out var error)
            ? new CodeDecision.Redeem(resource)
            : new CodeDecision.Reject(error);
    }

    private static string? FindFault(AuthorizationCode? code, CodeTokenRequest request, Client client) => code switch
    {
        null => "unknown code",
        _ when code.Grant.ClientId != client.ClientId => "code of another client",
        _ when !RedirectUri.MayRedeem(request.RedirectUri, code) => "redirect_uri differs",   // OAuth 2.1 §10.2: absent only with PKCE
        _ when !Pkce.Matches(request.CodeVerifier, code.CodeChallenge) => "verifier does not match",
        { CodeChallenge: null } when Pkce.IsDemandedOf(client) => "no challenge, and the client needs one now",
        _ when code.Confirmation is { } bound && bound != request.Confirmation => "bound to another key",   // RFC 9449 §10
        _ => null,
    };

    private static CodeDecision.Reject Reject(string reason) => new(ProtocolError.InvalidGrant(reason));
}
