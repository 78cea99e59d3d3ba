using System.Text.Json;

namespace AuthCore.Jose;

/// <summary>RFC 7519 §2: seconds since 1970 in UTC, whole or with a fraction.</summary>
public static class NumericDate
{
    private static readonly decimal s_last = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond;

    /// <summary>Reads a claim of that type.</summary>
    /// <param name="claims">A JSON object.</param>
    /// <param name="name">Of the claim.</param>
    /// <param name="date">Null where the claim is absent.</param>
    /// <returns>False where it is there and is no number from 1970 to 9999: text, null, negative or beyond what a clock can show.</returns>
    public static bool TryRead(JsonElement claims, string name, out DateTimeOffset? date)
    {
        date = null;
        if (!claims.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var seconds) || seconds < 0 || seconds > s_last)
        {
            return false;
        }

        date = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
