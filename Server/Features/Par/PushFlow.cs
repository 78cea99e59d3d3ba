using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;

namespace AuthCore.Features.Par;

/// <summary>RFC 9126 §2.2: the answer to a pushed request.</summary>
/// <param name="RequestUri">What the browser will bring.</param>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record PushedAnswer(string RequestUri, int ExpiresIn)
{
    /// <summary>Never the <c>request_uri</c>.</summary>
    public override string ToString() => "a pushed request";
}

/// <summary>RFC 9126 §2.1: authenticates the client, checks the request as the authorization endpoint would, and keeps it until its browser comes.</summary>
internal sealed partial class PushFlow(
    ClientAuthenticator authenticator, AuthorizationRequestReader requests, Interactions interactions, ParOptions options, TimeProvider clock, ILogger<PushFlow> log)
{
    private static readonly string[] s_once = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

    /// <summary>Keeps the request, or says why not.</summary>
    public async Task<Result<PushedAnswer>> PushAsync(RequestFacts facts, CancellationToken ct)
    {
        if (facts.Parameters.FindRepeated(s_once) is not null)
        {
            return Refuse(ProtocolError.InvalidRequest("A parameter is repeated."));
        }

        if (!(await authenticator.AuthenticateAsync(facts, ct)).Try(out var client, out var error))
        {
            return Refuse(error);
        }

        // RFC 9126 §2.1: required, as in any authorization request; §3: a request object has its own.
        var named = facts.Parameters["client_id"];
        if (named is null ? facts.Parameters["request"] is null : named != client.ClientId)
        {
            return Refuse(ProtocolError.InvalidRequest("The parameter 'client_id' is required, and must be that of the authenticated client."), client);
        }

        return await requests.ReadAsync(facts, client, isPushed: true, ct) switch
        {
            ArrivedRequest.Good good => await KeepAsync(good.Request, ct),
            ArrivedRequest.Bad bad => Refuse(bad.Error, client),
            var other => throw new InvalidOperationException($"A pushed request cannot be {other.GetType().Name}."),
        };
    }

    private async Task<Result<PushedAnswer>> KeepAsync(AuthorizationRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var pushed = Handle.Create(HandleKind.PushedRequest, Guid.CreateVersion7(now));
        await interactions.PushAsync(request, RequestUri.InteractionOf(pushed), now + options.Lifetime, ct);
        Pushed(log, request.ClientId, pushed.Id);
        return new PushedAnswer(RequestUri.Of(pushed), (int)options.Lifetime.TotalSeconds);
    }

    private ProtocolError Refuse(ProtocolError error, Client? client = null)
    {
        Refused(log, client?.ClientId, error.Code, error.Reason ?? error.Description);
        return error;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "par.pushed by {ClientId} as {InteractionId}")]
    private static partial void Pushed(ILogger logger, string clientId, Guid interactionId);

    [LoggerMessage(Level = LogLevel.Information, Message = "par.refused for {ClientId}: {Error} ({Reason})")]
    private static partial void Refused(ILogger logger, string? clientId, string error, string reason);
}
