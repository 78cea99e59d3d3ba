namespace AuthCore.Web.Pages;

/// <summary>What runs here, who is signed in, and in development what to try it with.</summary>
public sealed record StartModel
{
    /// <summary>The issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>The server's version.</summary>
    public required string Version { get; init; }

    /// <summary>The metadata documents (OIDC Discovery, RFC 8414).</summary>
    public required IReadOnlyList<string> DiscoveryUrls { get; init; }

    /// <summary>The signing keys (RFC 7517).</summary>
    public required string JwksUrl { get; init; }

    /// <summary>Who is signed in.</summary>
    public string? SignedInAs { get; init; }

    /// <summary>Where to sign in; a path of this server.</summary>
    public string? SignInHref { get; init; }

    /// <summary>Where to sign out; a path of this server.</summary>
    public string? SignOutHref { get; init; }

    /// <summary>Pages about the signed-in person.</summary>
    public IReadOnlyList<PageLink> Links { get; init; } = [];

    /// <summary>The demo clients; only in development.</summary>
    public IReadOnlyList<StartClient> DemoClients { get; init; } = [];

    /// <summary>The demo users; only in development.</summary>
    public IReadOnlyList<StartUser> DemoUsers { get; init; } = [];
}

/// <summary>One demo client.</summary>
public sealed record StartClient
{
    /// <summary><c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words: "public, native".</summary>
    public required string Kind { get; init; }

    /// <summary>Its registered redirect URIs.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>What it may use at the token endpoint.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = [];

    /// <summary>A word more, such as its demo secret.</summary>
    public string? Note { get; init; }
}

/// <summary>One demo user, whose password is public.</summary>
public sealed record StartUser(string Username, string Password, string? Note = null);
