using System.Buffers;
using System.Text;

namespace AuthCore.Protocol;

/// <summary>The parameters of one request, from a query or a form, decoded once.</summary>
/// <remarks>OAuth 2.1 §3.1, §3.2: empty = absent; unknown ones are ignored; which ones may not repeat is each endpoint's rule.</remarks>
public sealed class Parameters
{
    /// <summary>How many parameters one request may carry.</summary>
    public const int MaxCount = 200;

    /// <summary>How long a name may be, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>How long a value may be, in characters.</summary>
    public const int MaxValueLength = 16 * 1024;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<KeyValuePair<string, string>> _pairs;

    private Parameters(List<KeyValuePair<string, string>> pairs) => _pairs = pairs;

    /// <summary>No parameters.</summary>
    public static Parameters Empty { get; } = new([]);

    /// <summary>All pairs in the order they were sent, empty values included.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>The first value of <paramref name="name"/>, or null where absent or empty. Ask <see cref="FindRepeated"/> first.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var pair in _pairs)
            {
                if (pair.Key == name)
                {
                    return pair.Value.Length == 0 ? null : pair.Value;
                }
            }

            return null;
        }
    }

    /// <summary>All values of a parameter that may repeat (RFC 8707 §2: <c>resource</c>), empty ones left out.</summary>
    public string[] All(string name) => [.. _pairs.Where(p => p.Key == name && p.Value.Length > 0).Select(p => p.Value)];

    /// <summary>True where the parameter was sent more than once, be it empty.</summary>
    public bool IsRepeated(string name)
    {
        var seen = false;
        foreach (var pair in _pairs)
        {
            if (pair.Key == name)
            {
                if (seen)
                {
                    return true;
                }

                seen = true;
            }
        }

        return false;
    }

    /// <summary>OAuth 2.1 §3.1: the first of <paramref name="names"/> that was sent more than once, or null.</summary>
    public string? FindRepeated(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (IsRepeated(name))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Makes parameters from pairs that are already decoded.</summary>
    public static Parameters Of(params IEnumerable<KeyValuePair<string, string>> pairs) => new([.. pairs]);

    /// <summary>Decodes <c>application/x-www-form-urlencoded</c> strictly: whole escapes, valid UTF-8, no NUL, bounded.</summary>
    /// <param name="encoded">A query without its <c>?</c>, or a body; bytes as sent.</param>
    /// <returns>The parameters, or <c>invalid_request</c>.</returns>
    public static Result<Parameters> Parse(ReadOnlySpan<byte> encoded)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(encoded.Length, 1));
        try
        {
            foreach (var range in encoded.Split((byte)'&'))
            {
                var part = encoded[range];
                if (part.IsEmpty)
                {
                    continue;
                }

                var equals = part.IndexOf((byte)'=');
                var name = equals < 0 ? part : part[..equals];
                var value = equals < 0 ? default : part[(equals + 1)..];
                if (!TryDecode(name, buffer, MaxNameLength, out var decodedName) || !TryDecode(value, buffer, MaxValueLength, out var decodedValue))
                {
                    return ProtocolError.InvalidRequest("A parameter is too long, or is not form-urlencoded UTF-8 without NUL.");
                }

                if (pairs.Count == MaxCount)
                {
                    return ProtocolError.InvalidRequest("Too many parameters.");
                }

                pairs.Add(new(decodedName, decodedValue));
            }
        }
        finally
        {
            buffer.AsSpan(0, encoded.Length).Clear();   // it held secrets
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Parameters(pairs);
    }

    /// <summary>Names only: a value may be a secret.</summary>
    public override string ToString() => string.Join(' ', _pairs.Select(p => p.Key));

    /// <summary>Decodes one escaped piece: a query value, a form value, or one half of a Basic credential (RFC 6749 §2.3.1).</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> encoded, byte[] buffer, int maxLength, out string decoded)
    {
        decoded = "";
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var b = encoded[i];
            if (b == '%')
            {
                if (i + 2 >= encoded.Length || Hex(encoded[i + 1]) is not { } high || Hex(encoded[i + 2]) is not { } low)
                {
                    return false;
                }

                b = (byte)((high << 4) | low);
                i += 2;
            }
            else if (b == '+')
            {
                b = (byte)' ';
            }

            if (b == 0)
            {
                return false;
            }

            buffer[length++] = b;
        }

        try
        {
            decoded = s_strict.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        return decoded.Length <= maxLength;
    }

    private static int? Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => null,
    };
}
