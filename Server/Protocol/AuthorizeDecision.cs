namespace AuthCore.Protocol;

/// <summary>Who is signed in at this browser.</summary>
/// <param name="Id">The <c>sid</c>.</param>
/// <param name="Subject">The user.</param>
/// <param name="AuthenticatedAt">OIDC Core §2: <c>auth_time</c>.</param>
/// <param name="Acr">OIDC Core §2.</param>
/// <param name="Amr">RFC 8176.</param>
public sealed record SignedIn(Guid Id, string Subject, DateTimeOffset AuthenticatedAt, string Acr, string[] Amr);

/// <summary>What a person allowed this client before.</summary>
/// <param name="Granted">Items once ticked: scopes, and claims asked for one by one (<see cref="ScopeCatalog.ItemsOf"/>).</param>
/// <param name="Declined">Items once left unticked.</param>
public sealed record Consent(string[] Granted, string[] Declined)
{
    /// <summary>What the answers were about (<see cref="ScopeCatalog.TargetsOf"/>).</summary>
    public string[] Targets { get; init; } = [];
}

/// <summary>How far a person has come with this one request.</summary>
/// <param name="BeganAt">When the request arrived.</param>
/// <param name="AccountChosenAt">When the account was chosen.</param>
/// <param name="ConsentedSubject">Who answered the consent page.</param>
/// <param name="ConsentedScope">What was ticked there.</param>
/// <param name="Denied">Whether the person said no.</param>
public sealed record Progress(
    DateTimeOffset BeganAt, DateTimeOffset? AccountChosenAt = null, string? ConsentedSubject = null, string[]? ConsentedScope = null, bool Denied = false)
{
    /// <summary>The request has just arrived: no sign-in is younger than it.</summary>
    public static Progress None { get; } = new(DateTimeOffset.MaxValue);
}

/// <summary>The next step of an authorization request.</summary>
public abstract record AuthorizeStep
{
    private AuthorizeStep()
    {
    }

    /// <summary>Answer the client with an error.</summary>
    public sealed record Fail(ProtocolError Error) : AuthorizeStep;

    /// <summary>Somebody must sign in.</summary>
    public sealed record Login : AuthorizeStep;

    /// <summary>OIDC Core §3.1.2.1 <c>select_account</c>: somebody must say who they want to be.</summary>
    public sealed record SelectAccount : AuthorizeStep;

    /// <summary>The signed-in person must be asked.</summary>
    public sealed record AskConsent : AuthorizeStep;

    /// <summary>Give a code for what was granted.</summary>
    /// <param name="Granted">Scopes.</param>
    /// <param name="Claims">Names of claims asked for one by one that no granted scope gives.</param>
    /// <param name="Declined">Items left unticked.</param>
    public sealed record IssueCode(string[] Granted, string[] Claims, string[] Declined) : AuthorizeStep;
}

/// <summary>OIDC Core §3.1.2.3 and §3.1.2.4: sign in, ask, or answer. Decided anew from stored facts after every step.</summary>
public static class AuthorizeDecision
{
    /// <summary>Decides; touches nothing.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="client">Whose it is, as registered now.</param>
    /// <param name="scopes">What the scopes mean, and which cannot be declined.</param>
    /// <param name="session">Who is signed in; null where nobody is.</param>
    /// <param name="consent">What was allowed before; null where nothing was.</param>
    /// <param name="progress">How far this request has come.</param>
    /// <param name="now">The clock.</param>
    public static AuthorizeStep Decide(
        AuthorizationRequest request, Client client, ScopeCatalog scopes, SignedIn? session, Consent? consent, Progress progress, DateTimeOffset now)
    {
        if (progress.Denied)
        {
            return new AuthorizeStep.Fail(ProtocolError.AccessDenied("denied by the user"));
        }

        var silent = request.Prompt.Contains("none");
        if (session is null || MustSignInAgain(request, session, progress, now))
        {
            return silent ? Fail(ProtocolError.LoginRequired()) : new AuthorizeStep.Login();
        }

        if (request.HintedSubject is not null && request.HintedSubject != session.Subject)
        {
            // OIDC Core §3.1.2.1: the hinted user, or an error; never somebody else's answer.
            return silent || session.AuthenticatedAt >= progress.BeganAt
                ? Fail(ProtocolError.LoginRequired("signed in as somebody else than the hint names"))
                : new AuthorizeStep.Login();
        }

        if (request.IsOpenId && request.Claims?.EssentialAcr is { } acr && !acr.Contains(session.Acr))
        {
            return Fail(ProtocolError.UnmetAuthenticationRequirements());   // OIDC Core §5.5.1.1: a failed attempt
        }

        if (request.Prompt.Contains("select_account") && progress.AccountChosenAt is null && session.AuthenticatedAt < progress.BeganAt)
        {
            return silent ? Fail(ProtocolError.AccountSelectionRequired()) : new AuthorizeStep.SelectAccount();
        }

        if (request.Resource.Any(r => scopes.FindResource(r) is null))
        {
            return Fail(ProtocolError.InvalidTarget("a resource is no longer one of this server"));
        }

        if (scopes.ScopeAt(request.Resource, request.Scope).Length == 0)
        {
            return Fail(ProtocolError.InvalidScope("nothing of it has a meaning at the resource"));   // nobody is asked for what no token would carry
        }

        if (GrantedOf(request, client, scopes, session, consent, progress) is not { } granted)
        {
            return silent ? Fail(ProtocolError.ConsentRequired()) : new AuthorizeStep.AskConsent();
        }

        string[] scope = [.. request.Scope.Where(granted.Contains)];
        return scopes.ScopeAt(request.Resource, scope).Length > 0
            ? new AuthorizeStep.IssueCode(scope, ScopeCatalog.ClaimsAmong(granted), [.. scopes.ItemsOf(request, client).Except(granted)])
            : Fail(ProtocolError.AccessDenied("no scope was granted"));
    }

    // OIDC Core §3.1.2.1: prompt=login and max_age are satisfied by a sign-in not older than the request, so nothing asks for ever.
    private static bool MustSignInAgain(AuthorizationRequest request, SignedIn session, Progress progress, DateTimeOffset now)
    {
        if (session.AuthenticatedAt >= progress.BeganAt)
        {
            return false;
        }

        return request.Prompt.Contains("login") || request.MaxAge == 0   // which is prompt=login, whatever the clocks say
            || (request.MaxAge is { } seconds && session.AuthenticatedAt.AddSeconds(seconds) < now);
    }

    // What the client gets without asking (again); null where the person must be asked.
    private static string[]? GrantedOf(
        AuthorizationRequest request, Client client, ScopeCatalog scopes, SignedIn session, Consent? consent, Progress progress)
    {
        var items = scopes.ItemsOf(request, client);
        if (progress.ConsentedScope is { } ticked && progress.ConsentedSubject == session.Subject)
        {
            return [.. items.Where(item => ticked.Contains(item) || scopes.IsRequired(item))];
        }

        if (request.Prompt.Contains("consent"))
        {
            return null;
        }

        // RFC 9700 §4.15, RFC 8252 §8.6: anybody can copy a public client's id; only an https redirect says who gets the answer.
        if (client.IsPublic && !request.RedirectUri.Value.StartsWith("https://", StringComparison.Ordinal))
        {
            return null;
        }

        if (!client.RequireConsent)
        {
            return items;
        }

        if (consent is null)
        {
            return null;
        }

        var granted = items.Where(consent.Granted.Contains).ToArray();
        var isAnswered = items.All(item => consent.Granted.Contains(item) || consent.Declined.Contains(item));
        var hasRequired = items.Where(scopes.IsRequired).All(granted.Contains);

        // RFC 8707 §3: what was allowed at one resource says nothing of another.
        var isAimed = scopes.TargetsOf(request.Resource, granted).All(consent.Targets.Contains);
        return isAnswered && hasRequired && isAimed && granted.Length > 0 ? granted : null;
    }

    private static AuthorizeStep.Fail Fail(ProtocolError error) => new(error);
}
