using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Endpoints;

/// <summary>A document in memory, with the tag that says whether it changed.</summary>
/// <param name="Source">What it was made of.</param>
/// <param name="Bytes">As sent.</param>
/// <param name="ETag">RFC 9110 §8.8.3.</param>
internal sealed record OpenDocument(object Source, byte[] Bytes, string ETag)
{
    /// <summary>Makes the document.</summary>
    public static OpenDocument Of(object source, byte[] bytes) => new(source, bytes, $"\"{CanonicalBase64Url.Encode(SHA256.HashData(bytes).AsSpan(0, 16))}\"");

    /// <summary>RFC 9110 §13.1.2: delivers it, or says that the copy at hand is still good.</summary>
    public Task DeliverAsync(HttpContext http)
    {
        var response = http.Response;
        response.Headers.CacheControl = "public, max-age=300";
        response.Headers.ETag = ETag;
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json";
        response.ContentLength = Bytes.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(Bytes, 0, Bytes.Length);
    }
}

/// <summary>RFC 8414 §3, OIDC Discovery §4: the metadata, and the JWK Set it names. Made once for what they are made of; they answer without a database.</summary>
internal sealed class OpenDocuments(
    AuthCoreOptions options, ServerCapabilities capabilities, IEnumerable<IMetadataPart> parts, Catalog catalog, SigningKeys keys)
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private OpenDocument? _metadata;
    private OpenDocument? _jwkSet;

    /// <summary>The metadata.</summary>
    public OpenDocument Metadata
    {
        get
        {
            var source = catalog.Last;
            var made = _metadata;
            return ReferenceEquals(made?.Source, source) ? made! : _metadata = Write(source);
        }
    }

    private OpenDocument Write(CatalogSnapshot source)
    {
        var metadata = Protocol.Metadata.Build(options.Issuer, capabilities, source.Scopes);
        foreach (var part in parts)
        {
            part.Describe(metadata, options.Issuer);
        }

        foreach (var part in parts)
        {
            part.Conclude(metadata, options.Issuer);
        }

        Protocol.Metadata.Complete(metadata, capabilities);
        return OpenDocument.Of(source, JsonSerializer.SerializeToUtf8Bytes(metadata, s_json));
    }

    /// <summary>The JWK Set.</summary>
    public async ValueTask<OpenDocument> GetJwkSetAsync(CancellationToken ct)
    {
        var source = await keys.GetJwkSetAsync(ct);
        var made = _jwkSet;
        return ReferenceEquals(made?.Source, source) ? made! : _jwkSet = OpenDocument.Of(source, source);
    }
}

/// <summary>Serves the open documents, to everybody.</summary>
internal static class DiscoveryEndpoint
{
    /// <summary>Maps both documents at both placements: appended to the issuer's path, and inserted before it (RFC 8414 §3.1, §5).</summary>
    public static void MapDiscovery(this IEndpointRouteBuilder routes, string issuerPath)
    {
        var documents = routes.ServiceProvider.GetRequiredService<OpenDocuments>();
        foreach (var name in new[] { "openid-configuration", "oauth-authorization-server" })
        {
            Map(routes, $"{issuerPath}/.well-known/{name}", http => documents.Metadata.DeliverAsync(http));
            if (issuerPath.Length > 0)
            {
                Map(routes, $"/.well-known/{name}{issuerPath}", http => documents.Metadata.DeliverAsync(http));
            }
        }

        Map(routes, $"{issuerPath}/jwks", async http => await (await documents.GetJwkSetAsync(http.RequestAborted)).DeliverAsync(http));
    }

    private static void Map(IEndpointRouteBuilder routes, string path, RequestDelegate deliver) => routes.MapMethods(path, ["GET", "HEAD"], deliver).RequireCors(Cors.Everybody);
}
