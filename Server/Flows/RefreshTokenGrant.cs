using System.Text;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>OAuth 2.1 §4.3: a refresh token for new tokens. A lost answer is given again, a stolen token ends the family.</summary>
internal sealed partial class RefreshTokenGrant(
    RefreshTokenStore refreshTokens, GrantStore grants, TokenIssuer issuer, TokenTerms terms, AuthCoreOptions options, TimeProvider clock, ILogger<RefreshTokenGrant> log) : IGrant
{
    private const int Attempts = 3;

    /// <inheritdoc/>
    public string GrantType => "refresh_token";

    /// <inheritdoc/>
    public async Task<Result<TokenResponse>> IssueAsync(TokenRequest request, CancellationToken ct)
    {
        var (client, parameters) = request;
        if (parameters["refresh_token"] is not { } value)
        {
            return ProtocolError.InvalidRequest("The parameter 'refresh_token' is required.");
        }

        if (!Handle.TryParse(HandleKind.RefreshToken, value, out var presented))
        {
            return ProtocolError.InvalidGrant("not a refresh token of ours");
        }

        var asked = new RefreshTokenRequest(parameters["scope"], parameters.All("resource")) { Confirmation = request.Binding?.Confirmation };
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stored = await refreshTokens.FindAsync(new PresentedRefreshToken(presented.Id, presented.Hash, presented.ChainHash), ct);
            var now = clock.GetUtcNow();
            switch (RefreshRotation.Decide(stored?.Token, asked, client, terms.RetryWindow(client), options.Lifetimes.SessionIdle, now))
            {
                case RefreshDecision.Reject reject:
                    return reject.Error;
                case RefreshDecision.Replayed replayed:
                    await grants.RevokeAsync(presented.Id, "refresh token reused", now, ct);   // saved before it is answered
                    Replayed(log, client.ClientId, presented.Id);
                    return replayed.Error;
                case RefreshDecision.Retry retry:
                    Retried(log, client.ClientId, presented.Id);
                    return await issuer.IssueAsync(Order(request, stored!.Token.Grant, retry.Scope, retry.Resource, SuccessorOf(stored, presented)), ct);
                case RefreshDecision.Rotate rotate when await RotateAsync(request, stored!.Token, presented, rotate, now, ct) is { } answer:
                    return answer;
                case RefreshDecision.Keep keep when await KeepAsync(request, stored!.Token.Grant, presented, keep, now, ct) is { } answer:
                    return answer;
            }
        }

        return ProtocolError.TemporarilyUnavailable("the refresh token changed three times under us");
    }

    // Null where another request was faster. An error leaves the token as it is.
    private async Task<Result<TokenResponse>?> RotateAsync(
        TokenRequest request, RefreshToken token, Handle presented, RefreshDecision.Rotate rotate, DateTimeOffset now, CancellationToken ct)
    {
        var (client, grant) = (request.Client, token.Grant);
        var confirmation = RefreshRotation.ConfirmationOfSuccessor(token, client, request.Binding?.Confirmation);

        // What was given out unbound stays to be told from what is bound to a key: the chain begins anew with the key.
        var successor = confirmation == token.Confirmation ? presented.Next() : Handle.Create(HandleKind.RefreshToken, grant.Id);
        if (!(await issuer.MakeAsync(Order(request, grant, rotate.Scope, rotate.Resource, successor.Value), ct)).Try(out var made, out var error))
        {
            return error;
        }

        var sealedSuccessor = DerivedKeyEncryption.EncryptUnder(presented.Value, Encoding.ASCII.GetBytes(successor.Value));
        var next = new NewRefreshToken(successor.Hash, successor.ChainHash, terms.IdleLimit(client, grant, now), confirmation);
        var change = new RefreshRotated(grant.Id, presented.Hash, now, next, sealedSuccessor);
        if (!await refreshTokens.TryRotateAsync(change, made.Row, ct))
        {
            return null;
        }

        Issued(log, client.ClientId, presented.Id);
        return made.Response;
    }

    // Null where another request was faster. An error leaves the token as it is.
    private async Task<Result<TokenResponse>?> KeepAsync(TokenRequest request, Grant grant, Handle presented, RefreshDecision.Keep keep, DateTimeOffset now, CancellationToken ct)
    {
        if (!(await issuer.MakeAsync(Order(request, grant, keep.Scope, keep.Resource, presented.Value), ct)).Try(out var made, out var error))
        {
            return error;
        }

        var change = new RefreshKept(grant.Id, presented.Hash, now, terms.IdleLimit(request.Client, grant, now));
        if (!await refreshTokens.TryKeepAsync(change, made.Row, ct))
        {
            return null;
        }

        Issued(log, request.Client.ClientId, presented.Id);
        return made.Response;
    }

    // OIDC Core §12.2: the ID token of a refresh has no nonce.
    private static TokenOrder Order(TokenRequest request, Grant grant, string[] scope, string[] resource, string refreshToken) =>
        new(request, scope, resource, grant) { RefreshToken = refreshToken };

    private static string SuccessorOf(StoredRefreshToken stored, Handle presented) =>
        stored.Successor is { } ciphertext && DerivedKeyEncryption.TryDecryptUnder(presented.Value, ciphertext, out var successor)
            ? Encoding.ASCII.GetString(successor)
            : throw new InvalidOperationException("A stored successor does not open under the token it was made for.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "refresh.reused by {ClientId}: family {GrantId} revoked")]
    private static partial void Replayed(ILogger logger, string clientId, Guid grantId);

    [LoggerMessage(Level = LogLevel.Information, Message = "refresh.retried by {ClientId}: the same successor of family {GrantId} given again")]
    private static partial void Retried(ILogger logger, string clientId, Guid grantId);

    [LoggerMessage(Level = LogLevel.Information, Message = "token.issued to {ClientId} for a refresh token of family {GrantId}")]
    private static partial void Issued(ILogger logger, string clientId, Guid grantId);
}
