using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.Par;

/// <summary>RFC 9126 §4: a browser brings the <c>request_uri</c>, and nothing that stands beside it counts but the <c>client_id</c>.</summary>
internal sealed class PushedRequests(ParOptions options) : IAuthorizationRequestSource
{
    /// <inheritdoc/>
    public string Parameter => "request_uri";

    /// <inheritdoc/>
    public bool Recognizes(string value) => RequestUri.IsOurs(value);

    /// <summary>RFC 9126 §5, §6: server-wide, or by the client's own metadata.</summary>
    public bool IsDemandedOf(Client client) => options.Required || client.RequirePushedAuthorizationRequests;

    /// <inheritdoc/>
    public ValueTask<Result<SourcedRequest>> ReadAsync(string value, Client client, CancellationToken ct) => new(
        RequestUri.TryParse(value, out var pushed)
            ? new SourcedRequest.Waiting(RequestUri.InteractionOf(pushed))
            : ProtocolError.InvalidRequestUri("not one that this server makes"));
}
