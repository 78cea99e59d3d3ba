using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Endpoints;

/// <summary>RFC 8414 §3, OIDC Discovery §4: the metadata, and the JWK Set it names. From memory: they answer without a database.</summary>
internal static class DiscoveryEndpoint
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>Maps both documents at both placements: appended to the issuer's path, and inserted before it (RFC 8414 §3.1, §5).</summary>
    public static void MapDiscovery(this IEndpointRouteBuilder routes, string issuerPath)
    {
        foreach (var name in new[] { "openid-configuration", "oauth-authorization-server" })
        {
            MapDocument(routes, $"{issuerPath}/.well-known/{name}", Document);
            if (issuerPath.Length > 0)
            {
                MapDocument(routes, $"/.well-known/{name}{issuerPath}", Document);
            }
        }

        MapDocument(routes, $"{issuerPath}/jwks", services => services.GetRequiredService<SigningKeys>().JwkSet);
    }

    private static void MapDocument(IEndpointRouteBuilder routes, string path, Func<IServiceProvider, byte[]> read) =>
        routes.MapMethods(path, ["GET", "HEAD"], (HttpContext http) => Deliver(http, read(http.RequestServices))).RequireCors(Cors.Everybody);

    private static byte[] Document(IServiceProvider services) => JsonSerializer.SerializeToUtf8Bytes(
        Metadata.Build(
            services.GetRequiredService<AuthCoreOptions>().Issuer, services.GetRequiredService<ServerCapabilities>(), services.GetRequiredService<Catalog>().Last.Scopes),
        s_json);

    private static IResult Deliver(HttpContext http, byte[] document)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        var etag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{CanonicalBase64Url.Encode(SHA256.HashData(document).AsSpan(0, 16))}\"");
        return Results.Bytes(document, "application/json", entityTag: etag);
    }
}
