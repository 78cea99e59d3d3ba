using System.Text;

namespace AuthCore.Features.Config;

/// <summary>Text that may be shown to people: bounded, something to see, no control characters, no half of a surrogate pair.</summary>
internal static class PlainText
{
    public const int Short = 200;
    public const int Long = 1000;

    public static bool IsShort(string text) => IsText(text, Short);

    public static bool IsLong(string text) => IsText(text, Long);

    private static bool IsText(string text, int most) =>
        text.Length > 0 && text.Length <= most && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl) && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
