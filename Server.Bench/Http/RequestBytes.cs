using System.Net;
using System.Text;

namespace AuthCore.Bench.Http;

/// <summary>Requests as bytes, made before the clock runs wherever they do not depend on the answer before.</summary>
internal static class RequestBytes
{
    public static byte[] Get(string path, params string[] headers) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bench\r\n{Lines(headers)}\r\n");

    public static byte[] Post(string path, string form, params string[] headers) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: bench\r\n{Lines(headers)}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {Encoding.ASCII.GetByteCount(form)}\r\n\r\n{form}");

    /// <summary>RFC 6749 §2.3.1.</summary>
    public static string Basic(string clientId, string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{WebUtility.UrlEncode(clientId)}:{WebUtility.UrlEncode(secret)}"));

    /// <summary>Form and query encoding.</summary>
    public static string Encode(params (string Name, string Value)[] fields) =>
        string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));

    private static string Lines(string[] headers) => string.Concat(headers.Select(header => header + "\r\n"));
}
