using System.Text.Json;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 9701 §5: the claims of a signed answer. Without <c>sub</c> and <c>exp</c> of its own, so that nobody takes it for an access token (§8.1).</summary>
/// <param name="Issuer">The server.</param>
/// <param name="Audience">The client that asked.</param>
/// <param name="IssuedAt">When it was answered.</param>
/// <param name="Answer">What the plain answer would say.</param>
internal sealed record SignedIntrospection(string Issuer, string Audience, DateTimeOffset IssuedAt, IntrospectionAnswer Answer)
{
    /// <summary>RFC 9701 §5: the <c>typ</c> header.</summary>
    public const string Type = "token-introspection+jwt";

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss", Issuer);
        json.WriteString("aud", Audience);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WritePropertyName("token_introspection");
        Answer.Write(json);
        json.WriteEndObject();
    }
}
