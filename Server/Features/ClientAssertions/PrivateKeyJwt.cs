using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.ClientAssertions;

/// <summary>OIDC Core §9, RFC 7523 §2.2: a client that signs an assertion about itself with a key it registered.</summary>
internal sealed class PrivateKeyJwt(ClientKeys keys, SpentAssertionStore spent, AuthCoreOptions options) : IClientAuthMethod
{
    /// <inheritdoc/>
    public string Name => ClientKeyRules.PrivateKeyJwt;

    /// <inheritdoc/>
    public string Presented => ClientCredentials.Assertion;

    /// <summary>RFC 7521 §4.2: <c>client_id</c> may be left out, for <c>sub</c> names the client.</summary>
    public string? FindClientId(RequestFacts request) =>
        UnverifiedJws.TryRead(request.Parameters["client_assertion"], ClientAssertionRules.RulesOf(null).Jws, out var jws, out _)
        && jws.UnverifiedText("sub") is { } subject && subject.All(c => c is > ' ' and <= '~')   // as RFC 6749 appendix A.1 has it
            ? subject
            : null;

    /// <inheritdoc/>
    public async Task<Result<Client>> VerifyAsync(Client client, RequestFacts request, CancellationToken ct)
    {
        var parameters = request.Parameters;
        if (parameters["client_assertion_type"] != ClientAssertionRules.AssertionType)
        {
            return ProtocolError.InvalidClient("another client_assertion_type");
        }

        var rules = ClientAssertionRules.RulesOf(client);
        if (!(await keys.ReadAsync(client, parameters["client_assertion"], rules, reason => ProtocolError.InvalidClient("assertion: " + reason), ct)).Try(out var jwt, out var error))
        {
            return error;
        }

        if (ClientAssertionRules.FindFault(jwt, client, options.Issuer, options.Issuer + "/token") is { } fault)
        {
            return ProtocolError.InvalidClient("assertion: " + fault);
        }

        // Last of all, or whoever can write a JWT could use up the names of the client's.
        return await spent.TrySpendAsync(client.ClientId, jwt.Id!, jwt.ExpiresAt!.Value + rules.Behind, ct)
            ? client
            : ProtocolError.InvalidClient("assertion: used before");
    }
}
