using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OAuth 2.1 §4.2: a client acts for itself. No refresh token, no ID token, no round trip.</summary>
internal sealed class ClientCredentialsGrant(TokenIssuer issuer, Catalog catalog) : IGrant
{
    /// <inheritdoc/>
    public string GrantType => "client_credentials";

    /// <inheritdoc/>
    public async Task<Result<TokenResponse>> IssueAsync(TokenRequest request, CancellationToken ct)
    {
        var (client, parameters) = request;
        ProtocolError? error;
        if (!ClientCredentialsRules.ChooseScope(parameters["scope"], client).Try(out var scope, out error)
            || !ResourceRules.Choose(parameters.All("resource"), client).Try(out var resource, out error))
        {
            return error;
        }

        if (parameters["scope"] is null)
        {
            scope = (await catalog.GetAsync(ct)).Scopes.ScopeAt(resource, scope);   // RFC 6749 §3.3: the default is what has a meaning there, be it nothing
        }

        return await issuer.IssueAsync(new TokenOrder(request, scope, resource), ct);
    }
}
