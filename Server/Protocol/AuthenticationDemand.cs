using System.Globalization;

namespace AuthCore.Protocol;

/// <summary>RFC 9470 §3: what a resource demands of the sign-in behind an access token.</summary>
/// <param name="AcrValues">One of these, in order of preference; empty = any.</param>
/// <param name="MaxAge">Seconds since the sign-in at most; null = any.</param>
public sealed record AuthenticationDemand(string[] AcrValues, int? MaxAge)
{
    /// <summary>Whether a sign-in will do.</summary>
    /// <param name="acr">How it was done.</param>
    /// <param name="authenticatedAt">When.</param>
    /// <param name="means">Which <c>acr</c> includes which.</param>
    /// <param name="now">The clock.</param>
    public bool IsMetBy(string acr, DateTimeOffset authenticatedAt, AuthenticationMeans means, DateTimeOffset now) =>
        (AcrValues.Length == 0 || means.Meets(acr, AcrValues)) && (MaxAge is not { } seconds || authenticatedAt.AddSeconds(seconds) >= now);

    /// <summary>RFC 9470 §3: what would do, as parameters of the challenge, each after a comma.</summary>
    public string Challenge =>
        (AcrValues.Length == 0 ? "" : $", acr_values=\"{string.Join(' ', AcrValues)}\"")
        + (MaxAge is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", max_age=\"{seconds}\"") : "");
}
