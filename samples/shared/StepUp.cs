using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Samples;

/// <summary>RFC 9470: the sign-in behind our access token is too old or too weak for an API, which says what would do.</summary>
/// <param name="MaxAge">How long ago the person may have signed in; null = whenever.</param>
/// <param name="AcrValues">How they must have signed in, separated by spaces; null = anyhow.</param>
internal sealed partial record StepUp(TimeSpan? MaxAge, string? AcrValues)
{
    /// <summary>The same demand in the words of an authorization request (RFC 9470 §4).</summary>
    public IEnumerable<(string Name, string Value)> Parameters
    {
        get
        {
            if (MaxAge is { } maxAge)
            {
                yield return ("max_age", ((int)maxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            }

            if (AcrValues is not null)
            {
                yield return ("acr_values", AcrValues);
            }
        }
    }

    /// <summary>What the challenge demands; null where the API misses something else.</summary>
    public static StepUp? Read(IEnumerable<AuthenticationHeaderValue> challenges)
    {
        foreach (var challenge in challenges)
        {
            var parameters = Parameter().Matches(challenge.Parameter ?? "").GroupBy(match => match.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, group => group.First().Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
            if (parameters.GetValueOrDefault("error") == "insufficient_user_authentication")
            {
                var seconds = int.TryParse(parameters.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
                return new StepUp(seconds is { } s ? TimeSpan.FromSeconds(s) : null, parameters.GetValueOrDefault("acr_values"));
            }
        }

        return null;
    }

    [GeneratedRegex("(?<name>[A-Za-z_]+)=\"(?<value>[^\"\\\\]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
