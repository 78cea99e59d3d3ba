using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>OIDC Core §3.1.2: the authorization endpoint. Every step ends here again, and the next is decided anew from stored facts.</summary>
internal sealed partial class AuthorizeFlow(
    ClientCache clients, Catalog catalog, Sessions sessions, GrantStore grants, InteractionStore interactionStore, Interactions interactions,
    TokenTerms terms, AuthorizationRequestReader requests, Subjects subjects, LoginSteps steps, TimeProvider clock, ILogger<AuthorizeFlow> log)
{
    private const int Attempts = 3;

    /// <summary>A request that has just arrived.</summary>
    /// <param name="facts">What was sent, by query or form. A cross-site POST brings no cookies: the request is kept, and decided on at the GET that follows.</param>
    /// <param name="browser">The browser.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<AuthorizeOutcome> BeginAsync(RequestFacts facts, Browser browser, CancellationToken ct)
    {
        var (parameters, isPost) = (facts.Parameters, facts.Method == "POST");
        if (parameters.IsRepeated("client_id") || parameters["client_id"] is not { } clientId)
        {
            return Page(ProtocolError.InvalidRequest("The parameter 'client_id' is required, once."));
        }

        if (await clients.FindAsync(clientId, ct) is not { DisabledAt: null } client)
        {
            return Page(ProtocolError.InvalidRequest("The client is not known here, or it is switched off."));
        }

        switch (await requests.ReadAsync(facts, client, isPushed: false, ct))
        {
            case ArrivedRequest.Bad { Target: { } target } bad when client.RegisteredBy == "operator":
                return Respond(target, bad.Error, client);   // RFC 9700 §4.11.2: only an operator's client may have people sent to it before they did anything
            case ArrivedRequest.Bad bad:
                return Page(bad.Error, client);
            case ArrivedRequest.Waiting waiting:
                return isPost ? new AuthorizeOutcome.Repeat(clientId, parameters["request_uri"]!) : await EnterAsync(waiting.Interaction, client, browser, ct);
            case ArrivedRequest.Good { Request: var request } when !isPost:
                return await DecideAsync(request, client, Progress.None, browser, interaction: null, ct);
            case var arrived:
                // Nor is a cookie set: it would take the place of the one that this browser did not send, and other tabs live on.
                var kept = await interactions.BeginAsync(((ArrivedRequest.Good)arrived).Request, browser: null, ct);
                return new AuthorizeOutcome.GoTo(AuthorizePage.Authorize, kept.Value, NewBrowserCookie: null);
        }
    }

    /// <summary>A person comes back from one of our pages, or for the first time after a POST.</summary>
    public async Task<AuthorizeOutcome> ContinueAsync(string handle, Browser browser, CancellationToken ct)
    {
        var (cookie, @new) = browser.CookieOf(clock.GetUtcNow());
        var found = await interactions.FindAsync(handle, browser = browser with { BrowserCookie = cookie.Value }, ct);
        return found is { Fault: null, Interaction: { } interaction, Client: { } client }
            ? await GoOnAsync(interaction, client, browser, (handle, @new), ct)
            : new AuthorizeOutcome.Stuck(found);
    }

    // RFC 9126 §4: the request was checked when it was pushed.
    private async Task<AuthorizeOutcome> EnterAsync(Handle handle, Client client, Browser browser, CancellationToken ct)
    {
        var (cookie, @new) = browser.CookieOf(clock.GetUtcNow());
        return await interactions.EnterAsync(handle, client, cookie, ct) switch
        {
            null => Page(ProtocolError.InvalidRequestUri("not pushed by this client"), client),
            { Fault: null, Interaction: { } interaction } => await GoOnAsync(interaction, client, browser with { BrowserCookie = cookie.Value }, (handle.Value, @new), ct),
            var stuck => new AuthorizeOutcome.Stuck(stuck),
        };
    }

    // The registration may have changed since the request was checked.
    private async Task<AuthorizeOutcome> GoOnAsync(
        Interaction interaction, Client client, Browser browser, (string Handle, Handle? NewCookie) at, CancellationToken ct) =>
        requests.StillStands(interaction, client)
            ? await DecideAsync(interaction.Request, client, interaction.Progress, browser, (interaction, at.Handle, at.NewCookie), ct)
            : Page(ProtocolError.InvalidRequest("The client's registration changed meanwhile."), client);

    private async Task<AuthorizeOutcome> DecideAsync(
        AuthorizationRequest request, Client client, Progress progress, Browser browser, (Interaction Row, string Handle, Handle? NewCookie)? interaction, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var known = await sessions.FindWithConsentAsync(browser.SessionCookie, client.ClientId, ct);
            var (session, now) = (known?.Session, clock.GetUtcNow());
            var open = session is null ? [] : await steps.FindOpenAsync(request, session, ct);
            var signedIn = session is null ? null : session.ToSignedIn() with { KnownAs = subjects.For(client, session.Subject), WithinReach = [.. open.Select(s => s.Acr)] };
            switch (AuthorizeDecision.Decide(request, client, (await catalog.GetAsync(ct)).Scopes, steps.Means, signedIn, known?.Consent, progress, now))
            {
                case AuthorizeStep.Fail fail:
                    return await FailAsync(request, client, fail.Error, interaction?.Row, now, ct);
                case AuthorizeStep.Login:
                    return await AskAsync(AuthorizePage.Login);
                case AuthorizeStep.TakeStep further:
                    return await AskAsync(AuthorizePage.Step, open.First(s => s.Acr == further.Acr).Path);
                case AuthorizeStep.SelectAccount:
                    return await AskAsync(AuthorizePage.SelectAccount);
                case AuthorizeStep.AskConsent:
                    return await AskAsync(AuthorizePage.Consent);
                case AuthorizeStep.IssueCode issue when await IssueAsync(request, client, session!, issue, interaction?.Row, now, ct) is { } answer:
                    return answer;
            }

            // Somebody was faster: this was answered in another tab, or something of the person has ended.
            if (interaction is var (_, handle, _))
            {
                var found = await interactions.FindAsync(handle, browser, ct);
                if (found is not { Fault: null, Interaction: { } again })
                {
                    return new AuthorizeOutcome.Stuck(found);
                }

                progress = again.Progress;
            }
        }

        return Respond(request.Target, ProtocolError.TemporarilyUnavailable("the account changed three times under us"), client);

        async Task<AuthorizeOutcome> AskAsync(AuthorizePage page, string? stepPath = null)
        {
            if (interaction is var (_, handle, newCookie))
            {
                return new AuthorizeOutcome.GoTo(page, handle, newCookie, stepPath);
            }

            var (cookie, @new) = browser.CookieOf(clock.GetUtcNow());
            return new AuthorizeOutcome.GoTo(page, (await interactions.BeginAsync(request, cookie, ct)).Value, @new, stepPath);
        }
    }

    private async Task<AuthorizeOutcome> FailAsync(AuthorizationRequest request, Client client, ProtocolError error, Interaction? interaction, DateTimeOffset now, CancellationToken ct) =>
        interaction is null || await interactionStore.TryCompleteAsync(interaction.Id, now, ct)
            ? Respond(request.Target, error, client)
            : new AuthorizeOutcome.Stuck(new FoundInteraction(interaction, InteractionFault.Finished, client));

    // Null where another request was faster.
    private async Task<AuthorizeOutcome?> IssueAsync(
        AuthorizationRequest request, Client client, SessionRow session, AuthorizeStep.IssueCode issue, Interaction? interaction, DateTimeOffset now, CancellationToken ct)
    {
        var grant = new Grant
        {
            Id = Guid.CreateVersion7(now),
            ClientId = client.ClientId,
            Subject = session.Subject,
            Sector = SectorIdentifier.Of(client),
            SessionId = session.Id,
            Offline = issue.Granted.Contains(Scope.OfflineAccess) && client.GrantTypes.Contains("refresh_token"),   // OIDC Core §11: else ignored
            Scope = issue.Granted,
            ClaimNames = issue.Claims,
            Declined = issue.Declined,
            Resource = request.Resource,
            Nonce = request.Nonce,
            Claims = request.Claims,
            Acr = issue.Acr,
            Amr = session.Amr,
            AuthenticatedAt = session.AuthenticatedAt,
            CreatedAt = now,
            ExpiresAt = now,
        };
        grant = grant with { ExpiresAt = terms.FamilyLimit(client, grant, (await catalog.GetAsync(ct)).Resources, now) };
        var code = Handle.Create(HandleKind.Code, grant.Id);
        var kept = new NewCode(code.Hash, request.RedirectUri, request.CodeChallenge, now + terms.CodeLifetime(client)) { Confirmation = request.Confirmation };
        if (!await grants.TryBeginAsync(grant, kept, new GrantFacts(interaction?.Id, session.Endings), ct))
        {
            return null;
        }

        Issued(log, client.ClientId, grant.Id);
        return new AuthorizeOutcome.Respond(request.Target, code.Value, Error: null, client);
    }

    private AuthorizeOutcome.Page Page(ProtocolError error, Client? client = null)
    {
        Refused(log, client?.ClientId, error.Code, error.Reason ?? error.Description);
        return new AuthorizeOutcome.Page(error, client);
    }

    private AuthorizeOutcome.Respond Respond(ResponseTarget target, ProtocolError error, Client client)
    {
        Refused(log, client.ClientId, error.Code, error.Reason ?? error.Description);
        return new AuthorizeOutcome.Respond(target, Code: null, error, client);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "code.issued to {ClientId} for family {GrantId}")]
    private static partial void Issued(ILogger logger, string clientId, Guid grantId);

    [LoggerMessage(Level = LogLevel.Information, Message = "authorize.refused for {ClientId}: {Error} ({Reason})")]
    private static partial void Refused(ILogger logger, string? clientId, string error, string reason);
}
