// A web application with a backend: a confidential client. Tokens, verifier and secret stay on this server;
// the browser holds one cookie that says nothing.
//   dotnet run --project samples/web-app [--issuer http://localhost:8080] [--port 8081] [--api http://localhost:8083]
// Its secret comes from the environment variable CLIENT_SECRET; the one below is the public one of the demo.
using System.Text.Json;
using Samples;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var settings = builder.Configuration;
var address = $"http://localhost:{settings.GetValue("port", 8081)}";
var api = settings["api"] ?? "http://localhost:8083";
builder.WebHost.UseUrls(address);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
var clock = TimeProvider.System;
var issuer = new Issuer(settings["issuer"] ?? "http://localhost:8080", http, clock);
var client = new OAuthClient(
    new ClientSettings("demo-web", settings["CLIENT_SECRET"] ?? "demo-web-secret-demo-web-secret-0000", "openid profile email offline_access read:profile", api),
    issuer, http, clock);
var browsers = new Browsers(clock);

var app = builder.Build();
app.UseStaticFiles();
app.Use(async (context, next) =>
{
    context.Response.Headers.CacheControl = "no-store";
    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    context.Response.Headers["Referrer-Policy"] = "no-referrer";
    try
    {
        await next(context);
    }
    catch (SignInException fault)
    {
        await Pages.Problem(fault.Message, $"{fault.Code}{(fault.Detail is null ? "" : ": " + fault.Detail)}", 400).ExecuteAsync(context);
    }
    catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is TaskCanceledException && !context.RequestAborted.IsCancellationRequested))
    {
        await Pages.Problem($"{issuer.Identifier} does not answer as it should. Is AuthCore running? Nothing is lost: try again in a moment.", fault.Message, 503).ExecuteAsync(context);
    }
});

app.MapGet("/", async (HttpContext context, CancellationToken ct) =>
{
    if (browsers.FindSession(context) is not { } session)
    {
        return Pages.Welcome();
    }

    try
    {
        var tokens = await session.UseAsync(client, clock, ct);
        var answer = await Api.GetAsync(http, $"{api}/api/me", tokens.AccessToken, ct);
        return Pages.Home(tokens, session.Refreshes, (answer.Ok, answer.Text));
    }
    catch (SignInException)
    {
        browsers.EndSession(context);   // the server has ended it: no use in keeping the cookie
        throw;
    }
});

// What the API shows only shortly after a sign-in (RFC 9470). When it is longer ago, the API says so, and the person signs in again on the way.
app.MapGet("/secret", async (HttpContext context, CancellationToken ct) =>
{
    if (browsers.FindSession(context) is not { } session)
    {
        return Results.Redirect("/");
    }

    var tokens = await session.UseAsync(client, clock, ct);
    var answer = await Api.GetAsync(http, $"{api}/api/secret", tokens.AccessToken, ct);
    if (answer.StepUp is not { } stepUp)
    {
        return Pages.Secret((answer.Ok, answer.Text));
    }

    // Who comes from such a sign-in and is refused all the same is not sent round for ever.
    if (context.Request.Query.ContainsKey("signed-in-again"))
    {
        return Pages.Problem("You signed in again, and the API still refuses.", answer.Text, 502);
    }

    var (url, attempt) = await client.BeginAsync($"{address}/callback", ct, stepUp);
    browsers.Remember(context, attempt with { ReturnTo = "/secret?signed-in-again" });
    return Results.Redirect(url);
});

app.MapGet("/sign-in", async (HttpContext context, CancellationToken ct) =>
{
    var (url, attempt) = await client.BeginAsync($"{address}/callback", ct);
    browsers.Remember(context, attempt);
    return Results.Redirect(url);
});

app.MapGet("/callback", async (HttpContext context, CancellationToken ct) =>
{
    var query = context.Request.Query;
    string? Answer(string name) => query[name] is [var value] ? value : null;   // a repeated parameter counts as none

    var attempt = browsers.TakeAttempt(context, Answer("state"))
        ?? throw new SignInException("This answer does not belong to a sign-in that was begun in this browser, or it took too long. Please sign in again.", "unknown_state");
    browsers.BeginSession(context, await client.FinishAsync(attempt, Answer, ct));
    return Results.Redirect(attempt.ReturnTo);   // the code leaves the address bar
});

// A POST: the cookie is SameSite=Lax, so no other site can sign people out (or worse) behind their back.
app.MapPost("/sign-out", (HttpContext context) =>
{
    browsers.EndSession(context);
    return Pages.SignedOut($"{issuer.Identifier}/logout");
});

await app.RunAsync();
