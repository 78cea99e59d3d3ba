using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace AuthCore.Jose;

/// <summary>RFC 8259 as RFC 7515 §4 wants it: one object, no member twice at any depth, and no text that cannot be read later.</summary>
public static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Parses; the element needs no disposal. False with a fixed reason for the log.</summary>
    public static bool TryParseObject(ReadOnlySpan<byte> utf8, out JsonElement json, [NotNullWhen(false)] out string? reason)
    {
        json = default;
        // The platform reads both lazily and throws at GetString, far from here.
        if (!Utf8.IsValid(utf8) || HasLoneSurrogate(utf8))
        {
            reason = "not well-formed Unicode";
            return false;
        }

        try
        {
            json = JsonElement.Parse(utf8, Options);
        }
        catch (JsonException)
        {
            reason = "not JSON, or a member is repeated";
            return false;
        }

        reason = json.ValueKind == JsonValueKind.Object ? null : "not a JSON object";
        return reason is null;
    }

    // A backslash occurs in JSON only inside strings, and always begins an escape of which the second byte is spent.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> utf8)
    {
        var highBefore = -1;   // where the escape of a high surrogate ended
        for (var i = 0; i < utf8.Length; i++)
        {
            if (highBefore >= 0 && highBefore == i && utf8[i] != (byte)'\\')
            {
                return true;
            }

            if (utf8[i] != (byte)'\\')
            {
                continue;
            }

            var unit = EscapedUnit(utf8[i..]);
            if (highBefore == i != (unit is { } low && char.IsLowSurrogate(low)))
            {
                return true;
            }

            i += unit is null ? 1 : 5;
            highBefore = unit is { } high && char.IsHighSurrogate(high) ? i + 1 : -1;
        }

        return false;
    }

    private static char? EscapedUnit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && escape[1] == (byte)'u'
        && ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
