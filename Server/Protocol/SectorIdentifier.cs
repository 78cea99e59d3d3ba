namespace AuthCore.Protocol;

/// <summary>OIDC Core §8.1: clients of one sector know a person by the same pairwise subject, clients of two sectors by different ones.</summary>
public static class SectorIdentifier
{
    /// <summary>OIDC Core §8: the <c>subject_type</c> of clients that know people by a subject of their sector's own.</summary>
    public const string Pairwise = "pairwise";

    private const string Https = "https://";

    // Anybody may register these, so they set nobody apart from anybody.
    private static readonly string[] s_everybodys = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// The host of <c>sector_identifier_uri</c>, else the one host of all redirect URIs, in lower case; null for a client with public subjects,
    /// and where there is no such host: registration refuses that.
    /// </summary>
    public static string? Of(Client client) =>
        client.SubjectType != Pairwise ? null
            : client.SectorIdentifierUri is { } uri ? HostOf(uri)
            : client.RedirectUris.Select(HostOf).Distinct(StringComparer.Ordinal).ToArray() is [{ } host] ? host
            : null;

    // Both have been judged as URIs before: what stands between the slashes is host and port.
    private static string? HostOf(string uri)
    {
        if (!uri.StartsWith(Https, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = uri.AsSpan(Https.Length);
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        var port = authority.LastIndexOf(':');
        var host = (port > authority.LastIndexOf(']') ? authority[..port] : authority).ToString().ToLowerInvariant();
        return host.Length == 0 || s_everybodys.Contains(host) ? null : host;
    }
}
