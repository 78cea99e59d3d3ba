using System.Text.Json.Nodes;

namespace AuthCore.Protocol;

/// <summary>What a feature adds to the server: what it can enforce, and its lines of discovery. Present only where the feature is.</summary>
public interface IMetadataPart
{
    /// <summary>Widens what registration accepts and the endpoints enforce.</summary>
    ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities;

    /// <summary>Adds its lines to the metadata (RFC 8414 §2).</summary>
    /// <param name="metadata">The document so far.</param>
    /// <param name="issuer">The prefix of every endpoint.</param>
    void Describe(JsonObject metadata, string issuer)
    {
    }

    /// <summary>Adds lines that follow from those of the others; when every part has described.</summary>
    /// <param name="metadata">The whole document, but for what other parts conclude from it.</param>
    /// <param name="issuer">The prefix of every endpoint.</param>
    void Conclude(JsonObject metadata, string issuer)
    {
    }
}
