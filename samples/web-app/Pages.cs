using System.Net;
using System.Text;
using System.Text.Json;

namespace Samples;

/// <summary>The pages. Whatever comes from elsewhere is encoded by <see cref="E"/> before it stands in one.</summary>
internal static class Pages
{
    public static IResult Welcome() => Page("Sample web app",
        """
        <p>You are not signed in.</p>
        <p><a class="button" href="/sign-in">Sign in with AuthCore</a></p>
        """);

    public static IResult Home(Tokens tokens, int refreshes, (bool Ok, string Text) api) => Page($"Hello, {Jwt.Text(tokens.Claims, "name") ?? Jwt.Text(tokens.Claims, "sub")}",
        $"""
        <p>You are signed in.</p>
        <h2>What the API says <code>GET /api/me</code></h2>
        <pre id="api"{(api.Ok ? "" : " class=\"bad\"")}>{E(api.Text)}</pre>
        <h2>What the ID token says</h2>
        <table id="claims">{Rows(tokens.Claims)}</table>
        <h2>The access token</h2>
        <p>It stays on the server. It is good until {tokens.ExpiresAt:HH:mm:ss} UTC, for <code>{E(tokens.Scope)}</code>, and was refreshed <span id="refreshes">{refreshes}</span> times.</p>
        <p><a href="/secret">Show me the secret</a>, which the API tells only to who signed in a moment ago.</p>
        <form class="row" method="post" action="/sign-out"><a class="button" href="/">Call the API again</a><button>Sign out</button></form>
        """);

    public static IResult Secret((bool Ok, string Text) api) => Page("The secret",
        $"""
        <h2>What the API says <code>GET /api/secret</code></h2>
        <pre id="secret"{(api.Ok ? "" : " class=\"bad\"")}>{E(api.Text)}</pre>
        <p><a class="button" href="/">Back to the start</a></p>
        """);

    public static IResult SignedOut(string serverSignOut) => Page("Signed out",
        $"""
        <p>You are signed out of this application. AuthCore still knows you, as do other applications.</p>
        <p class="row"><a class="button" href="/">Back to the start</a><a class="button quiet" href="{E(serverSignOut)}">Sign out of AuthCore, too</a></p>
        """);

    public static IResult Problem(string message, string detail, int status) => Page("That did not work",
        $"""
        <p role="alert">{E(message)}</p>
        <p><a class="button" href="/">Back to the start</a></p>
        <details><summary>For whoever looks into it</summary><p><code>{E(detail)}</code></p></details>
        """, status);

    private static string Rows(JsonElement claims)
    {
        var rows = new StringBuilder();
        foreach (var claim in claims.EnumerateObject())
        {
            rows.Append($"<tr><th scope=\"row\">{E(claim.Name)}</th><td>{E(claim.Value.ToString())}</td></tr>");
        }

        return rows.ToString();
    }

    private static IResult Page(string title, string body, int status = 200) => Results.Content(
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{E(title)}</title><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/sample.css"></head>
        <body><main><p class="kind">Sample web app, a client with a backend</p><h1>{E(title)}</h1>
        {body}
        </main></body>
        </html>
        """, "text/html; charset=utf-8", Encoding.UTF8, status);

    private static string E(string? text) => WebUtility.HtmlEncode(text) ?? "";
}
