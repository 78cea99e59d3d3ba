using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Samples;

/// <summary>Who we are, and what we ask for.</summary>
/// <param name="ClientId">As registered.</param>
/// <param name="Secret">Null for a public client: an application in people's hands keeps no secret.</param>
/// <param name="Scope">Separated by spaces.</param>
/// <param name="Resource">RFC 8707: the API that the access token is for.</param>
internal sealed record ClientSettings(string ClientId, string? Secret, string Scope, string Resource);

/// <summary>What must be remembered while a person is away signing in. It never leaves us: the address bar sees only hashes and random values.</summary>
internal sealed record SignInAttempt(string State, string Nonce, string Verifier, string RedirectUri, DateTimeOffset BegunAt)
{
    /// <summary>How old the sign-in may be, where that was asked for.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The page of ours that the person was on the way to. Never an address from outside.</summary>
    public string ReturnTo { get; init; } = "/";
}

/// <summary>What a sign-in or a refresh gave.</summary>
internal sealed record Tokens(string AccessToken, DateTimeOffset ExpiresAt, string? RefreshToken, string Scope, JsonElement Claims)
{
    /// <summary>Expiry is handled before it bites: half a minute early, no call can fail because its token dies on the way.</summary>
    public bool IsFresh(DateTimeOffset now) => now < ExpiresAt - TimeSpan.FromSeconds(30);
}

/// <summary>A sign-in that did not work, in words for a person.</summary>
internal sealed class SignInException(string message, string code, string? detail = null) : Exception(message)
{
    /// <summary>For whoever has to find out: <c>access_denied</c>, <c>invalid_grant</c>, ….</summary>
    public string Code => code;

    public string? Detail => detail;
}

/// <summary>Authorization code with PKCE (OAuth 2.1 §4.1), ID token (OpenID Connect Core), and refresh, without a framework.</summary>
internal sealed class OAuthClient(ClientSettings settings, Issuer issuer, HttpClient http, TimeProvider clock)
{
    /// <summary>Begins: the address to send the browser to, and what to remember until it comes back.</summary>
    /// <param name="redirectUri">Where it comes back to.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="stepUp">What an API demanded of the sign-in; null = nothing.</param>
    public async Task<(string Url, SignInAttempt Attempt)> BeginAsync(string redirectUri, CancellationToken ct, StepUp? stepUp = null)
    {
        var attempt = new SignInAttempt(Random(), Random(), Random(), redirectUri, clock.GetUtcNow()) { MaxAge = stepUp?.MaxAge };
        var query = Form(
        [
            ("response_type", "code"),
            ("client_id", settings.ClientId),
            ("redirect_uri", redirectUri),
            ("scope", settings.Scope),
            ("resource", settings.Resource),
            ("state", attempt.State),                               // ties the answer to this browser
            ("nonce", attempt.Nonce),                               // ties the ID token to this attempt
            ("code_challenge", ChallengeOf(attempt.Verifier)),      // ties the code to us: only its hash travels
            ("code_challenge_method", "S256"),
            .. stepUp?.Parameters ?? [],
        ]);
        return ($"{await issuer.EndpointAsync("authorization_endpoint", ct)}?{await query.ReadAsStringAsync(ct)}", attempt);
    }

    /// <summary>Ends it: checks the answer, trades its code for tokens, checks the ID token.</summary>
    /// <param name="attempt">What was remembered for this browser and this <c>state</c>; each is used once.</param>
    /// <param name="answer">A parameter of the address that the browser came back with, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Tokens> FinishAsync(SignInAttempt attempt, Func<string, string?> answer, CancellationToken ct)
    {
        if (!Same(answer("state"), attempt.State))
        {
            throw new SignInException("This answer does not belong to a sign-in that was begun here. Please sign in again.", "wrong_state");
        }

        if (answer("iss") != issuer.Identifier)   // RFC 9207 §2.4: an error must be from the right server, too
        {
            throw new SignInException("This answer is not from the server that was asked. Please sign in again.", "wrong_issuer");
        }

        if (answer("error") is { } error)
        {
            throw new SignInException(
                error == "access_denied" ? "You did not allow it, so you are not signed in. Nothing was shared." : "The server could not sign you in.",
                error, answer("error_description"));
        }

        var tokens = await RequestAsync(attempt.Nonce, null, ct,
            ("grant_type", "authorization_code"),
            ("code", answer("code") ?? throw new SignInException("The answer is incomplete. Please sign in again.", "no_code")),
            ("redirect_uri", attempt.RedirectUri),
            ("code_verifier", attempt.Verifier));
        // OIDC Core §3.1.3.7: what was asked for must have come about.
        return attempt.MaxAge is { } maxAge && !(clock.GetUtcNow() - Jwt.Time(tokens.Claims, "auth_time") <= maxAge + TimeSpan.FromMinutes(1))
            ? throw new SignInException("The server did not ask you to sign in again. Please try once more.", "too_old_a_sign_in")
            : tokens;
    }

    /// <summary>New tokens for old ones. Each refresh token is used once: keep the new one, and never refresh twice at a time.</summary>
    public Task<Tokens> RefreshAsync(Tokens old, CancellationToken ct) => RequestAsync(null, old, ct,
        ("grant_type", "refresh_token"),
        ("refresh_token", old.RefreshToken ?? throw new SignInException("Your sign-in has ended. Please sign in again.", "no_refresh_token")));

    private async Task<Tokens> RequestAsync(string? nonce, Tokens? old, CancellationToken ct, params (string, string)[] parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, await issuer.EndpointAsync("token_endpoint", ct));
        if (settings.Secret is { } secret)
        {
            // RFC 6749 §2.3.1: both are form-encoded before they are joined, or a colon or an umlaut breaks them
            var pair = $"{WebUtility.UrlEncode(settings.ClientId)}:{WebUtility.UrlEncode(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            request.Content = Form(parameters);
        }
        else
        {
            request.Content = Form([("client_id", settings.ClientId), .. parameters]);
        }

        using var response = await http.SendAsync(request, ct);
        if ((int)response.StatusCode >= 500)
        {
            throw new HttpRequestException("The server is busy or not well.");   // says nothing about our tokens: keep them, try later
        }

        var body = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new SignInException(
                old is null ? "The server could not sign you in." : "Your sign-in has ended. Please sign in again.",
                Jwt.Text(body, "error") ?? "error", Jwt.Text(body, "error_description"));
        }

        return new Tokens(
            Jwt.Text(body, "access_token")!,
            clock.GetUtcNow() + TimeSpan.FromSeconds(body.GetProperty("expires_in").GetInt32()),
            Jwt.Text(body, "refresh_token") ?? old?.RefreshToken,
            Jwt.Text(body, "scope") ?? settings.Scope,   // what was granted: a person may have ticked less than was asked for
            Jwt.Text(body, "id_token") is { } idToken ? await CheckAsync(idToken, nonce, old, ct) : old!.Claims);
    }

    // OIDC Core §3.1.3.7; after a refresh §12.2: still the same person.
    private async Task<JsonElement> CheckAsync(string idToken, string? nonce, Tokens? old, CancellationToken ct)
    {
        try
        {
            var claims = await Jwt.VerifyAsync(idToken, issuer, new Expected("JWT", settings.ClientId), clock.GetUtcNow(), ct);
            return Jwt.Audience(claims).Length > 1 ? throw new JwtException("it is meant for others, too")
                : old is null && !Same(Jwt.Text(claims, "nonce"), nonce!) ? throw new JwtException("it belongs to another sign-in")
                : old is not null && Jwt.Text(claims, "sub") != Jwt.Text(old.Claims, "sub") ? throw new JwtException("it is about somebody else")
                : claims;
        }
        catch (JwtException fault)
        {
            throw new SignInException("The server's answer could not be trusted. Please sign in again.", "invalid_id_token", $"The ID token is refused: {fault.Message}.");
        }
    }

    /// <summary>RFC 7636 §4.2.</summary>
    private static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static bool Same(string? one, string other) =>
        one is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] parameters) =>
        new(parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
}
