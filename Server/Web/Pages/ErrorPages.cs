namespace AuthCore.Web.Pages;

/// <summary>The request an error page speaks of.</summary>
/// <param name="CorrelationId">What the operator finds it by in the log.</param>
/// <param name="Time">When it happened.</param>
/// <param name="ClientName">The application, where it is known.</param>
/// <param name="StartAgainUri">The client's registered address to begin again at.</param>
public sealed record ErrorOccasion(string CorrelationId, DateTimeOffset Time, string? ClientName = null, string? StartAgainUri = null);

/// <summary>The words of the error pages: what happened, and what a person can do about it.</summary>
public static class ErrorPages
{
    private const string TellTheApplication = "Nothing was shared. Go back to the application and try again; if it happens again, tell the people who run it.";

    /// <summary>The client is not known, or its redirect URI is not registered: nothing may be sent anywhere (RFC 6749 §3.1.2.4).</summary>
    public static ErrorModel BadClient(ErrorOccasion at, string code, string description) =>
        Of(at, 400, "This sign-in link does not work", "The application sent you here in a way AuthCore does not accept. " + TellTheApplication, code, description);

    /// <summary>The request cannot be read or breaks a rule, and its error may not be sent to the application.</summary>
    public static ErrorModel BadRequest(ErrorOccasion at, string code, string description) =>
        Of(at, 400, "This request cannot be used", "Something in the request is missing or wrong. " + TellTheApplication, code, description);

    /// <summary>The interaction took longer than its lifetime.</summary>
    public static ErrorModel Expired(ErrorOccasion at) =>
        Of(at, 400, "This sign-in took too long", $"For your safety a sign-in ends after some minutes. Nothing was shared. Go back to {Application(at)} and start again.", "interaction_expired");

    /// <summary>The interaction has already been answered: Back, a second tab, or a form sent twice.</summary>
    public static ErrorModel AlreadyFinished(ErrorOccasion at) =>
        Of(at, 400, "This sign-in is already finished", $"It was answered before, perhaps in another tab. Go back to {Application(at)}; if you are not signed in there, start again.", "interaction_finished");

    /// <summary>The interaction was begun in another browser, or the cookie that binds it is gone.</summary>
    public static ErrorModel OtherBrowser(ErrorOccasion at) =>
        Of(at, 400, "This sign-in did not begin in this browser", $"A sign-in ends in the browser it began in, with cookies allowed. Go back to {Application(at)} and start again.", "interaction_unknown");

    /// <summary>The form did not come from a page that this browser was sent.</summary>
    public static ErrorModel FormRefused(ErrorOccasion at) =>
        Of(at, 400, "This form could not be accepted", $"The page was open for too long, or cookies are switched off. Nothing was changed. Go back to {Application(at)} and start again.", "form_refused");

    /// <summary>No such page.</summary>
    public static ErrorModel NotFound(ErrorOccasion at) =>
        Of(at, 404, "There is no page here", "The address may be mistyped or out of date. To sign in, go to the application you want to use and start there.", "not_found");

    /// <summary>The page exists, but not for this method.</summary>
    public static ErrorModel MethodNotAllowed(ErrorOccasion at) =>
        Of(at, 405, "This page cannot be opened like that", "Go back to the application you came from and start again.", "method_not_allowed");

    /// <summary>The server cannot answer for now.</summary>
    public static ErrorModel Busy(ErrorOccasion at) =>
        Of(at, 503, "AuthCore cannot answer just now", "This is our fault and not yours, and it should pass. Wait a minute, then reload this page.", "temporarily_unavailable");

    /// <summary>A fault of ours.</summary>
    public static ErrorModel Fault(ErrorOccasion at) =>
        Of(at, 500, "Something went wrong here", "This is our fault and not yours. Try again; if it happens again, tell the people who run this server, with the reference below.", "server_error");

    // FSI and PDI: a name written from right to left must not reorder our sentence.
    private static string Application(ErrorOccasion at) =>
        at.ClientName is null ? "the application" : $"\u2068{DisplayName.Clean(at.ClientName, 60)}\u2069";

    private static ErrorModel Of(ErrorOccasion at, int status, string title, string text, string code, string? description = null) => new()
    {
        Status = status,
        Title = title,
        Text = text,
        Code = code,
        Description = description,
        CorrelationId = at.CorrelationId,
        Time = at.Time,
        ClientName = at.ClientName,
        StartAgainUri = at.StartAgainUri,
    };
}
