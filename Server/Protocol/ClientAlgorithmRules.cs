using System.Text;
using AuthCore.Jose;

namespace AuthCore.Protocol;

/// <summary>RFC 8725 §3.1: a client that names its algorithms signs with no other, and is sent nothing that is signed with another.</summary>
public static class ClientAlgorithmRules
{
    private const string Name = "allowed_signing_algs";

    /// <summary>Each fault with the name of the metadata it is in.</summary>
    public static IEnumerable<(string Name, string Fault)> FindFaults(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.AllowedSigningAlgs.Length == 0)
        {
            yield break;
        }

        var algorithms = client.AllowedSigningAlgs.Select(alg => SigningAlgorithm.TryFind(alg, out var found) ? found : null).ToArray();
        if (algorithms.Contains(null))
        {
            yield return (Name, $"must be of {string.Join(", ", SigningAlgorithm.All)}");
            yield break;
        }

        foreach (var (name, alg) in Registered(client))
        {
            if (alg is not null && !client.Allows(alg))
            {
                yield return (name, $"is {Short(alg)}; {Why(client)}");
            }
        }

        if (SignsWithJwks(client) && client.Jwks is { } jwks && JwkSet.Parse(Encoding.UTF8.GetBytes(jwks)) is { Keys.Count: > 0 } set && !set.Keys.Any(key => algorithms.Any(algorithm => key.Fits(algorithm!))))
        {
            yield return ("jwks", $"has keys for other algorithms only; {Why(client)}");
        }
    }

    /// <summary>RFC 9068 §2.1: why access tokens for this resource of the client's cannot be signed; null where they can, or are not signed at all.</summary>
    public static string? FindFault(Client client, ResourceDefinition resource)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(resource);
        return TokenTarget.AlgorithmAt(client, resource) is { } alg && !client.Allows(alg)
            ? $"has '{resource.Identifier}', whose access tokens are signed with {alg}; {Why(client)}"
            : null;
    }

    // RFC 8705 §2.2: with self-signed certificates the keys are those of TLS, whose algorithms are none of ours.
    private static bool SignsWithJwks(Client client) => client.TokenEndpointAuthMethod != ClientKeyRules.SelfSignedTls || client.RequireSignedRequestObject;

    private static (string Name, string? Alg)[] Registered(Client client) =>
    [
        ("token_endpoint_auth_signing_alg", client.TokenEndpointAuthSigningAlg), ("request_object_signing_alg", client.RequestObjectSigningAlg),
        ("authorization_signed_response_alg", client.AuthorizationSignedResponseAlg), ("id_token_signed_response_alg", client.IdTokenSignedResponseAlg),
        ("userinfo_signed_response_alg", client.UserinfoSignedResponseAlg), ("introspection_signed_response_alg", client.IntrospectionSignedResponseAlg),
    ];

    private static string Why(Client client) =>
        $"{(client.Profile is { } profile ? $"profile {profile} demands" : Name + " demands")} {string.Join(" or ", client.AllowedSigningAlgs)}";

    private static string Short(string alg) => new([.. alg.Take(20).Where(c => !char.IsControl(c))]);
}
