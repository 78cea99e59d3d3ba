using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What the browser gets.</summary>
internal abstract record AuthorizeOutcome
{
    /// <summary>An error page: nothing may be sent anywhere (OAuth 2.1 §2.3.5).</summary>
    public sealed record Page(ProtocolError Error, Client? Client = null) : AuthorizeOutcome;

    /// <summary>A page that says why the interaction cannot go on.</summary>
    public sealed record Stuck(FoundInteraction Found) : AuthorizeOutcome;

    /// <summary>An answer to the client: a code, or an error.</summary>
    public sealed record Respond(ResponseTarget Target, string? Code, ProtocolError? Error, Client Client) : AuthorizeOutcome
    {
        /// <summary>Never the code.</summary>
        public override string ToString() => $"answer to {Target.RedirectUri}";
    }

    /// <summary>A cross-site POST of a <c>request_uri</c>, which brought no cookie: the same again by GET.</summary>
    public sealed record Repeat(string ClientId, string RequestUri) : AuthorizeOutcome
    {
        /// <summary>Never the <c>request_uri</c>.</summary>
        public override string ToString() => $"the request of {ClientId} again";
    }

    /// <summary>The browser goes to one of our pages, or back to /authorize, with the interaction.</summary>
    /// <param name="To">Where.</param>
    /// <param name="Interaction">What the URL carries.</param>
    /// <param name="NewBrowserCookie">Null where the browser has one.</param>
    /// <param name="StepPath">The page of a further step; null for the others.</param>
    public sealed record GoTo(AuthorizePage To, string Interaction, Handle? NewBrowserCookie, string? StepPath = null) : AuthorizeOutcome;
}

/// <summary>Where a person is sent on the way.</summary>
internal enum AuthorizePage
{
    /// <summary>/authorize again, by GET.</summary>
    Authorize,

    /// <summary>/login.</summary>
    Login,

    /// <summary>The page of an <see cref="ILoginStep"/>.</summary>
    Step,

    /// <summary>/select-account.</summary>
    SelectAccount,

    /// <summary>/consent.</summary>
    Consent,
}
