using System.Text.Encodings.Web;
using System.Text.Json;
using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.ProtectedResources;

/// <summary>The documents of the resources that ask to be published, by identifier. Made once for what they are made of; they answer without a database.</summary>
internal sealed class ResourceDocuments(AuthCoreOptions options, Catalog catalog)
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private Made? _made;

    /// <summary>The document, or null where there is no such resource or it did not ask.</summary>
    public OpenDocument? Find(string identifier) => Current.GetValueOrDefault(identifier);

    /// <summary>The identifiers, in order.</summary>
    public IEnumerable<string> Identifiers => Current.Keys.Order(StringComparer.Ordinal);

    private Dictionary<string, OpenDocument> Current
    {
        get
        {
            var source = catalog.Last;
            var made = _made;
            if (!ReferenceEquals(made?.Source, source))
            {
                _made = made = new Made(source, source.Resources.Values.Where(r => r.PublishMetadata).ToDictionary(r => r.Identifier, Write, StringComparer.Ordinal));
            }

            return made.Documents;
        }
    }

    private OpenDocument Write(ResourceDefinition resource) =>
        OpenDocument.Of(resource, JsonSerializer.SerializeToUtf8Bytes(ResourceMetadata.Build(resource, options.Issuer), s_json));

    private sealed record Made(CatalogSnapshot Source, Dictionary<string, OpenDocument> Documents);
}
