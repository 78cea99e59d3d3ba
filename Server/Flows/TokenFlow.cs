using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>RFC 6749 §3.2: the phases every token request goes through, whatever its grant.</summary>
internal sealed partial class TokenFlow(ClientAuthenticator authenticator, TokenBindings bindings, IEnumerable<IGrant> grants, ILogger<TokenFlow> log)
{
    private static readonly string[] s_known =
        ["grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_assertion", "client_assertion_type"];

    private readonly Dictionary<string, IGrant> _grants = grants.ToDictionary(g => g.GrantType, StringComparer.Ordinal);

    /// <summary>Gives tokens, or says why not.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<TokenResponse>> IssueAsync(RequestFacts request, CancellationToken ct)
    {
        var result = await DecideAsync(request, ct);
        if (!result.Try(out _, out var error))
        {
            Refused(log, error.Code, error.Reason, request.Parameters["grant_type"] is { } type && _grants.ContainsKey(type) ? type : "other");
        }

        return result;
    }

    private async Task<Result<TokenResponse>> DecideAsync(RequestFacts request, CancellationToken ct)
    {
        var parameters = request.Parameters;
        if (parameters.FindRepeated(s_known) is not null)
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        if (!(await authenticator.AuthenticateAsync(request, ct)).Try(out var client, out var error))
        {
            return error;
        }

        if (parameters["grant_type"] is not { } type)
        {
            return ProtocolError.InvalidRequest("The parameter 'grant_type' is required.");
        }

        if (!_grants.TryGetValue(type, out var grant))
        {
            return ProtocolError.UnsupportedGrantType();
        }

        if (!client.GrantTypes.Contains(type))
        {
            return ProtocolError.UnauthorizedClient($"not registered for {type}");
        }

        return (await bindings.ProveAsync(request, client, ct)).Try(out var proven, out error)
            ? await grant.IssueAsync(new TokenRequest(client, parameters) { Binding = proven.Binding }, ct)
            : error;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "token.refused {Error} ({Reason}) for {GrantType}")]
    private static partial void Refused(ILogger logger, string error, string? reason, string grantType);
}
