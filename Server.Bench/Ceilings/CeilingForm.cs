using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AuthCore.Bench.Ceilings;

/// <summary>Reads a small form without a dictionary.</summary>
internal static class CeilingForm
{
    /// <summary>The value of the field, or null. No field here needs decoding.</summary>
    public static async ValueTask<string?> ReadAsync(HttpContext http, string field)
    {
        var reader = http.Request.BodyReader;
        ReadResult read;
        while (!(read = await reader.ReadAsync(http.RequestAborted)).IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        var value = Find(read.Buffer, field);
        reader.AdvanceTo(read.Buffer.End);
        return value;
    }

    private static string? Find(ReadOnlySequence<byte> form, string field)
    {
        Span<char> text = stackalloc char[(int)form.Length];
        Encoding.ASCII.GetChars(form, text);
        ReadOnlySpan<char> rest = text;
        foreach (var range in rest.Split('&'))
        {
            var pair = rest[range];
            if (pair.Length > field.Length && pair[field.Length] == '=' && pair.StartsWith(field, StringComparison.Ordinal))
            {
                return pair[(field.Length + 1)..].ToString();
            }
        }

        return null;
    }
}
