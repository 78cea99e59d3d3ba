using AuthCore.Protocol;

namespace AuthCore.Features.Fapi;

/// <summary>One thing that a profile demands of a client's registration.</summary>
/// <param name="Name">The metadata that says it.</param>
/// <param name="Wants">What it must say, for people.</param>
/// <param name="Says">What it says.</param>
/// <param name="IsMet">Whether that is what it must say.</param>
internal sealed record Demand(string Name, string Wants, Func<Client, string> Says, Func<Client, bool> IsMet)
{
    /// <summary>Makes the client say it; null where only the client can.</summary>
    public Func<Client, Client>? TurnOn { get; init; }

    /// <summary>What the feature that enforces it gives, for people; null where the core does.</summary>
    public string? By { get; init; }

    /// <summary>Whether that feature is there, or this client needs none of it.</summary>
    public Func<Client, ServerCapabilities, bool> IsOffered { get; init; } = (_, _) => true;

    /// <summary>A switch of the core.</summary>
    public static Demand Switch(string name, bool wanted, Func<Client, bool> read, Func<Client, Client> turn) =>
        new(name, Word(wanted), client => Word(read(client)), client => read(client) == wanted) { TurnOn = turn };

    /// <summary>The same, enforced by a feature that has the name among the metadata it obeys.</summary>
    public Demand EnforcedBy(string feature, Func<Client, bool> isNeeded) =>
        this with { By = feature, IsOffered = (client, capabilities) => !isNeeded(client) || capabilities.ClientMetadata.Contains(Name) };

    internal static string Word(bool value) => value ? "true" : "false";

    internal static string Words(string[] values) => values.Length == 0 ? "empty" : string.Join(", ", values.Select(value => new string([.. value.Take(40).Where(c => !char.IsControl(c))])));
}
