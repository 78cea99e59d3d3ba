using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>RFC 6749 §5.1, OIDC Core §3.1.3.3: a successful token response.</summary>
public sealed record TokenResponse
{
    /// <summary>RFC 6749 §5.1.</summary>
    public required string AccessToken { get; init; }

    /// <summary>RFC 6750 §4, RFC 9449 §5.</summary>
    public string TokenType { get; init; } = "Bearer";

    /// <summary>Seconds.</summary>
    public required int ExpiresIn { get; init; }

    /// <summary>RFC 6749 §5.1.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>OIDC Core §3.1.3.3.</summary>
    public string? IdToken { get; init; }

    /// <summary>RFC 6749 §3.3: what was granted; said unless it is nothing, which the grammar cannot say.</summary>
    public required string[] Scope { get; init; }

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("access_token", AccessToken);
        json.WriteString("token_type", TokenType);
        json.WriteNumber("expires_in", ExpiresIn);
        if (RefreshToken is not null)
        {
            json.WriteString("refresh_token", RefreshToken);
        }

        if (IdToken is not null)
        {
            json.WriteString("id_token", IdToken);
        }

        if (Scope.Length > 0)
        {
            json.WriteString("scope", Protocol.Scope.Join(Scope));
        }

        json.WriteEndObject();
    }

    /// <summary>Never a token.</summary>
    public override string ToString() => $"token response, scope {Protocol.Scope.Join(Scope)}";
}
