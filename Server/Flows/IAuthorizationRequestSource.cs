using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What a source makes of its parameter.</summary>
internal abstract record SourcedRequest
{
    /// <summary>These parameters are the request, whatever else was sent.</summary>
    public sealed record Said(Parameters Parameters) : SourcedRequest;

    /// <summary>The request was checked before, and waits under this handle for its browser.</summary>
    public sealed record Waiting(Handle Interaction) : SourcedRequest;
}

/// <summary>A way in which an authorization request arrives other than as plain parameters: by reference (RFC 9126) or as a signed object (RFC 9101).</summary>
internal interface IAuthorizationRequestSource
{
    /// <summary>The parameter that says so: <c>request_uri</c> or <c>request</c>.</summary>
    string Parameter { get; }

    /// <summary>Whether this value is the source's; one that nobody recognizes is refused as not supported.</summary>
    bool Recognizes(string value);

    /// <summary>Whether the client's requests may come in no other way.</summary>
    bool IsDemandedOf(Client client);

    /// <summary>Reads the request.</summary>
    /// <param name="value">One that it recognizes.</param>
    /// <param name="client">Who it should come from: the <c>client_id</c> beside it, or who was authenticated.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>An error is for the person alone: where the client could be told is not known then.</returns>
    ValueTask<Result<SourcedRequest>> ReadAsync(string value, Client client, CancellationToken ct);
}
