using System.Text.Json;

namespace Samples;

/// <summary>A token that was checked; its person signed in at <c>auth_time</c>, which is null where there is none.</summary>
internal sealed record AccessToken(string Subject, string ClientId, string[] Scope, DateTimeOffset ExpiresAt, DateTimeOffset? SignedInAt);

/// <summary>Lets a request through to its endpoint with a good token, and answers RFC 6750 errors to all others.</summary>
internal sealed class AccessTokens(Issuer issuer, string audience, TimeProvider clock)
{
    /// <summary>Null, after the error was answered.</summary>
    /// <param name="http">The request.</param>
    /// <param name="scope">What the token must allow.</param>
    /// <param name="signedInWithin">How long ago its person may have signed in; null = whenever.</param>
    public async Task<AccessToken?> AdmitAsync(HttpContext http, string scope, TimeSpan? signedInWithin)
    {
        http.Response.Headers.CacheControl = "no-store";

        // RFC 6750 §2.1: the header only. A token in the address would be in every log on the way.
        if (http.Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return await RefuseAsync(http, 401, "Bearer realm=\"demo-api\"", "Send an access token: Authorization: Bearer …");
        }

        AccessToken token;
        try
        {
            // RFC 9068 §4: type, signature, issuer, audience, expiry.
            token = Read(await Jwt.VerifyAsync(header["Bearer ".Length..].Trim(), issuer, new Expected("at+jwt", audience), clock.GetUtcNow(), http.RequestAborted));
        }
        catch (JwtException fault)
        {
            http.RequestServices.GetRequiredService<ILogger<AccessTokens>>().LogInformation("An access token was refused: {Reason}", fault.Message);
            return await RefuseAsync(http, 401, "Bearer realm=\"demo-api\", error=\"invalid_token\", error_description=\"The access token is not valid here.\"", "The access token is not valid here.");
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is OperationCanceledException && !http.RequestAborted.IsCancellationRequested))
        {
            http.RequestServices.GetRequiredService<ILogger<AccessTokens>>().LogWarning("Access tokens cannot be checked: {Reason}", fault.Message);

            // Without the issuer's keys nobody can be let in; but that is not the token's fault, and its owner must not throw it away.
            http.Response.Headers.RetryAfter = "5";
            return await RefuseAsync(http, 503, null, "Access tokens cannot be checked at the moment.");
        }

        if (!token.Scope.Contains(scope))
        {
            return await RefuseAsync(http, 403, $"Bearer realm=\"demo-api\", error=\"insufficient_scope\", scope=\"{scope}\"", $"This needs the scope {scope}.");
        }

        // RFC 9470 §3: the token is good, but too much may have happened since its person signed in. The challenge says what would do, so the client
        // knows what to ask the authorization server for.
        if (signedInWithin is { } limit && (token.SignedInAt is not { } at || clock.GetUtcNow() - at > limit))
        {
            return await RefuseAsync(http, 401,
                $"Bearer realm=\"demo-api\", error=\"insufficient_user_authentication\", error_description=\"A more recent sign-in is needed.\", max_age=\"{(int)limit.TotalSeconds}\"",
                "This needs a more recent sign-in.");
        }

        return token;
    }

    private static AccessToken Read(JsonElement claims) => new(
        Jwt.Text(claims, "sub") ?? throw new JwtException("it names nobody"),
        Jwt.Text(claims, "client_id") ?? throw new JwtException("it names no application"),
        (Jwt.Text(claims, "scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Jwt.Time(claims, "exp")!.Value,
        Jwt.Time(claims, "auth_time"));

    private static async Task<AccessToken?> RefuseAsync(HttpContext http, int status, string? challenge, string message)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.WWWAuthenticate = challenge;
        await http.Response.WriteAsJsonAsync(new { message });
        return null;
    }
}

internal static class AccessTokenExtensions
{
    /// <summary>This endpoint runs only with a token that has the scope, and whose person signed in recently where that is said.</summary>
    public static void Needs(this RouteHandlerBuilder endpoint, string scope, TimeSpan? signedInWithin = null) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        if (await http.RequestServices.GetRequiredService<AccessTokens>().AdmitAsync(http, scope, signedInWithin) is not { } token)
        {
            return Results.Empty;   // answered
        }

        http.Items[typeof(AccessToken)] = token;
        return await next(context);
    });

    /// <summary>The token of an endpoint that <see cref="Needs"/> one.</summary>
    public static AccessToken Token(this HttpContext http) => (AccessToken)http.Items[typeof(AccessToken)]!;
}
