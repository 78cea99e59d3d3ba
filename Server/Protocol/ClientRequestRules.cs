using AuthCore.Jose;

namespace AuthCore.Protocol;

/// <summary>How a client's authorization requests come (RFC 9126 §6, RFC 9101 §10.5), and how they are answered (JARM §3, FAPI 2.0 Message Signing §5.4).</summary>
public static class ClientRequestRules
{
    /// <summary>Each fault with the name of the metadata it is in.</summary>
    public static IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(capabilities);
        return FaultsOfRequests(client).Concat(FaultsOfResponses(client, capabilities));
    }

    private static IEnumerable<(string Name, string Fault)> FaultsOfRequests(Client client)
    {
        if (client.RequirePushedAuthorizationRequests && !client.GrantTypes.Contains("authorization_code"))
        {
            yield return ("require_pushed_authorization_requests", "needs authorization_code");
        }

        if (client is { AllowUnregisteredRedirectUris: true, IsPublic: true })
        {
            yield return ("allow_unregistered_redirect_uris", "must not be true for a public client");
        }

        var hasKeys = client.Jwks is not null || client.JwksUri is not null;
        if (client.RequireSignedRequestObject && !hasKeys)
        {
            yield return ("require_signed_request_object", "needs jwks or jwks_uri");
        }

        if (client.RequestObjectSigningAlg is { } alg)
        {
            if (!SigningAlgorithm.TryFind(alg, out _))
            {
                yield return ("request_object_signing_alg", $"must be one of {string.Join(", ", SigningAlgorithm.All)}");
            }
            else if (!hasKeys)
            {
                yield return ("request_object_signing_alg", "needs jwks or jwks_uri");
            }
        }
    }

    private static IEnumerable<(string Name, string Fault)> FaultsOfResponses(Client client, ServerCapabilities capabilities)
    {
        if (!client.ResponseModes.All(capabilities.ResponseModes.Contains) && !ClientProfileRules.Tells("response_modes", client, capabilities))
        {
            yield return ("response_modes", $"must be of {string.Join(", ", capabilities.ResponseModes)}");
        }

        if (client.AuthorizationSignedResponseAlg is { } alg && !capabilities.IdTokenSigningAlgs.Contains(alg))
        {
            yield return ("authorization_signed_response_alg", $"must be one of {string.Join(", ", capabilities.IdTokenSigningAlgs)}");
        }
    }
}
