using AuthCore.Jose;

namespace AuthCore.Protocol;

/// <summary>What the door demands of the JWTs that clients sign for one use: by the algorithm that a client registered for it, else by those that it may sign with at all.</summary>
/// <param name="algorithms">Those of the use.</param>
/// <param name="make">The use's rules, for some of them.</param>
internal sealed class ClientJwtRules(IReadOnlyList<SigningAlgorithm> algorithms, Func<IReadOnlyList<SigningAlgorithm>, JwtRules> make)
{
    private readonly JwtRules _any = make(algorithms);
    private readonly Dictionary<string, JwtRules> _one = algorithms.ToDictionary(algorithm => algorithm.Name, algorithm => make([algorithm]), StringComparer.Ordinal);

    /// <summary>The rules.</summary>
    /// <param name="client">Whose JWT it is; null where it has still to be found.</param>
    /// <param name="registered">The algorithm that it registered for the use, or null.</param>
    public JwtRules Of(Client? client, string? registered) =>
        registered is not null && _one.TryGetValue(registered, out var narrowed) ? narrowed
        : client is { AllowedSigningAlgs.Length: > 0 } ? make([.. algorithms.Where(algorithm => client.Allows(algorithm.Name))])
        : _any;
}
