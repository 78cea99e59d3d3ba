using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>What an access token says, whatever its form: RFC 9068 §2.2, RFC 7662 §2.2.</summary>
public sealed record AccessTokenFacts
{
    /// <summary>The server that issued it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The user, or the client where it acts for itself.</summary>
    public required string Subject { get; init; }

    /// <summary>Whose token it is.</summary>
    public required string ClientId { get; init; }

    /// <summary>Who may accept it.</summary>
    public required string[] Audience { get; init; }

    /// <summary>RFC 6749 §3.3.</summary>
    public required string[] Scope { get; init; }

    /// <summary>Unique.</summary>
    public required string JwtId { get; init; }

    /// <summary>The family; null where the client acts for itself.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>The family and its user, where they were read together with the token; else they are still to be read.</summary>
    public (Grant Grant, User User)? Family { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>RFC 9068 §2.2.1; null where no user is behind it.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>RFC 9068 §2.2.1.</summary>
    public string? Acr { get; init; }

    /// <summary>RFC 9068 §2.2.1.</summary>
    public string[]? Amr { get; init; }

    /// <summary>RFC 7800 §3.1: the key it is bound to, as JSON; null for a bearer token.</summary>
    public string? Confirmation { get; init; }

    /// <summary>RFC 9068 §4: reads the claims of a JWT whose signature and type are known to be good; null where one is missing or of a wrong shape.</summary>
    public static AccessTokenFacts? Read(JsonElement payload)
    {
        if (TextOf(payload, "iss") is not { } issuer || TextOf(payload, "sub") is not { } subject || TextOf(payload, "client_id") is not { } clientId
            || TextOf(payload, "jti") is not { } id || TimeOf(payload, "iat") is not { } issuedAt || TimeOf(payload, "exp") is not { } expiresAt
            || ListOf(payload, "aud") is not { } audience || !Protocol.Scope.Parse(TextOf(payload, "scope")).Try(out var scope, out _))
        {
            return null;
        }

        return new AccessTokenFacts
        {
            Issuer = issuer,
            Subject = subject,
            ClientId = clientId,
            Audience = audience,
            Scope = scope,
            JwtId = id,
            GrantId = Guid.TryParse(TextOf(payload, "gid"), out var grant) ? grant : null,
            IssuedAt = issuedAt,
            ExpiresAt = expiresAt,
            AuthenticatedAt = TimeOf(payload, "auth_time"),
            Acr = TextOf(payload, "acr"),
            Amr = ListOf(payload, "amr"),
            Confirmation = payload.TryGetProperty("cnf", out var confirmation) ? confirmation.GetRawText() : null,
        };
    }

    private static string? TextOf(JsonElement payload, string member) =>
        payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? TimeOf(JsonElement payload, string member) =>
        payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string[]? ListOf(JsonElement payload, string member) =>
        !payload.TryGetProperty(member, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(e => e.GetString()!)]
            : null;
}
