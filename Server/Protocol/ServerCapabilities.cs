namespace AuthCore.Protocol;

/// <summary>What this server does, said once: registration, enforcement and discovery all read it here.</summary>
public sealed record ServerCapabilities
{
    /// <summary>RFC 8414 §2.</summary>
    public required string[] GrantTypes { get; init; }

    /// <summary>RFC 8414 §2.</summary>
    public string[] TokenEndpointAuthMethods { get; init; } = ["client_secret_basic", "client_secret_post", "none"];

    /// <summary>RFC 8414 §2: what a client may sign its assertions with; empty where no method has any.</summary>
    public string[] TokenEndpointAuthSigningAlgs { get; init; } = [];

    /// <summary>OIDC Discovery §3.</summary>
    public string[] IdTokenSigningAlgs { get; init; } = ["RS256", "ES256", "PS256", "ES384"];

    /// <summary>OIDC Discovery §3: what userinfo may be signed with; empty where it is plain JSON for everybody.</summary>
    public string[] UserInfoSigningAlgs { get; init; } = [];

    /// <summary>RFC 9068 §2.1: what access tokens may be signed with.</summary>
    public string[] AccessTokenSigningAlgs { get; init; } = ["ES256", "RS256", "PS256", "ES384"];

    /// <summary>The forms of access token that a client or resource may choose.</summary>
    public string[] AccessTokenFormats { get; init; } = ["jwt"];

    /// <summary>OIDC Discovery §3.</summary>
    public string[] SubjectTypes { get; init; } = ["public"];

    /// <summary>OAuth 2.0 Multiple Response Types §2.1: the ways in which an authorization response is delivered.</summary>
    public string[] ResponseModes { get; init; } = [.. AuthorizationRequestRules.ResponseModes];

    /// <summary>OIDC Discovery §3: the <c>acr</c> values that can come about.</summary>
    public required string[] AcrValues { get; init; }

    /// <summary>Metadata names beyond the core's whose meaning is enforced; a client that sets any other is refused rather than misled.</summary>
    public string[] ClientMetadata { get; init; } = [];

    /// <summary>The security profiles that a client may be registered with.</summary>
    public IReadOnlyList<IClientProfile> Profiles { get; init; } = [];

    /// <summary>The like for a resource's settings.</summary>
    public string[] ResourceSettings { get; init; } = [];

    /// <summary>The profile of this name, or null.</summary>
    public IClientProfile? FindProfile(string? name) => Profiles.FirstOrDefault(profile => profile.Name == name);
}
