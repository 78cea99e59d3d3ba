using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>The file, read and judged by itself; the clients' and the database's part is judged when all is known.</summary>
internal sealed record ConfigModel
{
    /// <summary>Where the top-level key <c>demo: true</c> stands; null where it does not.</summary>
    public long? DemoLine { get; init; }

    public IReadOnlyList<Entry<ScopeDefinition>> Scopes { get; init; } = [];

    public IReadOnlyList<Entry<ResourceDefinition>> Resources { get; init; } = [];

    public IReadOnlyList<ClientEntry> Clients { get; init; } = [];

    public IReadOnlyList<UserEntry> Users { get; init; } = [];

    public bool IsDemo => DemoLine is not null;
}

/// <summary>A value of the file, and the reader that knows its lines.</summary>
internal sealed record Entry<T>(T Value, MapReader Source);

/// <param name="Client">As the file has it; <see cref="Client.DisabledAt"/> is not yet decided.</param>
/// <param name="Disabled">Null where the file does not say.</param>
/// <param name="ClearSecrets">Those given in clear, for the demo facts and to know them again.</param>
/// <param name="Source">Knows the lines.</param>
internal sealed record ClientEntry(Client Client, bool? Disabled, IReadOnlyList<string> ClearSecrets, MapReader Source)
{
    public override string ToString() => $"client {Client.ClientId}";
}

/// <param name="User">As the file has it; the subject is empty where it is left out.</param>
/// <param name="Disabled">Null where the file does not say.</param>
/// <param name="Password">Null where the file does not say.</param>
/// <param name="Source">Knows the lines.</param>
internal sealed record UserEntry(User User, bool? Disabled, PasswordSetting? Password, MapReader Source)
{
    public override string ToString() => $"user {User.Username}";
}

/// <summary>A password in clear, or hashed elsewhere.</summary>
internal sealed record PasswordSetting(string Value, bool IsHash)
{
    public override string ToString() => IsHash ? "a hash" : "a password";
}
