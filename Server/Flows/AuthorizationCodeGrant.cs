using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>OAuth 2.1 §4.1.3: a code for tokens. Load, decide, sign, apply under the facts it was decided on.</summary>
internal sealed partial class AuthorizationCodeGrant(
    AuthorizationCodeStore codes, GrantStore grants, TokenIssuer issuer, TokenTerms terms, AuthCoreOptions options, TimeProvider clock, ILogger<AuthorizationCodeGrant> log) : IGrant
{
    private const int Attempts = 3;

    /// <inheritdoc/>
    public string GrantType => "authorization_code";

    /// <inheritdoc/>
    public async Task<Result<TokenResponse>> IssueAsync(TokenRequest request, CancellationToken ct)
    {
        var (client, parameters) = request;
        if (parameters["code"] is not { } presented)
        {
            return ProtocolError.InvalidRequest("The parameter 'code' is required.");
        }

        if (!Handle.TryParse(HandleKind.Code, presented, out var code))
        {
            return ProtocolError.InvalidGrant("not a code of ours");
        }

        var asked = new CodeTokenRequest(parameters["redirect_uri"], parameters["code_verifier"], parameters.All("resource")) { Confirmation = request.Binding?.Confirmation };
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stored = await codes.FindAsync(code.Id, code.Hash, ct);
            var now = clock.GetUtcNow();
            switch (CodeRedemption.Decide(stored, asked, client, options.Lifetimes.SessionIdle, now))
            {
                case CodeDecision.Reject reject:
                    return reject.Error;
                case CodeDecision.Replayed replayed:
                    await grants.RevokeAsync(code.Id, "code replayed", now, ct);   // saved before it is answered
                    Replayed(log, client.ClientId, code.Id);
                    return replayed.Error;
                case CodeDecision.Redeem redeem when await RedeemAsync(request, stored!.Grant, code, redeem.Resource, now, ct) is { } answer:
                    return answer;
            }
        }

        return ProtocolError.TemporarilyUnavailable("the code changed three times under us");
    }

    // Null where another request was faster. An error leaves the code as it is.
    private async Task<Result<TokenResponse>?> RedeemAsync(TokenRequest request, Grant grant, Handle code, string[] resource, DateTimeOffset now, CancellationToken ct)
    {
        var client = request.Client;
        var refresh = TokenTerms.Applies(client, grant) ? Handle.Create(HandleKind.RefreshToken, grant.Id) : null;
        var order = new TokenOrder(request, grant.Scope, resource, grant) { Nonce = grant.Nonce, RefreshToken = refresh?.Value };
        if (!(await issuer.MakeAsync(order, ct)).Try(out var made, out var error))
        {
            return error;
        }

        var confirmation = client.IsPublic ? request.Binding?.Confirmation : null;   // RFC 9449 §5: others prove themselves
        var change = new CodeRedeemed(
            grant.Id, code.Hash, now, refresh is null ? null : new NewRefreshToken(refresh.Hash, refresh.ChainHash, terms.IdleLimit(client, grant, now), confirmation));
        if (!await codes.TryRedeemAsync(change, made.Row, ct))
        {
            return null;
        }

        Issued(log, client.ClientId, code.Id);
        return made.Response;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "code.replayed by {ClientId}: family {GrantId} revoked")]
    private static partial void Replayed(ILogger logger, string clientId, Guid grantId);

    [LoggerMessage(Level = LogLevel.Information, Message = "token.issued to {ClientId} for a code of family {GrantId}")]
    private static partial void Issued(ILogger logger, string clientId, Guid grantId);
}
