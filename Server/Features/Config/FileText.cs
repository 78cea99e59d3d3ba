using System.Text;

namespace AuthCore.Features.Config;

/// <summary>The file's bytes as text, if they may be text at all.</summary>
internal static class FileText
{
    private const int MaxBytes = 1_048_576;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // YAML 1.2 §5.1: of the control characters, tab and line ends alone.
    private static readonly char[] NotAllowed = [.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r'))];

    /// <summary>Null where a fault was noted.</summary>
    public static string? Decode(ReadOnlySpan<byte> utf8, ConfigFaults faults)
    {
        if (utf8.Length > MaxBytes)
        {
            faults.Add(1, "the file is larger than 1 MB");
            return null;
        }

        try
        {
            var text = Strict.GetString(utf8).TrimStart('\uFEFF');
            var bad = text.AsSpan().IndexOfAny(NotAllowed);
            if (bad < 0)
            {
                return text;
            }

            faults.Add(1 + text.AsSpan(0, bad).Count('\n'), "a control character is not allowed here");
        }
        catch (DecoderFallbackException)
        {
            faults.Add(1, "the file is not UTF-8");
        }

        return null;
    }

    /// <summary>Whether UTF-8 can hold it: no half of a surrogate pair.</summary>
    public static bool IsWellFormed(string text)
    {
        try
        {
            return Strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
