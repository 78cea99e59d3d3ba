namespace AuthCore.Options;

/// <summary>What a newcomer may try the server with; empty unless the built-in demo configuration was applied. Set once, at start.</summary>
public sealed class DemoFacts
{
    /// <summary>The demo users, with their passwords.</summary>
    public IReadOnlyList<DemoUser> Users { get; private set; } = [];

    /// <summary>The demo clients.</summary>
    public IReadOnlyList<DemoClient> Clients { get; private set; } = [];

    /// <summary>Fills both.</summary>
    /// <exception cref="InvalidOperationException">They were filled before.</exception>
    public void Set(IReadOnlyList<DemoUser> users, IReadOnlyList<DemoClient> clients)
    {
        if (Users.Count + Clients.Count > 0)
        {
            throw new InvalidOperationException("The demo facts are set once.");
        }

        (Users, Clients) = (users, clients);
    }
}

/// <summary>A user whose password is public.</summary>
/// <param name="Username">What to type at sign-in.</param>
/// <param name="Password">The password.</param>
/// <param name="Name">The person's name.</param>
public sealed record DemoUser(string Username, string Password, string? Name);

/// <summary>A client whose secret is public.</summary>
public sealed record DemoClient
{
    /// <summary><c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary>What people are shown.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words: "public, native".</summary>
    public required string Kind { get; init; }

    /// <summary>Where its answers go.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>What it may use at the token endpoint.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = [];

    /// <summary>What it may ask for.</summary>
    public IReadOnlyList<string> Scope { get; init; } = [];

    /// <summary>Its public secret; null for a public client.</summary>
    public string? Secret { get; init; }
}
