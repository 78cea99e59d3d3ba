using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.Logout;

/// <summary>Who sits at the browser, by the names that the client's ID tokens have for them.</summary>
/// <param name="SessionId">The <c>sid</c>.</param>
/// <param name="Subject">The <c>sub</c>.</param>
/// <param name="Username">What the user signs in with.</param>
/// <param name="Email">The user's address, or null.</param>
internal sealed record SignedInHere(Guid SessionId, string Subject, string Username, string? Email)
{
    /// <summary>Whether the session has run out, and nobody has ended it: applications may still be signed in by it.</summary>
    public bool HasRunOut { get; init; }
}

/// <summary>What is to be done about a checked request.</summary>
internal enum EndSessionStep
{
    /// <summary>The hint is of this very session: sign out without a question.</summary>
    SignOut,

    /// <summary>Nothing proves that the request is about this session: ask the person.</summary>
    Ask,

    /// <summary>Nobody is signed in, and a token of ours vouches for the request: go on as if it had just been done.</summary>
    GoBack,

    /// <summary>Nobody is signed in: say so.</summary>
    Tell,
}

/// <summary>RP-Initiated Logout §2, §3, §4: checks a request in the order of what depends on what, then decides. Pure.</summary>
internal static class EndSessionRules
{
    /// <summary>How long a <c>state</c> may be, in characters: it travels in a sealed URL.</summary>
    public const int MaxState = 2048;

    private const int MaxLogoutHint = 320;

    private static readonly string[] s_single = ["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

    /// <summary>Reads the parameters; the hint is verified, and must be the named client's.</summary>
    /// <param name="parameters">The query or the form.</param>
    /// <param name="verified">What the <c>id_token_hint</c> says, expired or not; an error where it is not ours; null where none was sent.</param>
    public static Result<EndSessionRequest> Read(Parameters parameters, Result<IdTokenFacts>? verified)
    {
        if (parameters.FindRepeated(s_single) is { } repeated)
        {
            return ProtocolError.InvalidRequest($"The parameter '{repeated}' is repeated.");
        }

        if (parameters["state"] is { Length: > MaxState })
        {
            return ProtocolError.InvalidRequest("The parameter 'state' is too long.");
        }

        IdTokenFacts? hint = null;
        if (verified is { } sent && !sent.Try(out hint, out var error))
        {
            return error;
        }

        var clientId = parameters["client_id"];
        if (clientId is not null && hint is not null && clientId != hint.Audience)
        {
            return ProtocolError.InvalidRequest("The parameter 'id_token_hint' was not issued to this client.");
        }

        return new EndSessionRequest
        {
            ClientId = clientId ?? hint?.Audience,
            HintedSubject = hint?.Subject,
            HintedSession = hint?.SessionId,
            LogoutHint = parameters["logout_hint"] is { Length: <= MaxLogoutHint } logoutHint ? logoutHint : null,
            PostLogoutRedirectUri = parameters["post_logout_redirect_uri"],
            State = parameters["state"],
        };
    }

    /// <summary>§3: the client exists, and the address is one of its own, letter for letter. Whatever fails here must never be a redirect.</summary>
    /// <param name="request">As read.</param>
    /// <param name="client">The client that it names; null where there is none.</param>
    public static Result<EndSessionRequest> CheckClient(EndSessionRequest request, Client? client) => request switch
    {
        { ClientId: not null } when client is not { DisabledAt: null } => ProtocolError.InvalidRequest("The client is not known here, or it is switched off."),
        { PostLogoutRedirectUri: null } => request,
        _ when client is null => ProtocolError.InvalidRequest("With 'post_logout_redirect_uri', 'id_token_hint' or 'client_id' is required."),
        _ when !client.PostLogoutRedirectUris.Contains(request.PostLogoutRedirectUri, StringComparer.Ordinal) =>
            ProtocolError.InvalidRequest("The post-logout redirect URI is not registered for this client."),
        _ => request,
    };

    /// <summary>§2: only a token of this very session spares the question; without one, no redirect happens that nobody agreed to.</summary>
    public static EndSessionStep Decide(EndSessionRequest request, SignedInHere? here) => here switch
    {
        not null when IsAbout(request, here) => EndSessionStep.SignOut,
        { HasRunOut: false } => EndSessionStep.Ask,
        _ => request is { HasHint: true, PostLogoutRedirectUri: not null } ? EndSessionStep.GoBack : EndSessionStep.Tell,
    };

    /// <summary>Whether the request seems to mean somebody else than who sits here; for a sentence on the page, no more.</summary>
    public static bool SeemsToMeanAnother(EndSessionRequest request, SignedInHere here) =>
        request.HintedSession is { } session ? session != Sid(here)
            : request.LogoutHint is { } hint && hint != Sid(here) && hint != here.Subject
                && !hint.Equals(here.Username, StringComparison.OrdinalIgnoreCase) && !hint.Equals(here.Email, StringComparison.OrdinalIgnoreCase);

    /// <summary>§2: the address with the state.</summary>
    public static string? Target(EndSessionRequest request) =>
        request.PostLogoutRedirectUri is not { } uri ? null
            : request.State is not { } state ? uri
            : uri + (!uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? "" : "&") + "state=" + Uri.EscapeDataString(state);

    // Our ID tokens carry a sid wherever a session is behind them; one without is of a family that has none.
    private static bool IsAbout(EndSessionRequest request, SignedInHere here) =>
        request.HintedSession is { } session ? session == Sid(here) : request.HintedSubject == here.Subject;

    private static string Sid(SignedInHere here) => here.SessionId.ToString("D");
}
