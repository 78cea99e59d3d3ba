using System.Security.Cryptography;

namespace AuthCore.Web;

/// <summary>A file the pages load from this server, named after its content so that it may be cached for ever.</summary>
internal sealed class Asset
{
    private readonly byte[] content;
    private readonly string contentType;
    private readonly string etag;

    private Asset(byte[] content, string name, string extension, string contentType)
    {
        this.content = content;
        this.contentType = contentType;
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        etag = $"\"{hash}\"";
        Path = $"/assets/{name}.{hash}.{extension}";
    }

    /// <summary>The path below the issuer's.</summary>
    public string Path { get; }

    public int Length => content.Length;

    public static Asset Load(string name, string extension, string contentType)
    {
        var resource = $"assets/{name}.{extension}";
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is not in the assembly.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return new Asset(buffer.ToArray(), name, extension, contentType);
    }

    public IResult Deliver(HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(content, contentType, entityTag: Microsoft.Net.Http.Headers.EntityTagHeaderValue.Parse(etag));
    }
}

/// <summary>Everything the pages load: one style sheet, one icon.</summary>
internal static class PageAssets
{
    public static Asset StyleSheet { get; } = Asset.Load("authcore", "css", "text/css; charset=utf-8");

    public static Asset Icon { get; } = Asset.Load("authcore", "svg", "image/svg+xml");

    /// <summary>Serves them, at paths that change when they do.</summary>
    public static void MapPageAssets(this IEndpointRouteBuilder routes)
    {
        foreach (var asset in new[] { StyleSheet, Icon })
        {
            routes.MapMethods(asset.Path, [HttpMethods.Get, HttpMethods.Head], (HttpResponse response) => asset.Deliver(response));
        }
    }
}
