namespace AuthCore.Jose;

/// <summary>RFC 7519 §4.1, RFC 8725 §3: what a JWT from outside must be for one use: its signature's rules, and the claims that every use may have.</summary>
/// <param name="Jws">How it must be signed and typed.</param>
public sealed record JwtRules(JwsRules Jws)
{
    /// <summary>The claims that must be there. `iss`, `sub`, `aud`, `jti`, `exp`, `nbf` and `iat` are judged for their type wherever they are.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>How far `iat` and `nbf` may lie ahead of our clock (FAPI 2.0 §5.3.2.1: at least 10 s, at most 60).</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after `exp` it is still taken, for clocks that differ.</summary>
    public TimeSpan Behind { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How far `exp` may lie ahead of our clock; null = any distance.</summary>
    public TimeSpan? ExpiresWithin { get; init; }

    /// <summary>How long ago `iat` may lie where it is there (RFC 9449 §11.1), the difference of clocks included; null = any time.</summary>
    public TimeSpan? IssuedWithin { get; init; }

    /// <summary>True where a token out of its time says enough, as a hint does (OIDC Core §3.1.2.1): the claims of time are read, not judged.</summary>
    public bool IgnoresTime { get; init; }
}
