using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Introspection;

/// <summary>An answer, and to whom.</summary>
internal sealed record Introspected(Client Asking, IntrospectionAnswer Answer);

/// <summary>RFC 7662: what a token is worth at this moment, for those whom it concerns. One read of one key.</summary>
internal sealed partial class IntrospectionFlow(
    ClientAuthenticator authenticator, AccessTokens accessTokens, RefreshTokenStore refreshTokens, ClientCache clients, Catalog catalog, Subjects subjects,
    AuthCoreOptions options, TimeProvider clock, ILogger<IntrospectionFlow> log)
{
    /// <summary>Answers a client, or says why not: <c>invalid_client</c> 401, <c>invalid_request</c> 400 (RFC 7662 §2.3). A token never makes an error.</summary>
    public async Task<Result<Introspected>> AskAsync(RequestFacts request, CancellationToken ct)
    {
        if (request.Parameters.FindRepeated(IntrospectionRules.Known) is not null)
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        if (!(await authenticator.AuthenticateAsync(request, ct)).Try(out var asking, out var error))
        {
            return error;
        }

        // RFC 7662 §2.1, §4: without a secret anybody could try tokens here; a public client sees what its token is worth when it uses it.
        if (asking.IsPublic)
        {
            return ProtocolError.InvalidClient("a public client proves nothing");
        }

        if (request.Parameters["token"] is not { } token)
        {
            return ProtocolError.InvalidRequest("The parameter 'token' is required.");
        }

        // RFC 7662 §2.1: token_type_hint helps to search; here the token itself says where to look.
        var answer = Handle.TryParse(HandleKind.RefreshToken, token, out var handle)
            ? await FindRefreshTokenAsync(asking, handle, ct)
            : await FindAccessTokenAsync(asking, token, ct);
        if (!answer.Try(out var found, out error))
        {
            Inactive(log, asking.ClientId, error.Reason);
            return new Introspected(asking, IntrospectionAnswer.Inactive);
        }

        Active(log, asking.ClientId);
        return new Introspected(asking, found);
    }

    private async Task<Result<IntrospectionAnswer>> FindRefreshTokenAsync(Client asking, Handle handle, CancellationToken ct)
    {
        var stored = await refreshTokens.FindAsync(new PresentedRefreshToken(handle.Id, handle.Hash, handle.ChainHash), ct);
        return IntrospectionRules.FindFault(stored?.Token, asking, options.Lifetimes.SessionIdle, clock.GetUtcNow()) is { } fault
            ? ProtocolError.InvalidGrant(fault)
            : IntrospectionAnswer.Of(stored!.Token, subjects.For(asking, stored.Token.Grant.Subject), options.Issuer);
    }

    private async Task<Result<IntrospectionAnswer>> FindAccessTokenAsync(Client asking, string presented, CancellationToken ct)
    {
        if (!(await accessTokens.ReadAsync(presented, ct)).Try(out var token, out var error))
        {
            return error;
        }

        var known = await catalog.GetAsync(ct);
        if (IntrospectionRules.FindView(token, asking, known.Resources) is not { } scope)
        {
            return BearerErrors.InvalidToken("none of this client's business");
        }

        if (await clients.FindAsync(token.ClientId, ct) is not { } client)
        {
            return BearerErrors.InvalidToken("its client is gone");
        }

        if (token.GrantId is null)
        {
            return IntrospectionRules.FindFault(token, client) is { } fault ? BearerErrors.InvalidToken(fault) : IntrospectionAnswer.Of(token, scope, username: null);
        }

        if (await accessTokens.FindNamedFamilyAsync(token, ct) is not var (grant, username))
        {
            return BearerErrors.InvalidToken("no family");
        }

        return GrantRules.FindFault(grant, client, options.Lifetimes.SessionIdle, clock.GetUtcNow()) is { } over
            ? BearerErrors.InvalidToken(over)
            : IntrospectionAnswer.Of(token, scope, known.Scopes.ClaimsOf(scope).Contains("preferred_username") ? username : null);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "token.introspected by {ClientId}: active")]
    private static partial void Active(ILogger logger, string clientId);

    [LoggerMessage(Level = LogLevel.Information, Message = "token.introspected by {ClientId}: not active ({Reason})")]
    private static partial void Inactive(ILogger logger, string clientId, string? reason);
}
