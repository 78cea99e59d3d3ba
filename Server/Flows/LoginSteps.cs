using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>
/// A step of signing in beyond the password, such as a second factor. A step has a page of its own, and no other step knows it: the person comes there from
/// the authorization endpoint with <c>?i=</c> (the interaction), shows what the step asks for, and the page raises the session by
/// <see cref="Sessions.TryBeginAsync"/> with the step's <c>acr</c> and sends them back to <c>/authorize?i=</c>, which decides anew.
/// </summary>
internal interface ILoginStep
{
    /// <summary>OIDC Core §2: what a session is worth after it; more than a password (<see cref="AcrOptions.SecondFactor"/>, or a name without an order).</summary>
    string Acr { get; }

    /// <summary>The page under the issuer's path, such as <c>/login/code</c>.</summary>
    string Path { get; }

    /// <summary>Whether this user has what the step asks for. Asked only where a request wants more than the session is worth.</summary>
    ValueTask<bool> IsOpenToAsync(string subject, CancellationToken ct);
}

/// <summary>The steps that this server has, and what they make of a sign-in.</summary>
internal sealed class LoginSteps
{
    private readonly ILoginStep[] _steps;

    /// <summary>The steps, and whether they can give what the operator demands.</summary>
    /// <exception cref="StartupException">Userinfo demands what nobody can reach: clients that do as its challenge says (RFC 9470 §4) would ask for ever.</exception>
    public LoginSteps(IEnumerable<ILoginStep> steps, AuthCoreOptions options)
    {
        _steps = [.. steps];
        Means = new([options.Acr.Password, options.Acr.SecondFactor], options.Acr.Password, [.. _steps.Select(step => step.Acr)]);
        if (options.UserInfo.AcrValues is { Length: > 0 } demanded && !Means.CanMeet(demanded))
        {
            throw new StartupException("AUTHCORE__USERINFO__ACRVALUES__0 names nothing that signing in gives here, so userinfo would refuse everybody. Possible here: " + string.Join(", ", Means.Possible));
        }
    }

    /// <summary>What this server can make of a sign-in.</summary>
    public AuthenticationMeans Means { get; }

    /// <summary>The steps by which this person could come nearer to what the request wants; none where the session will do.</summary>
    public async ValueTask<IReadOnlyList<ILoginStep>> FindOpenAsync(AuthorizationRequest request, SessionRow session, CancellationToken ct)
    {
        if (_steps.Length == 0 || AcrRules.AreMet(request, session.Acr, Means))
        {
            return [];
        }

        var open = new List<ILoginStep>();
        foreach (var step in _steps)
        {
            if (await step.IsOpenToAsync(session.Subject, ct))
            {
                open.Add(step);
            }
        }

        return open;
    }
}
