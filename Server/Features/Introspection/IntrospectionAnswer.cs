using System.Text.Json;
using AuthCore.Protocol;

namespace AuthCore.Features.Introspection;

/// <summary>RFC 7662 §2.2: what is said of a token. <see cref="Inactive"/> says nothing but that.</summary>
internal sealed record IntrospectionAnswer
{
    private IntrospectionAnswer()
    {
    }

    /// <summary>RFC 7662 §2.2: exactly <c>{"active":false}</c>, whatever the reason.</summary>
    public static IntrospectionAnswer Inactive { get; } = new();

    /// <summary>Whether the token may be used now.</summary>
    public bool Active { get; private init; }

    /// <summary>RFC 7662 §2.2: what the one who asks needs to know of it.</summary>
    public string[] Scope { get; private init; } = [];

    private string ClientId { get; init; } = "";

    private string? Username { get; init; }

    private string? TokenType { get; init; }

    private DateTimeOffset ExpiresAt { get; init; }

    private DateTimeOffset? IssuedAt { get; init; }

    private string Subject { get; init; } = "";

    private string[] Audience { get; init; } = [];

    private string Issuer { get; init; } = "";

    private string? JwtId { get; init; }

    private DateTimeOffset? AuthenticatedAt { get; init; }

    private string? Acr { get; init; }

    private string[]? Amr { get; init; }

    private string? Confirmation { get; init; }

    /// <summary>Of an access token; its claims are those that a JWT would carry (RFC 9068 §2.2).</summary>
    /// <param name="token">The token, which lives.</param>
    /// <param name="scope">The part of its scope that concerns the one who asks.</param>
    /// <param name="username">The person's name at sign-in, where that scope tells it; else null.</param>
    public static IntrospectionAnswer Of(AccessTokenFacts token, string[] scope, string? username) => new()
    {
        Active = true,
        Scope = scope,
        ClientId = token.ClientId,
        Username = username,
        TokenType = IsBoundToProof(token.Confirmation) ? "DPoP" : "Bearer",
        ExpiresAt = token.ExpiresAt,
        IssuedAt = token.IssuedAt,
        Subject = token.Subject,
        Audience = token.Audience,
        Issuer = token.Issuer,
        JwtId = token.JwtId,
        AuthenticatedAt = token.AuthenticatedAt,
        Acr = token.Acr,
        Amr = token.Amr,
        Confirmation = token.Confirmation,
    };

    /// <summary>Of a refresh token, for its own client alone. It has no <c>token_type</c>: it is no access token (RFC 6749 §5.1).</summary>
    /// <param name="token">The token, which lives.</param>
    /// <param name="subject">OIDC Core §8: what the client calls the user.</param>
    /// <param name="issuer">The server, which is its only audience.</param>
    public static IntrospectionAnswer Of(RefreshToken token, string subject, string issuer) => new()
    {
        Active = true,
        Scope = token.Grant.Scope,
        ClientId = token.Grant.ClientId,
        ExpiresAt = token.ExpiresAt,
        Subject = subject,
        Audience = [issuer],
        Issuer = issuer,
        AuthenticatedAt = token.Grant.AuthenticatedAt,
        Acr = token.Grant.Acr,
        Amr = token.Grant.Amr,
    };

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("active", Active);
        if (Active)
        {
            WriteMembers(json);
        }

        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        WriteText(json, "scope", Scope.Length > 0 ? Protocol.Scope.Join(Scope) : null);
        json.WriteString("client_id", ClientId);
        WriteText(json, "username", Username);
        WriteText(json, "token_type", TokenType);
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        WriteTime(json, "iat", IssuedAt);
        json.WriteString("sub", Subject);
        if (Audience.Length == 1)
        {
            json.WriteString("aud", Audience[0]);
        }
        else
        {
            WriteList(json, "aud", Audience);
        }

        json.WriteString("iss", Issuer);
        WriteText(json, "jti", JwtId);
        WriteTime(json, "auth_time", AuthenticatedAt);
        WriteText(json, "acr", Acr);
        if (Amr is not null)
        {
            WriteList(json, "amr", Amr);
        }

        if (Confirmation is not null)   // RFC 8705 §3.2, RFC 9449 §6.2
        {
            json.WritePropertyName("cnf");
            json.WriteRawValue(Confirmation);
        }
    }

    // RFC 9449 §6.2: bound to a key that signs proofs; bound to a certificate it is a bearer token still (RFC 8705 §3).
    private static bool IsBoundToProof(string? confirmation) =>
        confirmation is not null && JsonElement.Parse(confirmation).TryGetProperty(TokenBinding.ByProof, out _);

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            json.WriteNumber(name, time.ToUnixTimeSeconds());
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
