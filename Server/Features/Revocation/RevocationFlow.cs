using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Revocation;

/// <summary>What became of the token; the client is not told.</summary>
internal enum Revoked
{
    /// <summary>Unknown, over, or another client's.</summary>
    Nothing,

    /// <summary>An access token.</summary>
    Token,

    /// <summary>A refresh token, with all that came of the same authorization.</summary>
    Family,
}

/// <summary>RFC 7009 §2.1: a client ends what it holds: a refresh token with its family, an access token by itself.</summary>
internal sealed partial class RevocationFlow(
    ClientAuthenticator authenticator, AccessTokens accessTokens, RevocationStore store, RevokedAccessTokens revoked, TimeProvider clock, ILogger<RevocationFlow> log)
{
    private static readonly string[] s_known = ["token", "token_type_hint", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

    /// <summary>Revokes; when this returns, the token is dead on this server at once and on every other within a second.</summary>
    /// <returns><c>invalid_client</c> 401, <c>invalid_request</c> 400 (RFC 7009 §2.2.1). A token never makes an error: one of another client is left as it is.</returns>
    /// <exception cref="StorageUnavailableException">Nothing was revoked, or nobody knows.</exception>
    public async Task<Result<Revoked>> RevokeAsync(RequestFacts request, CancellationToken ct)
    {
        if (request.Parameters.FindRepeated(s_known) is not null)
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        if (!(await authenticator.AuthenticateAsync(request, ct)).Try(out var client, out var error))
        {
            return error;
        }

        if (request.Parameters["token"] is not { } token)
        {
            return ProtocolError.InvalidRequest("The parameter 'token' is required.");
        }

        // RFC 7009 §2.1: token_type_hint helps to search; here the token itself says where to look.
        var outcome = Handle.TryParse(HandleKind.RefreshToken, token, out var handle)
            ? await RevokeFamilyAsync(client, handle, ct)
            : await RevokeAccessTokenAsync(client, token, ct);
        Done(log, client.ClientId, outcome);
        return outcome;
    }

    // Also by a token that was spent: whoever holds it was given it, and wants an end.
    private async Task<Revoked> RevokeFamilyAsync(Client client, Handle handle, CancellationToken ct) =>
        await store.RevokeFamilyAsync(new PresentedRefreshToken(handle.Id, handle.Hash, handle.ChainHash), client.ClientId, clock.GetUtcNow(), ct) ? Revoked.Family : Revoked.Nothing;

    private async Task<Revoked> RevokeAccessTokenAsync(Client client, string presented, CancellationToken ct)
    {
        if (!(await accessTokens.ReadAsync(presented, ct)).Try(out var token, out _) || token.ClientId != client.ClientId)
        {
            return Revoked.Nothing;
        }

        if (!await accessTokens.TryEndAsync(presented, ct))
        {
            await revoked.AddAsync(token.JwtId, token.ExpiresAt, ct);
        }

        return Revoked.Token;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "token.revoked by {ClientId}: {Outcome}")]
    private static partial void Done(ILogger logger, string clientId, Revoked outcome);
}
