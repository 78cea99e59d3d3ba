using System.Buffers;
using System.Buffers.Text;

namespace AuthCore.Jose;

/// <summary>RFC 7515 §2: base64url without padding, line breaks or white space; and only in its one canonical form (RFC 4648 §3.5).</summary>
public static class CanonicalBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>RFC 7515 appendix C.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Decodes, or returns null where another spelling of the same bytes, or none at all, was given.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text) => IsCanonical(text) ? Base64Url.DecodeFromChars(text) : null;

    // The platform's decoder skips white space and accepts padding, so both are looked for here.
    internal static bool IsCanonical(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        return (text.Length % 4) switch
        {
            0 => true,
            1 => false,
            2 => (Value(text[^1]) & 0b1111) == 0,
            _ => (Value(text[^1]) & 0b11) == 0,
        };
    }

    private static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
