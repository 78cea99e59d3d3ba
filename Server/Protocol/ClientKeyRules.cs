using System.Text;
using AuthCore.Jose;

namespace AuthCore.Protocol;

/// <summary>RFC 7591 §2, OIDC Registration §2: the keys that a client registers, and what it says it signs with them.</summary>
public static class ClientKeyRules
{
    /// <summary>OIDC Core §9: the method by which a client signs an assertion.</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>RFC 8705 §2.1: the method by which the certificate names the client, and somebody trusted vouches for it.</summary>
    public const string TlsClientAuth = "tls_client_auth";

    /// <summary>RFC 8705 §2.2: the method by which the certificate's key is one of the client's.</summary>
    public const string SelfSignedTls = "self_signed_tls_client_auth";

    /// <summary>Each fault with the name of the metadata it is in.</summary>
    public static IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(capabilities);
        return FaultsOfKeys(client).Concat(FaultsOfAssertions(client, capabilities));
    }

    private static IEnumerable<(string Name, string Fault)> FaultsOfKeys(Client client)
    {
        if (client is { Jwks: not null, JwksUri: not null })
        {
            yield return ("jwks_uri", "must not be given beside jwks");   // RFC 7591 §2
        }

        if (client is { Jwks: null, JwksUri: null, TokenEndpointAuthMethod: PrivateKeyJwt or SelfSignedTls })
        {
            yield return ("jwks", "or jwks_uri is needed for this token_endpoint_auth_method");
        }

        if (client.Jwks is null)
        {
            yield break;
        }

        var keys = Parse(client.Jwks);
        foreach (var fault in keys.Faults)
        {
            yield return ("jwks", fault);
        }

        if (client.TokenEndpointAuthMethod is PrivateKeyJwt or SelfSignedTls && keys is { Keys.Count: 0, Faults.Count: 0 })
        {
            yield return ("jwks", "has no key that signatures can be verified with: EC on P-256 or P-384, or RSA of 2048 bits or more");
        }
    }

    private static IEnumerable<(string Name, string Fault)> FaultsOfAssertions(Client client, ServerCapabilities capabilities)
    {
        var signs = client.TokenEndpointAuthMethod == PrivateKeyJwt;
        if (client.ClientAssertionLegacyAudience && !signs)
        {
            yield return ("client_assertion_legacy_audience", $"is for {PrivateKeyJwt}");
        }

        if (client.TokenEndpointAuthSigningAlg is not { } alg)
        {
            yield break;
        }

        if (!signs)
        {
            yield return ("token_endpoint_auth_signing_alg", $"is for {PrivateKeyJwt}");
        }
        else if (!capabilities.TokenEndpointAuthSigningAlgs.Contains(alg) || !SigningAlgorithm.TryFind(alg, out var algorithm))
        {
            yield return ("token_endpoint_auth_signing_alg", $"must be one of {string.Join(", ", capabilities.TokenEndpointAuthSigningAlgs)}");
        }
        else if (client.Jwks is not null && Parse(client.Jwks) is { Keys.Count: > 0 } keys && !keys.Keys.Any(key => key.Fits(algorithm)))
        {
            yield return ("token_endpoint_auth_signing_alg", "is one that no key of jwks is for");
        }
    }

    private static JwkSet Parse(string jwks) => JwkSet.Parse(Encoding.UTF8.GetBytes(jwks));
}
