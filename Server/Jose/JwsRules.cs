namespace AuthCore.Jose;

/// <summary>RFC 8725 §3.11, RFC 7515 §4.1.9: what a JWS must be for one use.</summary>
/// <param name="Typ">The one `typ` this use accepts, without `application/`; null accepts any.</param>
/// <param name="TypRequired">Whether a missing `typ` is refused; false for uses whose standard never demanded it.</param>
public sealed record JwsRules(string? Typ, bool TypRequired = true)
{
    /// <summary>The longest compact serialization that is looked at, in characters.</summary>
    public int MaxLength { get; init; } = 8 * 1024;

    /// <summary>RFC 8725 §3.1: the algorithms of this use; all of the allow-list where not narrowed.</summary>
    public IReadOnlyList<SigningAlgorithm> Algorithms { get; init; } = SigningAlgorithm.All;
}
