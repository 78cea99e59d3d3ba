using AuthCore.Endpoints;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Http.Features;

namespace AuthCore.Features.ProtectedResources;

/// <summary>
/// RFC 9728 §3: a resource at our own origin has its document at its well-known place; the document of any other is at <c>/resource-metadata?resource=…</c>,
/// for its owner to serve at that resource's own origin, or to name in <c>resource_metadata</c> of a challenge (§5.1).
/// </summary>
internal static class ResourceMetadataEndpoint
{
    private static readonly string[] s_methods = ["GET", "HEAD"];

    /// <summary>Maps both places.</summary>
    public static void MapResourceMetadata(this WebApplication app)
    {
        app.MapMethods(ResourceMetadata.WellKnown + "/{**path}", s_methods, AtWellKnownPlaceAsync).RequireCors(Cors.Everybody);
        app.MapMethods(app.Services.GetRequiredService<PageFrame>().PathBase + "/resource-metadata", s_methods, ByIdentifierAsync).RequireCors(Cors.Everybody);
    }

    private static Task AtWellKnownPlaceAsync(HttpContext http, ResourceDocuments documents, AuthCoreOptions options)
    {
        // As sent, for an identifier is compared as it is written; the rebuilt path is for hosts that do not keep it, and for requests in absolute form.
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = raw.StartsWith('/') ? raw : http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
        return ResourceMetadata.IdentifiersAt(target, options.Issuer).Select(documents.Find).FirstOrDefault(found => found is not null) is { } document
            ? document.DeliverAsync(http)
            : NotFoundAsync(http);
    }

    private static Task ByIdentifierAsync(HttpContext http, ResourceDocuments documents)
    {
        var query = http.QueryParameters();
        return query.IsRepeated("resource") || query["resource"] is not { } identifier
            ? new ProtocolErrorResult(ProtocolError.InvalidRequest("The parameter 'resource' is required, once.")).ExecuteAsync(http)
            : documents.Find(identifier) is { } document ? document.DeliverAsync(http)
            : NotFoundAsync(http);
    }

    // One answer for a resource that is not there and one that is not published.
    private static Task NotFoundAsync(HttpContext http) =>
        new ProtocolErrorResult(new ProtocolError("invalid_target", "No metadata is published for this resource.", StatusCodes.Status404NotFound)).ExecuteAsync(http);
}
