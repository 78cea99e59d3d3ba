using System.Net;
using AuthCore.Bench.Http;
using Microsoft.AspNetCore.Http;

namespace AuthCore.Bench.Ceilings;

/// <summary>Writes the bytes that the server writes.</summary>
internal sealed class DocumentCeiling
{
    public DocumentCeiling(IPEndPoint server)
    {
        using var connection = new HttpConnection(server);
        Discovery = connection.Exchange(RequestBytes.Get("/.well-known/openid-configuration")).Body.ToArray();
        JwkSet = connection.Exchange(RequestBytes.Get("/jwks")).Body.ToArray();
    }

    public byte[] Discovery { get; }

    public byte[] JwkSet { get; }

    public static Task HandleAsync(HttpContext http, byte[] document)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        return http.Response.BodyWriter.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
