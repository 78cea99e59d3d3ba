using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>RFC 9068 §2.2: the claims of a JWT access token.</summary>
public sealed record AccessTokenClaims
{
    /// <summary>RFC 9068 §2.1: the <c>typ</c> header.</summary>
    public const string Type = "at+jwt";

    /// <summary>The server.</summary>
    public required string Issuer { get; init; }

    /// <summary>RFC 9068 §2.2: the user, or the client where it acts for itself.</summary>
    public required string Subject { get; init; }

    /// <summary>RFC 9068 §3: one audience is a string, several are an array.</summary>
    public required string[] Audience { get; init; }

    /// <summary>RFC 8693 §4.3.</summary>
    public required string ClientId { get; init; }

    /// <summary>RFC 9068 §2.2.3.</summary>
    public required string[] Scope { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Seconds.</summary>
    public required int Lifetime { get; init; }

    /// <summary>Unique.</summary>
    public required string JwtId { get; init; }

    /// <summary>The family; null where there is none. The private claim <c>gid</c>.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>RFC 9068 §2.2.1.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>RFC 9068 §2.2.1.</summary>
    public string? Acr { get; init; }

    /// <summary>RFC 9068 §2.2.1.</summary>
    public string[]? Amr { get; init; }

    /// <summary>RFC 7800 §3.1: the key the token is bound to, as JSON; null for a bearer token.</summary>
    public string? Confirmation { get; init; }

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Subject);
        WriteAudience(json);
        json.WriteString("client_id", ClientId);
        var issuedAt = IssuedAt.ToUnixTimeSeconds();
        json.WriteNumber("iat", issuedAt);
        json.WriteNumber("exp", issuedAt + Lifetime);
        json.WriteString("jti", JwtId);
        if (Scope.Length > 0)
        {
            json.WriteString("scope", Protocol.Scope.Join(Scope));
        }

        if (GrantId is { } grant)
        {
            json.WriteString("gid", grant);
        }

        if (AuthenticatedAt is { } at)
        {
            json.WriteNumber("auth_time", at.ToUnixTimeSeconds());
            json.WriteString("acr", Acr);
            IdTokenClaims.WriteArray(json, "amr", Amr ?? []);
        }

        if (Confirmation is not null)
        {
            json.WritePropertyName("cnf");
            json.WriteRawValue(Confirmation);
        }

        json.WriteEndObject();
    }

    private void WriteAudience(Utf8JsonWriter json)
    {
        if (Audience.Length == 1)
        {
            json.WriteString("aud", Audience[0]);
        }
        else
        {
            IdTokenClaims.WriteArray(json, "aud", Audience);
        }
    }
}

/// <summary>OIDC Core §2: the claims of an ID token.</summary>
public sealed record IdTokenClaims
{
    /// <summary>The <c>typ</c> header.</summary>
    public const string Type = "JWT";

    /// <summary>The server.</summary>
    public required string Issuer { get; init; }

    /// <summary>The user.</summary>
    public required string Subject { get; init; }

    /// <summary>The client.</summary>
    public required string Audience { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Seconds.</summary>
    public required int Lifetime { get; init; }

    /// <summary>When the user typed a password last; the same after a refresh (OIDC Core §12.2).</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>OIDC Core §2: as in the request; absent after a refresh (§12.2).</summary>
    public string? Nonce { get; init; }

    /// <summary>How well.</summary>
    public required string Acr { get; init; }

    /// <summary>RFC 8176.</summary>
    public required string[] Amr { get; init; }

    /// <summary>Front-Channel Logout §3: the session.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>OIDC Core §3.1.3.6.</summary>
    public string? AccessTokenHash { get; init; }

    /// <summary>Claims about the user that go into the token itself.</summary>
    public IReadOnlyList<string> UserClaimNames { get; init; } = [];

    /// <summary>The user; needed where <see cref="UserClaimNames"/> has any.</summary>
    public User? User { get; init; }

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Subject);
        json.WriteString("aud", Audience);
        var issuedAt = IssuedAt.ToUnixTimeSeconds();
        json.WriteNumber("iat", issuedAt);
        json.WriteNumber("exp", issuedAt + Lifetime);
        json.WriteNumber("auth_time", AuthenticatedAt.ToUnixTimeSeconds());
        json.WriteString("acr", Acr);
        WriteArray(json, "amr", Amr);
        if (Nonce is not null)
        {
            json.WriteString("nonce", Nonce);
        }

        if (SessionId is { } session)
        {
            json.WriteString("sid", session);
        }

        if (AccessTokenHash is not null)
        {
            json.WriteString("at_hash", AccessTokenHash);
        }

        foreach (var claim in UserClaimNames.Distinct())
        {
            UserClaims.Write(json, claim, User!);
        }

        json.WriteEndObject();
    }

    internal static void WriteArray(Utf8JsonWriter json, string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
