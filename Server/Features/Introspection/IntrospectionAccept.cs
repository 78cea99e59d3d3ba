using System.Globalization;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 9701 §4, RFC 9110 §12.5.1: which form of answer a request asks for.</summary>
internal static class IntrospectionAccept
{
    /// <summary>RFC 9701 §5: the signed form.</summary>
    public const string MediaType = "application/" + SignedIntrospection.Type;

    private const string Json = "application/json";

    /// <summary>Whether the signed form is named, and JSON is not liked better; wildcards get JSON.</summary>
    /// <param name="accept">The <c>Accept</c> header, or null.</param>
    public static bool WantsJwt(string? accept)
    {
        if (accept is null)
        {
            return false;
        }

        double signed = 0;
        double plain = 0;
        foreach (var range in accept.Split(','))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0].Equals(MediaType, StringComparison.OrdinalIgnoreCase))
            {
                signed = Math.Max(signed, WeightOf(parts));
            }
            else if (parts[0].Equals(Json, StringComparison.OrdinalIgnoreCase))
            {
                plain = Math.Max(plain, WeightOf(parts));
            }
        }

        return signed > 0 && signed >= plain;
    }

    /// <summary>Whether the signed form may be sent: the range that names it best has a weight, or nothing is said.</summary>
    /// <param name="accept">The <c>Accept</c> header, or null.</param>
    public static bool TakesJwt(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return true;
        }

        var ranges = accept.Split(',').Select(range => range.Split(';', StringSplitOptions.TrimEntries)).ToArray();
        foreach (var name in (ReadOnlySpan<string>)[MediaType, "application/*", "*/*"])
        {
            if (ranges.Where(parts => parts[0].Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray() is { Length: > 0 } named)
            {
                return named.Max(WeightOf) > 0;
            }
        }

        return false;
    }

    // RFC 9110 §12.4.2: 1 where none is given; one that cannot be read counts as not acceptable.
    private static double WeightOf(string[] parts)
    {
        foreach (var part in parts.Skip(1))
        {
            if (part.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                return double.TryParse(part.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1 ? weight : 0;
            }
        }

        return 1;
    }
}
