namespace AuthCore.Jose;

/// <summary>RFC 8725 §3.11, RFC 7515 §4.1.9: what a JWS must be for one use.</summary>
/// <param name="Typ">The `typ` of this use, without `application/`; null accepts any.</param>
/// <param name="TypRequired">Whether a missing `typ` is refused; false for uses whose standard never demanded it.</param>
public sealed record JwsRules(string? Typ, bool TypRequired = true)
{
    /// <summary>Further values of `typ` that this use accepts, as old senders of it write; never one that is another use's.</summary>
    public IReadOnlyList<string> OtherTyps { get; init; } = [];

    /// <summary>The longest compact serialization that is looked at, in characters.</summary>
    public int MaxLength { get; init; } = 8 * 1024;

    /// <summary>RFC 8725 §3.1: the algorithms of this use; all of the allow-list where not narrowed.</summary>
    public IReadOnlyList<SigningAlgorithm> Algorithms { get; init; } = SigningAlgorithm.All;

    /// <summary>
    /// RFC 9449 §4.2: the header's `jwk` is the key, and demanded: who signed proves to have that key, and nothing else.
    /// False for every other use, where a sender that brings its own key is refused (RFC 8725 §3.10).
    /// </summary>
    public bool KeyInHeader { get; init; }
}
