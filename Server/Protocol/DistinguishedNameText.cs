using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace AuthCore.Protocol;

/// <summary>RFC 4514 §3: one attribute of a distinguished name that is written as text.</summary>
internal static class DistinguishedNameText
{
    // RFC 4514 §3, and what certificates have beyond it (RFC 4519 §2, RFC 2985 §5.2.1, ETSI EN 319 412-1 §5.1.4, CA/Browser Forum EV guidelines §9.2.4).
    private static readonly Dictionary<string, string> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CN"] = "2.5.4.3", ["SN"] = "2.5.4.4", ["serialNumber"] = "2.5.4.5", ["C"] = "2.5.4.6", ["L"] = "2.5.4.7", ["ST"] = "2.5.4.8", ["STREET"] = "2.5.4.9",
        ["O"] = "2.5.4.10", ["OU"] = "2.5.4.11", ["title"] = "2.5.4.12", ["businessCategory"] = "2.5.4.15", ["postalCode"] = "2.5.4.17", ["GN"] = "2.5.4.42",
        ["givenName"] = "2.5.4.42", ["dnQualifier"] = "2.5.4.46", ["pseudonym"] = "2.5.4.65", ["organizationIdentifier"] = "2.5.4.97",
        ["UID"] = "0.9.2342.19200300.100.1.1", ["DC"] = "0.9.2342.19200300.100.1.25", ["E"] = "1.2.840.113549.1.9.1", ["emailAddress"] = "1.2.840.113549.1.9.1",
        ["jurisdictionL"] = "1.3.6.1.4.1.311.60.2.1.1", ["jurisdictionST"] = "1.3.6.1.4.1.311.60.2.1.2", ["jurisdictionC"] = "1.3.6.1.4.1.311.60.2.1.3",
    };

    /// <summary>Reads one; null where it is malformed or its type is not known.</summary>
    /// <param name="text">The whole name.</param>
    /// <param name="at">Where it begins; afterwards the separator that follows, or the end.</param>
    public static (string Type, string Value)? ReadAttribute(string text, ref int at)
    {
        var equals = at < text.Length ? text.IndexOf('=', at) : -1;
        if (equals < 0 || TypeOf(text[at..equals].Trim(' ')) is not { } type)
        {
            return null;
        }

        at = equals + 1;
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        var value = at < text.Length && text[at] == '#' ? ReadEncoded(text, ref at) : ReadText(text, ref at);
        return value is null ? null : (type, value);
    }

    // RFC 4512 §1.4: a short name, or a numericoid.
    private static string? TypeOf(string name) =>
        s_types.TryGetValue(name, out var known) ? known
        : name.Length > 0 && char.IsAsciiDigit(name[0]) && name.Contains('.', StringComparison.Ordinal)
            && name.Split('.').All(number => number.Length > 0 && number.All(char.IsAsciiDigit) && (number == "0" || number[0] != '0')) ? name
        : null;

    // RFC 4514 §2.4: the value's DER, as hexadecimal digits after a number sign.
    private static string? ReadEncoded(string text, ref int at)
    {
        var end = text.AsSpan(at).IndexOfAny(',', '+') is >= 0 and var length ? at + length : text.Length;
        var digits = text[(at + 1)..end].TrimEnd(' ');
        at = end;
        try
        {
            return DistinguishedName.ReadValue(Convert.FromHexString(digits));
        }
        catch (Exception fault) when (fault is FormatException or AsnContentException)
        {
            return null;
        }
    }

    // RFC 4514 §3 string: escaped are the special characters, and any octet of the UTF-8.
    private static string? ReadText(string text, ref int at)
    {
        var utf8 = new List<byte>();
        Span<byte> octets = stackalloc byte[4];
        var end = 0;   // spaces after it stand before a separator
        for (; at < text.Length && text[at] is not (',' or '+'); at++)
        {
            if (text[at] == '\\')
            {
                if (ReadEscaped(text, ref at) is not { } octet)
                {
                    return null;
                }

                utf8.Add(octet);
                end = utf8.Count;
            }
            else if (text[at] is '"' or ';' or '<' or '>' or '\0' || Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                return null;
            }
            else
            {
                utf8.AddRange(octets[..rune.EncodeToUtf8(octets)]);
                end = text[at] == ' ' ? end : utf8.Count;
                at += used - 1;
            }
        }

        var bytes = utf8[..end].ToArray();
        return Utf8.IsValid(bytes) ? DistinguishedName.OfText(Encoding.UTF8.GetString(bytes)) : null;
    }

    private static byte? ReadEscaped(string text, ref int at)
    {
        if (at + 1 < text.Length && text[at + 1] is '\\' or '"' or '+' or ',' or ';' or '<' or '>' or ' ' or '#' or '=')
        {
            return (byte)text[++at];
        }

        if (at + 2 < text.Length && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
        {
            at += 2;
            return octet;
        }

        return null;
    }
}
