using System.Text.Json;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>Back-Channel Logout §2.4: the claims of a logout token. There is no nonce, so that none can pass for an ID token. Pure.</summary>
internal sealed record LogoutTokenClaims
{
    /// <summary>§2.4: the <c>typ</c> header.</summary>
    public const string Type = "logout+jwt";

    /// <summary>§2.4: the member of <c>events</c> that makes it a logout token.</summary>
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>§4: two minutes, in seconds, so that a captured token is of little use.</summary>
    public const int Lifetime = 120;

    /// <summary>The server.</summary>
    public required string Issuer { get; init; }

    /// <summary>The user, as the client knows them.</summary>
    public required string Subject { get; init; }

    /// <summary>The client.</summary>
    public required string Audience { get; init; }

    /// <summary>When this token is signed: anew at each attempt.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>RFC 7519 §4.1.7: this token and no other. An application may refuse one that it had before (§2.6), so each attempt needs its own.</summary>
    public required string JwtId { get; init; }

    /// <summary>The session that ended, and no other of this user.</summary>
    public required Guid SessionId { get; init; }

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
        json.WriteString("jti", JwtId);
        json.WriteString("sid", SessionId);
        json.WriteStartObject("events");
        json.WriteStartObject(Event);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
