namespace AuthCore.Protocol;

/// <summary>What a client may be signed with and held to: by its profile where it has one, else by its own word.</summary>
public static class ClientProfileRules
{
    private const string Name = "profile";

    /// <summary>Each fault with the name of the metadata it is in.</summary>
    public static IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(capabilities);
        return client.Profile is null ? ClientAlgorithmRules.FindFaults(client)
            : capabilities.FindProfile(client.Profile) is { } profile ? profile.FindFaults(client, capabilities)
            : [(Name, capabilities.Profiles.Count == 0 ? "is not supported by this server" : $"must be one of {string.Join(", ", capabilities.Profiles.Select(known => known.Name))}")];
    }

    /// <summary>Whether the profile's fault says already that this server does not offer what the metadata turns on.</summary>
    public static bool Tells(string name, Client client, ServerCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(capabilities);
        return capabilities.FindProfile(client.Profile)?.Misses(name, client, capabilities) == true;
    }
}
