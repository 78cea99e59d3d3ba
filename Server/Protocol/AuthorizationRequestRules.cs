using System.Globalization;

namespace AuthCore.Protocol;

/// <summary>RFC 6749 §4.1.1, OIDC Core §3.1.2.2: checks a request whose client and redirect URI are already known to be good.</summary>
public static class AuthorizationRequestRules
{
    private static readonly string[] s_known =
    [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age",
        "display", "ui_locales", "claims_locales", "id_token_hint", "login_hint", "acr_values", "claims", "request", "request_uri", "registration",
    ];

    // What is kept while a person decides, or goes into tokens, is short.
    private static readonly (string Name, int Longest)[] s_longest = [("state", 4096), ("nonce", 512), ("login_hint", 512), ("acr_values", 1024), ("ui_locales", 1024)];

    /// <summary>The parameters that may come once; <c>resource</c> may repeat (RFC 8707 §2).</summary>
    public static IReadOnlyList<string> Known => s_known;

    /// <summary>The values of <c>response_mode</c> that need no feature.</summary>
    public static IReadOnlyList<string> ResponseModes { get; } = ["query", "form_post"];

    /// <summary>OIDC Core §3.1.2.1: the values of <c>prompt</c> that are obeyed.</summary>
    public static IReadOnlyList<string> Prompts { get; } = ["none", "login", "consent", "select_account"];

    /// <summary>Where an answer goes even if the rest of the request is bad.</summary>
    /// <param name="parameters">The request.</param>
    /// <param name="redirectUri">As chosen by <see cref="RedirectUri.Choose"/>.</param>
    /// <param name="modes">The response modes that the client may ask for; the first where it asks for none of them. Null = <see cref="ResponseModes"/>.</param>
    public static ResponseTarget TargetOf(Parameters parameters, ChosenRedirectUri redirectUri, IReadOnlyList<string>? modes = null)
    {
        modes ??= ResponseModes;
        return new(
            redirectUri.Value,
            !parameters.IsRepeated("response_mode") && parameters["response_mode"] is { } mode && modes.Contains(mode) ? mode : modes[0],
            parameters.IsRepeated("state") ? null : parameters["state"]);
    }

    /// <summary>Checks everything but client and redirect URI; the first fault is the answer.</summary>
    /// <param name="parameters">The request.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="redirectUri">As chosen by <see cref="RedirectUri.Choose"/>.</param>
    /// <param name="hint">Whom a valid <c>id_token_hint</c> names; an error where one was sent that is not ours; null where none was sent.</param>
    /// <param name="modes">The response modes that the client may ask for; null = <see cref="ResponseModes"/>.</param>
    public static Result<AuthorizationRequest> Check(
        Parameters parameters, Client client, ChosenRedirectUri redirectUri, Result<string>? hint, IReadOnlyList<string>? modes = null)
    {
        if (parameters.FindRepeated(s_known) is not null)
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        foreach (var (name, longest) in s_longest)
        {
            if (parameters[name]?.Length > longest)
            {
                return ProtocolError.InvalidRequest($"The parameter '{name}' is too long.");
            }
        }

        foreach (var way in (ReadOnlySpan<string>)["request", "request_uri", "registration"])
        {
            if (parameters[way] is not null)
            {
                return ProtocolError.NotSupported(way);   // OIDC Core §3.1.2.6
            }
        }

        // OAuth 2.0 Multiple Response Types §2.1: for a code, the query where nothing else is said.
        var mode = parameters["response_mode"] ?? "query";
        if (!(modes ?? ResponseModes).Contains(mode))
        {
            return ProtocolError.InvalidRequest("The response mode is not supported, or not allowed for this client.");
        }

        if (CheckResponseType(parameters, client) is { } typeError)
        {
            return typeError;
        }

        if (Pkce.FindFault(parameters, client) is { } challengeError)
        {
            return challengeError;
        }

        ProtocolError? error;
        if (!CheckScope(parameters, client).Try(out var scope, out error)
            || !ResourceRules.Choose(parameters.All("resource"), client).Try(out var resource, out error)
            || !CheckPrompt(parameters["prompt"]).Try(out var prompt, out error))
        {
            return error;
        }

        if (!TryReadMaxAge(parameters["max_age"], out var maxAge))
        {
            return ProtocolError.InvalidRequest("The parameter 'max_age' is not a number of seconds.");
        }

        ClaimsRequest? claims = null;
        if (parameters["claims"] is { } json && !ClaimsRequest.Parse(json).Try(out claims, out error))
        {
            return error;
        }

        string? hinted = null;
        if (hint is { } sent && !sent.Try(out hinted, out error))
        {
            return error;
        }

        if (hinted is not null && claims?.Subjects is { } subjects && !subjects.Contains(hinted))
        {
            return ProtocolError.InvalidRequest("The parameters 'id_token_hint' and 'claims' name different users.");
        }

        return new AuthorizationRequest
        {
            ClientId = client.ClientId,
            RedirectUri = redirectUri,
            ResponseMode = mode,
            State = parameters["state"],
            Nonce = parameters["nonce"],
            Scope = scope,
            Resource = resource,
            CodeChallenge = parameters["code_challenge"],
            Prompt = prompt,
            MaxAge = maxAge ?? client.DefaultMaxAge,
            LoginHint = parameters["login_hint"],
            HintedSubject = hinted,
            AcrValues = AcrValuesOf(parameters["acr_values"], scope, claims, client),
            Claims = claims,
        };
    }

    private static ProtocolError? CheckResponseType(Parameters parameters, Client client) => parameters["response_type"] switch
    {
        null => ProtocolError.InvalidRequest("The parameter 'response_type' is required."),
        not "code" => ProtocolError.UnsupportedResponseType(),
        _ when !client.GrantTypes.Contains("authorization_code") || !client.ResponseTypes.Contains("code") => ProtocolError.UnauthorizedClient("not registered for code"),
        _ => null,
    };

    private static Result<string[]> CheckScope(Parameters parameters, Client client)
    {
        if (!Scope.Parse(parameters["scope"]).Try(out var scope, out var error))
        {
            return error;
        }

        if (scope.Length == 0)
        {
            // RFC 6749 §3.3: a default. Neither an OpenID request nor offline access comes about unasked.
            scope = [.. client.Scope.Where(s => s is not (Scope.OpenId or Scope.OfflineAccess))];
        }

        return scope.Length > 0 && Scope.Covers(client.Scope, scope) ? scope : ProtocolError.InvalidScope("not registered for the client");
    }

    private static Result<string[]> CheckPrompt(string? prompt)
    {
        var values = prompt?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray() ?? [];
        return values.Any(v => !Prompts.Contains(v)) ? ProtocolError.InvalidRequest("The parameter 'prompt' has an unknown value.")
            : values.Contains("none") && values.Length > 1 ? ProtocolError.InvalidRequest("The prompt 'none' must stand alone.")
            : values;
    }

    // OIDC Registration §2: a default of OpenID requests, which acr_values and an acr claim with values both override.
    private static string[] AcrValuesOf(string? sent, string[] scope, ClaimsRequest? claims, Client client) =>
        sent is not null ? [.. sent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()]
            : scope.Contains(Scope.OpenId) && claims is not ({ EssentialAcr: not null } or { VoluntaryAcr.Length: > 0 }) ? client.DefaultAcrValues
            : [];

    private static bool TryReadMaxAge(string? text, out int? seconds)
    {
        seconds = null;
        if (text is null)
        {
            return true;
        }

        if (text.Length > 9 || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        seconds = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return true;
    }
}
