namespace AuthCore.Bench.Http;

/// <summary>An answer, in the connection's own buffer: gone with the next request.</summary>
internal readonly ref struct HttpAnswer(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    public ReadOnlySpan<byte> Head { get; } = head;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>The header's value, or nothing. The name as the server writes it, after a line break and with its colon: <c>"\nLocation: "u8</c>.</summary>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) => Between(Head, name, (byte)'\r');

    /// <summary>The text of a JSON member whose value needs no unescaping, or nothing. The name as in <c>"\"refresh_token\":\""u8</c>.</summary>
    public ReadOnlySpan<byte> Member(ReadOnlySpan<byte> name) => Between(Body, name, (byte)'"');

    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, byte end)
    {
        var start = text.IndexOf(name);
        if (start < 0)
        {
            return [];
        }

        var value = text[(start + name.Length)..];
        var length = value.IndexOf(end);
        return length < 0 ? [] : value[..length];
    }
}
