namespace AuthCore.Protocol;

/// <summary>A redirect URI the client may be sent to.</summary>
/// <param name="Value">The URI as it was sent, or the only registered one.</param>
/// <param name="WasSent">Whether the request carried it (OAuth 2.1 §10.2: then the token request may be asked for it).</param>
public sealed record ChosenRedirectUri(string Value, bool WasSent);

/// <summary>OAuth 2.1 §2.3, §4.1.1, §8.4.2: redirect URIs are strings, and equality decides. No URI parser takes part.</summary>
public static class RedirectUri
{
    /// <summary>Finds where the answer may go. An error here must never be answered by a redirect (OAuth 2.1 §2.3.5).</summary>
    /// <param name="sent">The request's <c>redirect_uri</c>.</param>
    /// <param name="client">Whose request it is.</param>
    /// <param name="isOpenId">OIDC Core §3.1.2.1: with <c>openid</c> the parameter is required.</param>
    /// <param name="isPushed">Whether an authenticated client pushed the request.</param>
    public static Result<ChosenRedirectUri> Choose(string? sent, Client client, bool isOpenId, bool isPushed = false)
    {
        if (sent is null)
        {
            return client.RedirectUris.Length == 1 && !isOpenId && !client.StrictRedirectUris && !IsLoopback(client.RedirectUris[0])
                ? new ChosenRedirectUri(client.RedirectUris[0], WasSent: false)
                : ProtocolError.InvalidRequest("The parameter 'redirect_uri' is required.");
        }

        return MayAnswerAt(sent, client, isPushed)
            ? new ChosenRedirectUri(sent, WasSent: true)
            : ProtocolError.InvalidRequest("The redirect URI is not registered for this client.");
    }

    /// <summary>Whether this client may be answered there: at what it registered, and, where it may push others (RFC 9126 §2.4), at whatever could be registered.</summary>
    /// <param name="uri">The request's <c>redirect_uri</c>.</param>
    /// <param name="client">As registered now.</param>
    /// <param name="isPushed">Whether the client was authenticated when it named the URI.</param>
    public static bool MayAnswerAt(string uri, Client client, bool isPushed) =>
        client.RedirectUris.Any(registered => Matches(registered, uri, client.ApplicationType))
        || (isPushed && client is { AllowUnregisteredRedirectUris: true, IsPublic: false } && RedirectUriRules.FindFault(uri, client.ApplicationType, client.StrictRedirectUris) is null);

    /// <summary>Ordinal equality; on a registered loopback address the port alone may differ (OAuth 2.1 §8.4.2).</summary>
    public static bool Matches(string registered, string sent, string applicationType) =>
        string.Equals(registered, sent, StringComparison.Ordinal) || MatchesLoopback(registered, sent, applicationType);

    /// <summary>OAuth 2.1 §4.1.3, §10.2: if the token request sends it, it must be equal; it may be left out when PKCE was used.</summary>
    public static bool MayRedeem(string? sent, AuthorizationCode code) =>
        sent is null
            ? code.CodeChallenge is not null || !code.RedirectUriSent
            : string.Equals(sent, code.RedirectUri, StringComparison.Ordinal);

    /// <summary>Whether the URI points to this computer over http.</summary>
    public static bool IsLoopback(string uri) => LoopbackPrefix(uri, "native") is not null;

    /// <summary>RFC 6454 §6.1: scheme, host and port of an http or https URI as a browser writes them; null for other schemes.</summary>
    public static string? OriginOf(string uri)
    {
        var scheme = uri.StartsWith("https://", StringComparison.Ordinal) ? "https://"
            : uri.StartsWith("http://", StringComparison.Ordinal) ? "http://" : null;
        if (scheme is null)
        {
            return null;
        }

        var end = uri.AsSpan(scheme.Length).IndexOfAny('/', '?', '#');
        var authority = (end < 0 ? uri[scheme.Length..] : uri.Substring(scheme.Length, end)).ToLowerInvariant();
        var defaultPort = scheme == "https://" ? ":443" : ":80";
        return scheme + (authority.EndsWith(defaultPort, StringComparison.Ordinal) ? authority[..^defaultPort.Length] : authority);
    }

    private static bool MatchesLoopback(string registered, string sent, string applicationType) =>
        LoopbackPrefix(registered, applicationType) is { } prefix
        && sent.StartsWith(prefix, StringComparison.Ordinal)
        && AfterPort(registered, prefix.Length) is { } expected
        && AfterPort(sent, prefix.Length) is { } actual
        && string.Equals(expected, actual, StringComparison.Ordinal);

    // OAuth 2.1 §8.4.2: the literals; RFC 8252 §8.3 leaves `localhost` to native clients that registered it.
    private static string? LoopbackPrefix(string uri, string applicationType)
    {
        ReadOnlySpan<string> prefixes = applicationType == "native"
            ? ["http://127.0.0.1", "http://[::1]", "http://localhost"]
            : ["http://127.0.0.1", "http://[::1]"];
        foreach (var prefix in prefixes)
        {
            if (uri.StartsWith(prefix, StringComparison.Ordinal) && AfterPort(uri, prefix.Length) is not null)
            {
                return prefix;
            }
        }

        return null;
    }

    // What follows the host and its optional port; null where what follows is neither port, path, query nor the end.
    private static string? AfterPort(string uri, int start)
    {
        var rest = uri[start..];
        if (rest.StartsWith(':'))
        {
            var digits = rest.Skip(1).TakeWhile(char.IsAsciiDigit).Count();
            if (digits is 0 or > 5 || int.Parse(rest.AsSpan(1, digits), System.Globalization.CultureInfo.InvariantCulture) is 0 or > 65535)
            {
                return null;
            }

            rest = rest[(1 + digits)..];
        }

        return rest.Length == 0 || rest[0] is '/' or '?' ? rest : null;
    }
}
