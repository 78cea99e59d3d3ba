using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.SignedRequests;

/// <summary>RFC 9101 §5: the parameter <c>request</c>. Nothing that stands beside it counts, and nothing inside one that is not valid.</summary>
internal sealed class RequestObjects(ClientKeys keys, TokenBindings bindings, AuthCoreOptions options, TimeProvider clock) : IAuthorizationRequestSource
{
    /// <inheritdoc/>
    public string Parameter => "request";

    /// <inheritdoc/>
    public bool Recognizes(string value) => true;

    /// <summary>RFC 9101 §10.5.</summary>
    public bool IsDemandedOf(Client client) => client.RequireSignedRequestObject;

    /// <inheritdoc/>
    public async ValueTask<Result<SourcedRequest>> ReadAsync(string value, Client client, CancellationToken ct) =>
        (await keys.ReadAsync(client, value, RequestObjectRules.DoorOf(client), ProtocolError.InvalidRequestObject, ct)).Try(out var jwt, out var error)
        && RequestObjectRules.Read(jwt, client, options.Issuer, clock.GetUtcNow(), bindings.RequestParameters).Try(out var parameters, out error)
            ? new SourcedRequest.Said(parameters)
            : error;
}
