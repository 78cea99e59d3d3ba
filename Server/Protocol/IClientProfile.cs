namespace AuthCore.Protocol;

/// <summary>
/// A security profile that a client is registered with by one word, the metadata <c>profile</c>. It turns on by registration what it demands, so that the
/// switches that every client has enforce it: nothing asks for the profile when a request comes. A feature names its profiles in
/// <see cref="ServerCapabilities.Profiles"/>.
/// </summary>
public interface IClientProfile
{
    /// <summary>The value of <c>profile</c>.</summary>
    string Name { get; }

    /// <summary>The client with all that the profile demands and nobody wrote otherwise.</summary>
    /// <param name="client">As written, with the usual defaults.</param>
    /// <param name="isWritten">Whether a metadata name was written: then its value stands, right or wrong.</param>
    Client Complete(Client client, Func<string, bool> isWritten);

    /// <summary>
    /// What contradicts the profile, all at once, each with the name of the metadata it is in. <see cref="ClientAlgorithmRules"/> are its to apply: it knows
    /// which algorithms are right even where <c>allowed_signing_algs</c> was written wrong.
    /// </summary>
    /// <param name="client">The whole client.</param>
    /// <param name="capabilities">What this server can enforce.</param>
    IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities);

    /// <summary>Whether <see cref="FindFaults"/> says why nothing enforces this metadata of the client here, so that nobody needs to say it again.</summary>
    /// <param name="name">The metadata.</param>
    /// <param name="client">The whole client.</param>
    /// <param name="capabilities">What this server can enforce.</param>
    bool Misses(string name, Client client, ServerCapabilities capabilities) => false;
}
