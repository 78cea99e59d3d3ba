namespace AuthCore.Flows;

/// <summary>What came of asking for a JWK Set.</summary>
/// <param name="Body">The document; null where there is none.</param>
/// <param name="MaxAge">RFC 9111 §5.2.2.1: how long it may be kept, as its server says; null where it says nothing.</param>
/// <param name="Fault">Why there is none, in words for the operator.</param>
internal sealed record KeySetAnswer(byte[]? Body, TimeSpan? MaxAge = null, string? Fault = null);

/// <summary>Gets the document at a <c>jwks_uri</c> (RFC 7591 §2); flows know no HTTP.</summary>
internal interface IKeySetSource
{
    /// <summary>Gets it, in a few seconds at most. Never throws for trouble of the other side.</summary>
    Task<KeySetAnswer> FetchAsync(string uri, CancellationToken ct);
}
