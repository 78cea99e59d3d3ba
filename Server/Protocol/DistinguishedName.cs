using System.Formats.Asn1;

namespace AuthCore.Protocol;

/// <summary>
/// RFC 5280 §4.1.2.4: a distinguished name, taken apart: a sequence of sets of attributes. Two are equal as RFC 5280 §7.1 has it: attribute by attribute, in
/// order, without regard to the case of letters, to the kind of string, and to how many spaces there are.
/// </summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    private readonly string[] _sets;   // each in one spelling, in the order of the certificate

    private DistinguishedName(string[] sets) => _sets = sets;

    /// <summary>Reads the DER of a certificate's name; null where it is malformed.</summary>
    public static DistinguishedName? Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            var name = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = name.ReadSequence();
            name.ThrowIfNotEmpty();
            var sets = new List<string>();
            while (sequence.HasData)
            {
                sets.Add(ReadSet(sequence.ReadSetOf(skipSortOrderValidation: true)));
            }

            return new DistinguishedName([.. sets]);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// RFC 4514 §3: reads the text of a name, which begins with the last attribute of the certificate; spaces around separators are no fault (RFC 2253 §4).
    /// Null where it is malformed or names an attribute by a name that is not known here.
    /// </summary>
    public static DistinguishedName? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sets = new List<string>();
        var attributes = new List<string>();
        for (var at = 0; ; at++)   // over the separator
        {
            if (DistinguishedNameText.ReadAttribute(text, ref at) is not var (type, value))
            {
                return null;
            }

            attributes.Add(Attribute(type, value));
            if (at < text.Length && text[at] == '+')
            {
                continue;
            }

            sets.Insert(0, Set(attributes));
            attributes.Clear();
            if (at == text.Length)
            {
                return new DistinguishedName([.. sets]);
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(DistinguishedName? other) => other is not null && _sets.AsSpan().SequenceEqual(other._sets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    /// <inheritdoc/>
    public override int GetHashCode() => _sets.Length == 0 ? 0 : StringComparer.Ordinal.GetHashCode(_sets[^1]);

    /// <summary>One spelling of an attribute's value, from its DER.</summary>
    /// <exception cref="AsnContentException">It is malformed.</exception>
    internal static string ReadValue(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var tag = reader.PeekTag();
        var isText = tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString
            or UniversalTagNumber.IA5String or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString or UniversalTagNumber.BMPString or UniversalTagNumber.T61String;
        var value = isText ? OfText(reader.ReadCharacterString((UniversalTagNumber)tag.TagValue)) : "x" + Convert.ToHexString(reader.ReadEncodedValue().Span);
        reader.ThrowIfNotEmpty();
        return value;
    }

    /// <summary>One spelling of an attribute's value that is text (RFC 4518 §2, but for normalization: what is composed in another way is another text).</summary>
    internal static string OfText(string text) =>
        "t" + string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant().ToLowerInvariant();

    private static string ReadSet(AsnReader set)
    {
        var attributes = new List<string>();
        while (set.HasData)
        {
            var pair = set.ReadSequence();
            attributes.Add(Attribute(pair.ReadObjectIdentifier(), ReadValue(pair.ReadEncodedValue())));
            pair.ThrowIfNotEmpty();
        }

        return Set(attributes);
    }

    // The length goes before the value, so that no value can look like two attributes.
    private static string Attribute(string type, string value) => FormattableString.Invariant($"{type}={value.Length}:{value}");

    private static string Set(List<string> attributes) => string.Join('+', attributes.Order(StringComparer.Ordinal));
}
