namespace AuthCore.Protocol;

/// <summary>Sets of scope tokens: RFC 6749 §3.3. Order is as sent, each token once.</summary>
public static class Scope
{
    /// <summary>OIDC Core §3.1.2.1: makes the request an OpenID request.</summary>
    public const string OpenId = "openid";

    /// <summary>OIDC Core §11: asks for access that outlives the session.</summary>
    public const string OfflineAccess = "offline_access";

    private const int MaxTokens = 100;
    private const int MaxTokenLength = 128;

    /// <summary>RFC 6749 §3.3: space-separated tokens of %x21 / %x23-5B / %x5D-7E.</summary>
    /// <returns>The distinct tokens, none where <paramref name="scope"/> is null; or <c>invalid_scope</c>.</returns>
    public static Result<string[]> Parse(string? scope)
    {
        var tokens = new List<string>();
        foreach (var token in (scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsToken(token))
            {
                return ProtocolError.InvalidScope("malformed");
            }

            if (tokens.Contains(token))
            {
                continue;
            }

            if (tokens.Count == MaxTokens)
            {
                return ProtocolError.InvalidScope("too many tokens");
            }

            tokens.Add(token);
        }

        return tokens.ToArray();
    }

    /// <summary>RFC 6749 §3.3: whether this may be one scope token.</summary>
    public static bool IsToken(string token) =>
        token.Length is > 0 and <= MaxTokenLength && token.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    /// <summary>Whether every token of <paramref name="asked"/> is in <paramref name="allowed"/>.</summary>
    public static bool Covers(IReadOnlyCollection<string> allowed, IReadOnlyCollection<string> asked) => asked.All(allowed.Contains);

    /// <summary>The wire form.</summary>
    public static string Join(IEnumerable<string> scope) => string.Join(' ', scope);
}
