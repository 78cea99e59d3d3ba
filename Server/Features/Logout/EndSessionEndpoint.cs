using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Features.Logout;

/// <summary>
/// RP-Initiated Logout §2: the Logout Endpoint, by GET and POST. What it ends, and how, is <see cref="SignOut"/>'s, as for our own page.
/// </summary>
internal sealed partial class EndSessionEndpoint(
    IdTokenHints hints, ClientCache clients, Sessions sessions, Subjects subjects, SealedRequest sealing, SignOut signOut, BrowserPages pages, ILogger<EndSessionEndpoint> log)
{
    /// <summary>Where clients send browsers.</summary>
    public const string Path = "/end-session";

    private const string Confirm = Path + "/confirm";

    /// <summary>Maps it. No HEAD: a request that may sign somebody out is not safe (RFC 9110 §9.2.1).</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, EndSessionEndpoint endpoint, CancellationToken ct) => endpoint.BeginAsync(http, http.QueryParameters(), ct)).WithMetadata(new PageEndpoint());
        routes.MapPost(Path, (HttpContext http, EndSessionEndpoint endpoint, CancellationToken ct) => endpoint.BeginAsync(http, http.FormParameters(), ct)).WithMetadata(new PageEndpoint());
        routes.MapGet(Confirm, (HttpContext http, EndSessionEndpoint endpoint, CancellationToken ct) => endpoint.ContinueAsync(http, http.QueryParameters()["r"], ct)).WithMetadata(new PageEndpoint());
        routes.MapPost(Confirm, (HttpContext http, EndSessionEndpoint endpoint, CancellationToken ct) => endpoint.AnswerAsync(http, ct)).WithMetadata(new PageEndpoint());
    }

    private async Task<IResult> BeginAsync(HttpContext http, Result<Parameters> sent, CancellationToken ct)
    {
        if (!sent.Try(out var parameters, out var error)
            || !EndSessionRules.Read(parameters, await HintOf(parameters, ct)).Try(out var request, out error)
            || !(await CheckClientAsync(request, ct)).Try(out var found, out error))
        {
            return Refuse(http, error);
        }

        // A cross-site POST carries no Lax cookie: who is signed in shows at the GET that follows.
        return HttpMethods.IsPost(http.Request.Method)
            ? new SeeOther($"{pages.Path(Confirm)}?r={sealing.Seal(request)}")
            : await DecideAsync(http, found, ct);
    }

    private async ValueTask<Result<IdTokenFacts>?> HintOf(Parameters parameters, CancellationToken ct) =>
        parameters["id_token_hint"] is { } hint ? await hints.ReadFactsAsync(hint, ct) : (Result<IdTokenFacts>?)null;

    private async Task<IResult> ContinueAsync(HttpContext http, string? value, CancellationToken ct) =>
        sealing.Open(value).Try(out var request, out var error) && (await CheckClientAsync(request, ct)).Try(out var found, out error)
            ? await DecideAsync(http, found, ct)
            : Refuse(http, error);

    private async Task<IResult> DecideAsync(HttpContext http, FoundRequest found, CancellationToken ct)
    {
        var (request, client) = found;
        var session = await sessions.FindUnendedAsync(pages.BrowserOf(http).SessionCookie, ct);
        var here = session is null ? null : HereOf(session, client);
        switch (EndSessionRules.Decide(request, here))
        {
            case EndSessionStep.SignOut:
                return await signOut.EndAsync(http, WayBackOf(found), ct);
            case EndSessionStep.GoBack:
                return new SeeOther(EndSessionRules.Target(request)!);
            case EndSessionStep.Tell:
                return signOut.Done(WayBackOf(found));
            default:
                return PageResult.For(
                    new SignOutModel
                    {
                        Action = pages.Path(Confirm),
                        Antiforgery = pages.FieldFor(http),
                        UserName = session!.DisplayName,
                        ClientName = client?.ClientName,
                        Notice = EndSessionRules.SeemsToMeanAnother(request, here!) ? "The application seems to mean another sign-in than this one." : null,
                        Fields = [new("r", sealing.Seal(request)), new("session", session.Id.ToString("D"))],
                    },
                    request.PostLogoutRedirectUri);
        }
    }

    // OIDC Core §8: the hint is in the client's words.
    private SignedInHere HereOf(SessionRow session, Client? client)
    {
        var (sid, sub) = client is null ? (session.Id, session.Subject) : (subjects.SessionFor(client, session.Id), subjects.For(client, session.Subject));
        return new SignedInHere(sid, sub, session.Username, session.Email) { HasRunOut = !sessions.Counts(session) };
    }

    private async Task<IResult> AnswerAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refusal) = await pages.ReadFormAsync(http, "r", "session", "decision");
        if (form is null)
        {
            return refusal!;
        }

        if (form["decision"] != "signout")
        {
            return new SeeOther(pages.Path("/"));
        }

        if (!sealing.Open(form["r"]).Try(out var request, out var error) || !(await CheckClientAsync(request, ct)).Try(out var found, out error))
        {
            return Refuse(http, error);
        }

        // Somebody else may have signed in here since the page was shown: then they are asked themselves.
        return await sessions.FindAsync(pages.BrowserOf(http).SessionCookie, ct) is { } session && !BrowserPages.IsShownTo(session.Id, form)
            ? new SeeOther($"{pages.Path(Confirm)}?r={Uri.EscapeDataString(form["r"]!)}")
            : await signOut.EndAsync(http, WayBackOf(found), ct);
    }

    private async Task<Result<FoundRequest>> CheckClientAsync(EndSessionRequest request, CancellationToken ct)
    {
        var client = request.ClientId is null ? null : await clients.FindAsync(request.ClientId, ct);
        return EndSessionRules.CheckClient(request, client).Try(out _, out var error) ? new FoundRequest(request, client) : error;
    }

    private static WayBack? WayBackOf(FoundRequest found) =>
        EndSessionRules.Target(found.Request) is { } uri ? new WayBack(uri, found.Client!.ClientName) : null;

    private PageResult Refuse(HttpContext http, ProtocolError error)
    {
        Refused(log, error.Code, error.Reason ?? error.Description);
        var at = Faults.Occasion(http);
        return PageResult.For(new ErrorModel
        {
            Status = error.Status,
            Title = "This sign-out link does not work",
            Text = "The application sent you here in a way AuthCore does not accept, so nothing was done, and you are not sent back to it. You can sign out of AuthCore all the same.",
            Code = error.Code,
            Description = error.Description,
            CorrelationId = at.CorrelationId,
            Time = at.Time,
            SignOutHref = pages.Path("/logout"),
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "logout.refused: {Error} ({Reason})")]
    private static partial void Refused(ILogger logger, string error, string reason);

    private sealed record FoundRequest(EndSessionRequest Request, Client? Client);
}
