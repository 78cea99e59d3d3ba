using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuthCore.Jose;

namespace AuthCore.Flows;

/// <summary>Writes claims into a buffer that the thread keeps, and signs them.</summary>
internal static class JsonSigner
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_json;

    /// <summary>RFC 7515 §3.1: the compact serialization of the object that <paramref name="write"/> writes.</summary>
    public static string Sign(SigningKey key, string type, Action<Utf8JsonWriter> write)
    {
        var buffer = t_buffer ??= new ArrayBufferWriter<byte>(1024);
        var json = t_json ??= new Utf8JsonWriter(buffer, s_json);
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        write(json);
        json.Flush();
        return Jws.Sign(key, type, buffer.WrittenSpan);
    }
}
