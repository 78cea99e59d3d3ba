using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OIDC Core §8: a way of naming users to clients, other than the public one.</summary>
internal interface ISubjectType
{
    /// <summary>The <c>subject_type</c> by which a client chooses it.</summary>
    string Name { get; }

    /// <summary>What the client calls the user: always the same, at most 255 ASCII characters.</summary>
    string SubjectOf(Client client, string subject);

    /// <summary>What the client calls the session: a name that all clients shared would tell them that it is one person.</summary>
    Guid SessionOf(Client client, Guid sessionId);
}

/// <summary>The one place that knows what a client calls a user. Whatever goes to a client passes here; whatever is looked up is looked up by the real subject.</summary>
internal sealed class Subjects(IEnumerable<ISubjectType> types)
{
    private const string Public = "public";

    private readonly ISubjectType[] _types = [.. types];

    /// <summary>OIDC Core §8: the <c>sub</c> of every token and answer for this client.</summary>
    /// <exception cref="InvalidOperationException">The client's subject type is not offered any more: better no answer than the public subject.</exception>
    public string For(Client client, string subject) => client.SubjectType == Public ? subject : TypeOf(client).SubjectOf(client, subject);

    /// <summary>Front-Channel Logout §3: the <c>sid</c> of every token and message for this client.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="For"/>.</exception>
    public Guid SessionFor(Client client, Guid sessionId) => client.SubjectType == Public ? sessionId : TypeOf(client).SessionOf(client, sessionId);

    private ISubjectType TypeOf(Client client) =>
        _types.FirstOrDefault(type => type.Name == client.SubjectType)
        ?? throw new InvalidOperationException($"The subject type of the client {client.ClientId} is not offered.");
}
