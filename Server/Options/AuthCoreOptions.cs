using AuthCore.Protocol;

namespace AuthCore.Options;

/// <summary>What the operator decided, checked at start and unchanged after. The defaults are here and nowhere else.</summary>
public sealed record AuthCoreOptions
{
    internal static readonly TimeSpan DefaultCleanupInterval = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8414 §2: the issuer identifier; every link is built from it, never from a request.</summary>
    public required string Issuer { get; init; }

    /// <summary>An Npgsql connection string, whatever form it was given in.</summary>
    public required string Database { get; init; }

    /// <summary>32 bytes; every key of ours is kept encrypted under it.</summary>
    public required byte[] MasterKey { get; init; }

    /// <summary>The path of the YAML file with scopes, clients and users, or null where none was named.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>True where demo users and an http issuer are allowed.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Addresses, or networks as CIDR, whose forwarded headers count.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Special-use addresses, or networks as CIDR, that may be called although they are no public hosts: for logout messages, keys of clients and the like.</summary>
    public IReadOnlyList<string> OutboundAllowed { get; init; } = [];

    /// <inheritdoc cref="PasswordHashingOptions"/>
    public PasswordHashingOptions PasswordHashing { get; init; } = new();

    /// <inheritdoc cref="LifetimeOptions"/>
    public LifetimeOptions Lifetimes { get; init; } = new();

    /// <summary>How often rows whose time is over are looked for.</summary>
    public TimeSpan CleanupInterval { get; init; } = DefaultCleanupInterval;

    /// <inheritdoc cref="LockoutOptions"/>
    public LockoutOptions Lockout { get; init; } = new();

    /// <inheritdoc cref="AcrOptions"/>
    public AcrOptions Acr { get; init; } = new();

    /// <summary>RFC 9470 §3: what userinfo demands of the sign-in behind a token; by default nothing.</summary>
    public AuthenticationDemand UserInfo { get; init; } = new([], MaxAge: null);

    /// <summary>Says the issuer and nothing else: the connection string and the key are secrets.</summary>
    public override string ToString() => $"AuthCoreOptions {{ Issuer = {Issuer} }}";
}

/// <summary>How dear a password hash is, and how many may wait for one.</summary>
public sealed record PasswordHashingOptions
{
    /// <summary>The cost of bcrypt: the logarithm of its rounds.</summary>
    public int Cost { get; init; } = 12;

    /// <summary>Threads that hash and do nothing else; null: one less than the cores, at least one.</summary>
    public int? Threads { get; init; }

    /// <summary>Passwords that may wait; beyond it the answer is 503.</summary>
    public int QueueLength { get; init; } = 64;
}

/// <summary>How long each thing lives.</summary>
public sealed record LifetimeOptions
{
    /// <summary>From the start of an authorization request to its end.</summary>
    public TimeSpan Interaction { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>RFC 6749 §4.1.2: an authorization code; ten minutes at most.</summary>
    public TimeSpan Code { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>An access token that stands for a user.</summary>
    public TimeSpan AccessToken { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>An access token that stands for a client alone.</summary>
    public TimeSpan ClientCredentialsAccessToken { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>An ID token.</summary>
    public TimeSpan IdToken { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A refresh token nobody uses.</summary>
    public TimeSpan RefreshTokenIdle { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A family of refresh tokens, however busy.</summary>
    public TimeSpan RefreshTokenAbsolute { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a retry of a rotated refresh token gets the same successor.</summary>
    public TimeSpan RefreshRetryWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A session nobody uses.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(8);

    /// <summary>A session, however busy.</summary>
    public TimeSpan SessionAbsolute { get; init; } = TimeSpan.FromDays(14);
}

/// <summary>When wrong passwords close an account to their source for a while.</summary>
public sealed record LockoutOptions
{
    /// <summary>Wrong passwords per account and source within the window.</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>The time in which they are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The first lock-out; each next one is twice as long.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>No lock-out is longer.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>OIDC Core §2 (acr): the names of the levels of authentication.</summary>
public sealed record AcrOptions
{
    /// <summary>A password.</summary>
    public string Password { get; init; } = "urn:authcore:acr:1";

    /// <summary>A password and a second factor.</summary>
    public string SecondFactor { get; init; } = "urn:authcore:acr:2";
}
