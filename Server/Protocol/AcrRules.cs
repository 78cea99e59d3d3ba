namespace AuthCore.Protocol;

/// <summary>OIDC Core §5.5.1.1, RFC 9470 §5: which <c>acr</c> a request demands, which it wishes for, and which it is told.</summary>
public static class AcrRules
{
    /// <summary>
    /// Values of which one must come about, or the request fails; null where none must. Those of an essential <c>acr</c> claim, for the access token carries
    /// <c>acr</c> with <c>openid</c> and without (OIDC Core §5.5.1.1, RFC 9470 §4). The <c>acr_values</c> of an OpenID request are voluntary (OIDC Core
    /// §3.1.2.1, §15.1); a request without <c>openid</c> gets no ID token that could say what came about, so its <c>acr_values</c> are demanded (RFC 9470 §5).
    /// </summary>
    public static string[]? Required(AuthorizationRequest request) =>
        request.Claims?.EssentialAcr ?? (!request.IsOpenId && request.AcrValues.Length > 0 ? request.AcrValues : null);

    /// <summary>Values that are demanded, else those that are wished for, in order of preference; empty where any will do.</summary>
    public static string[] Wanted(AuthorizationRequest request) =>
        Required(request) ?? (request.IsOpenId && request.Claims is { } claims ? [.. request.AcrValues, .. claims.VoluntaryAcr] : request.AcrValues);

    /// <summary>Whether a session of this <c>acr</c> is all that the request asks for.</summary>
    public static bool AreMet(AuthorizationRequest request, string acr, AuthenticationMeans means) =>
        (Required(request) is null && Wanted(request).Length == 0) || means.Meets(acr, Wanted(request));

    /// <summary>The <c>acr</c> that goes into the tokens: the session's own, or a weaker one that the request named and the session includes.</summary>
    public static string Told(AuthorizationRequest request, string acr, AuthenticationMeans means)
    {
        var wanted = Wanted(request);
        return wanted.Contains(acr) ? acr : wanted.FirstOrDefault(one => means.Includes(acr, one)) ?? acr;
    }
}
