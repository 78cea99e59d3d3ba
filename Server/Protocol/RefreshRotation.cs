namespace AuthCore.Protocol;

/// <summary>A refresh token as it is kept, with its family.</summary>
public sealed record RefreshToken
{
    /// <summary>The family.</summary>
    public required Grant Grant { get; init; }

    /// <summary>When it is too old to be used for the first time.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was exchanged for its successor; null while it is the leaf.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>RFC 9449 §5: the <c>cnf</c> of the key that it is bound to; null where it is bound to none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>The <c>cnf</c> of the key that its successor is bound to; null where it is bound to none, or there is none.</summary>
    public string? SuccessorConfirmation { get; init; }

    /// <summary>Whether the successor was itself presented: then it arrived, and nobody honest needs this one again.</summary>
    public bool SuccessorWasPresented { get; init; }
}

/// <summary>The refresh-specific part of a token request.</summary>
/// <param name="Scope">RFC 6749 §6: null = what was granted.</param>
/// <param name="Resource">RFC 8707 §2.2.</param>
public sealed record RefreshTokenRequest(string? Scope, string[] Resource)
{
    /// <summary>The <c>cnf</c> of the key that the request proved; null where it proved none.</summary>
    public string? Confirmation { get; init; }
}

/// <summary>What is to be done with a presented refresh token.</summary>
public abstract record RefreshDecision
{
    private RefreshDecision()
    {
    }

    /// <summary>Exchange it for a successor and give tokens of <paramref name="Scope"/>.</summary>
    public sealed record Rotate(string[] Scope, string[] Resource) : RefreshDecision;

    /// <summary>Give tokens; the refresh token stays as it is, for clients without rotation.</summary>
    public sealed record Keep(string[] Scope, string[] Resource) : RefreshDecision;

    /// <summary>The answer was lost on its way, or two asked at once: give the same successor again, and new tokens of what is asked for now.</summary>
    public sealed record Retry(string[] Scope, string[] Resource) : RefreshDecision;

    /// <summary>OAuth 2.1 §4.3.1: used before. End the family, then answer.</summary>
    public sealed record Replayed(ProtocolError Error) : RefreshDecision;

    /// <summary>Answer; change nothing.</summary>
    public sealed record Reject(ProtocolError Error) : RefreshDecision;
}

/// <summary>OAuth 2.1 §4.3: refresh tokens rotate, and a lost answer loses nothing.</summary>
public static class RefreshRotation
{
    /// <summary>Decides; touches nothing. The caller applies it under the same facts.</summary>
    /// <param name="token">As kept; null where nobody has it.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="client">Who asks, authenticated.</param>
    /// <param name="retryWindow">How long a retry gets the same successor; zero for never.</param>
    /// <param name="sessionIdle">How long a session may lie idle.</param>
    /// <param name="now">The clock.</param>
    public static RefreshDecision Decide(
        RefreshToken? token, RefreshTokenRequest request, Client client, TimeSpan retryWindow, TimeSpan sessionIdle, DateTimeOffset now)
    {
        if (token is null)
        {
            return Reject("unknown refresh token");
        }

        if (token.Grant.ClientId != client.ClientId)
        {
            return Reject("refresh token of another client");   // and it stays usable by its owner
        }

        if (token.Confirmation is { } bound && bound != request.Confirmation)
        {
            return Reject("refresh token bound to another key");   // RFC 9449 §5; nor may whoever lacks the key end the family
        }

        if (token.RotatedAt is { } rotatedAt
            && (token.SuccessorWasPresented || retryWindow <= TimeSpan.Zero || now > rotatedAt + retryWindow || IsOfAnother(token.SuccessorConfirmation, request)))
        {
            return new RefreshDecision.Replayed(ProtocolError.InvalidGrant("refresh token used again"));
        }

        if (GrantRules.FindFault(token.Grant, client, sessionIdle, now) is { } fault)
        {
            return Reject(fault);
        }

        if (token.RotatedAt is null && token.ExpiresAt <= now)
        {
            return Reject("refresh token expired");
        }

        ProtocolError? error;
        if (!ChooseScope(request.Scope, token.Grant).Try(out var scope, out error)
            || !ResourceRules.Narrow(request.Resource, token.Grant.Resource).Try(out var resource, out error))
        {
            return new RefreshDecision.Reject(error);
        }

        return token.RotatedAt is not null ? new RefreshDecision.Retry(scope, resource)
            : client.RefreshTokenRotation || client.IsPublic ? new RefreshDecision.Rotate(scope, resource)
            : new RefreshDecision.Keep(scope, resource);
    }

    /// <summary>RFC 9449 §5: what the next refresh token is bound to: what this one is; for a public client else the key it proves now. Others authenticate.</summary>
    /// <param name="token">The one exchanged.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="proven">The <c>cnf</c> of the key that the request proved, or null.</param>
    public static string? ConfirmationOfSuccessor(RefreshToken token, Client client, string? proven) => token.Confirmation ?? (client.IsPublic ? proven : null);

    // A token bound to nothing, exchanged by the holder of a key, comes again from somebody without it: two have it.
    private static bool IsOfAnother(string? confirmation, RefreshTokenRequest request) => confirmation is not null && confirmation != request.Confirmation;

    // RFC 6749 §6: omitted = as granted; it may narrow, never widen.
    private static Result<string[]> ChooseScope(string? asked, Grant grant)
    {
        if (!Scope.Parse(asked).Try(out var scope, out var error))
        {
            return error;
        }

        return scope.Length == 0 ? grant.Scope
            : Scope.Covers(grant.Scope, scope) ? scope
            : ProtocolError.InvalidScope("beyond the grant");
    }

    private static RefreshDecision.Reject Reject(string reason) => new(ProtocolError.InvalidGrant(reason));
}
