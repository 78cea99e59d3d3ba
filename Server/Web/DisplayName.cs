using System.Globalization;
using System.Text;

namespace AuthCore.Web;

/// <summary>A name somebody else chose, made fit to stand in our sentences.</summary>
internal static class DisplayName
{
    /// <summary>
    /// Without control characters and without the invisible ones that reorder or hide text; spaces run together, and cut to a length
    /// that leaves our words on the page. Joiners stay: some scripts and emoji need them.
    /// </summary>
    public static string Clean(string? name, int maximum = 100)
    {
        var text = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category == UnicodeCategory.Control)
            {
                _ = text.Length > 0 && text[^1] != ' ' ? text.Append(' ') : text;
            }
            else if (category != UnicodeCategory.Format || rune.Value is 0x200C or 0x200D)
            {
                text.Append(rune.ToString());
            }
        }

        var clean = text.ToString().TrimEnd();
        return clean.Length <= maximum ? clean : Cut(clean, maximum);
    }

    /// <summary>One or two letters to stand for a logo, which is never loaded.</summary>
    public static string Initials(string? name)
    {
        var words = Clean(name).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => Rune.IsLetterOrDigit(Rune.GetRuneAt(word, 0)))
            .Take(2)
            .Select(word => Rune.ToUpperInvariant(Rune.GetRuneAt(word, 0)).ToString());
        var initials = string.Concat(words);
        return initials.Length > 0 ? initials : "?";
    }

    private static string Cut(string text, int maximum)
    {
        var end = maximum - 1;
        if (char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return text[..end].TrimEnd() + "…";
    }
}
