namespace AuthCore.Protocol;

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

    /// <summary>RFC 9470 §5: who is signed in must take a further step, which gives <paramref name="Acr"/>.</summary>
    public sealed record TakeStep(string Acr) : AuthorizeStep;

    /// <summary>OIDC Core §3.1.2.1 <c>select_account</c>: somebody must say who they want to be.</summary>
    public sealed record SelectAccount : AuthorizeStep;

    /// <summary>The signed-in person must be asked.</summary>
    public sealed record AskConsent : AuthorizeStep;

    /// <summary>Give a code for what was granted.</summary>
    /// <param name="Granted">Scopes.</param>
    /// <param name="Claims">Names of claims asked for one by one that no granted scope gives.</param>
    /// <param name="Declined">Items left unticked.</param>
    /// <param name="Acr">OIDC Core §2: what the tokens tell of the sign-in.</param>
    public sealed record IssueCode(string[] Granted, string[] Claims, string[] Declined, string Acr) : AuthorizeStep;
}

/// <summary>OIDC Core §3.1.2.3 and §3.1.2.4: sign in, ask, or answer. Decided anew from stored facts after every step.</summary>
public static class AuthorizeDecision
{
    /// <summary>Decides; touches nothing.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="client">Whose it is, as registered now.</param>
    /// <param name="scopes">What the scopes mean, and which cannot be declined.</param>
    /// <param name="means">How well a person can be authenticated here.</param>
    /// <param name="session">Who is signed in; null where nobody is.</param>
    /// <param name="consent">What was allowed before; null where nothing was.</param>
    /// <param name="progress">How far this request has come.</param>
    /// <param name="now">The clock.</param>
    public static AuthorizeStep Decide(
        AuthorizationRequest request, Client client, ScopeCatalog scopes, AuthenticationMeans means, SignedIn? session, Consent? consent, Progress progress, DateTimeOffset now)
    {
        if (progress.Denied)
        {
            return new AuthorizeStep.Fail(ProtocolError.AccessDenied("denied by the user"));
        }

        if (IsBeyondReach(request, client, means, session))
        {
            return Fail(ProtocolError.UnmetAuthenticationRequirements());
        }

        var silent = request.Prompt.Contains("none");
        if (session is null || MustSignInAgain(request, session, progress, now))
        {
            return silent ? Fail(ProtocolError.LoginRequired()) : new AuthorizeStep.Login();
        }

        if (!IsMeant(request, session))
        {
            // OIDC Core §3.1.2.1: the hinted user, or an error; never somebody else's answer.
            return silent || session.AuthenticatedAt >= progress.BeganAt
                ? Fail(ProtocolError.LoginRequired("signed in as somebody else than the hint names"))
                : new AuthorizeStep.Login();
        }

        if (FindStepTowardsAcr(request, means, session, progress, silent) is { } step)
        {
            return step;
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
            ? new AuthorizeStep.IssueCode(
                scope, ScopeCatalog.ClaimsAmong(granted), [.. scopes.ItemsOf(request, client).Except(granted)], AcrRules.Told(request, session.Acr, means))
            : Fail(ProtocolError.AccessDenied("no scope was granted"));
    }

    // Nobody types a password for what cannot come about; but RFC 9700 §4.11.2: only an operator's client may have people sent to it before they did anything.
    private static bool IsBeyondReach(AuthorizationRequest request, Client client, AuthenticationMeans means, SignedIn? session) =>
        AcrRules.Required(request) is { } required && !means.CanMeet(required) && (session is null ? client.RegisteredBy == "operator" : !means.Meets(session.Acr, required));

    // OIDC Core §3.1.2.1, §5.5.1: the user of the hint, and one of those asked for by value.
    private static bool IsMeant(AuthorizationRequest request, SignedIn session) =>
        (request.HintedSubject is null || request.HintedSubject == session.KnownAs)
        && (request.Claims?.Subjects is not { } subjects || subjects.Contains(session.KnownAs));

    // Null where the session will do, or where it must: what is only wished for keeps nobody from going on as they are.
    private static AuthorizeStep? FindStepTowardsAcr(AuthorizationRequest request, AuthenticationMeans means, SignedIn session, Progress progress, bool silent)
    {
        if (AcrRules.AreMet(request, session.Acr, means))
        {
            return null;
        }

        var isRequired = AcrRules.Required(request) is not null;
        if (silent && !isRequired)
        {
            return null;
        }

        var wanted = AcrRules.Wanted(request);
        if (wanted.SelectMany(one => session.WithinReach.Where(acr => means.Includes(acr, one))).FirstOrDefault() is { } acr)
        {
            return silent ? Fail(ProtocolError.LoginRequired("a further step of signing in is needed")) : new AuthorizeStep.TakeStep(acr);
        }

        // A session of before: signing in anew gives what signing in gives now.
        if (isRequired && session.AuthenticatedAt < progress.BeganAt && means.Meets(means.SignIn, wanted))
        {
            return silent ? Fail(ProtocolError.LoginRequired("the session's acr is not that of a sign-in now")) : new AuthorizeStep.Login();
        }

        return isRequired ? Fail(ProtocolError.UnmetAuthenticationRequirements()) : null;   // OIDC Core §5.5.1.1: a failed attempt
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
