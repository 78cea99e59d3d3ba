using System.Text.Json;
using AuthCore.Jose;

namespace AuthCore.Protocol;

/// <summary>RFC 7800 §3: the key that a token is bound to, by the thumbprint that names it.</summary>
/// <param name="Member">The member of <c>cnf</c>: <c>jkt</c> (RFC 9449 §6.1), <c>x5t#S256</c> (RFC 8705 §3.1).</param>
/// <param name="Thumbprint">SHA-256 in base64url: 43 characters.</param>
/// <param name="TokenType">RFC 6749 §7.1: how such a token is presented.</param>
public sealed record TokenBinding(string Member, string Thumbprint, string TokenType = TokenBinding.Bearer)
{
    /// <summary>RFC 6750 §2.1: the scheme of tokens that are bound to nothing, or to the connection.</summary>
    public const string Bearer = "Bearer";

    /// <summary>RFC 9449 §6.1: the member of <c>cnf</c> for a key that is proven with each request.</summary>
    public const string ByProof = "jkt";

    /// <summary>RFC 8705 §3.1: the member of <c>cnf</c> for the certificate of the connection.</summary>
    public const string ByCertificate = "x5t#S256";

    /// <summary>RFC 7800 §3.1: the value of <c>cnf</c>, as it stands in tokens and with what is kept.</summary>
    public string Confirmation => $$"""{"{{Member}}":"{{Thumbprint}}"}""";

    /// <summary>Reads the <c>cnf</c> of a token; null where it names no key, or more than one, which nobody here ever made.</summary>
    public static (string Member, string Thumbprint)? Read(string confirmation) =>
        JsonElement.Parse(confirmation) is { ValueKind: JsonValueKind.Object } json && json.EnumerateObject().ToArray() is [{ Value.ValueKind: JsonValueKind.String } only]
            ? (only.Name, only.Value.GetString()!)
            : null;

    /// <summary>RFC 7638 §3: whether the text is a SHA-256 thumbprint in its one spelling.</summary>
    public static bool IsThumbprint(string text) => text.Length == 43 && CanonicalBase64Url.Decode(text) is { Length: 32 };
}
