using System.Security.Cryptography;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>RFC 6749 §2.3, §3.2.1: which client a request comes from, proven by the one method it is registered for.</summary>
internal sealed class ClientAuthenticator(ClientCache clients, TimeProvider clock)
{
    /// <summary>Authenticates.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<Client>> AuthenticateAsync(RequestFacts request, CancellationToken ct)
    {
        if (!ClientCredentials.Read(request.Authorization, request.Parameters).Try(out var credentials, out var error))
        {
            return error;
        }

        var client = await clients.FindAsync(credentials.ClientId, ct);
        return client is null ? ProtocolError.InvalidClient("unknown client")
            : client.DisabledAt is not null ? ProtocolError.InvalidClient("client disabled")
            : client.TokenEndpointAuthMethod != credentials.Method ? ProtocolError.InvalidClient($"registered for another method than {credentials.Method}")
            : credentials.Secret is not null && !HasSecret(client, credentials.Secret) ? ProtocolError.InvalidClient("wrong secret")
            : client;
    }

    // Every live secret is compared, so that the time tells nothing of which one it was.
    private bool HasSecret(Client client, string presented)
    {
        var now = clock.GetUtcNow();
        var hash = Handle.HashOf(presented);
        var matches = false;
        foreach (var secret in client.Secrets)
        {
            matches |= CryptographicOperations.FixedTimeEquals(secret.Hash, hash) && !(secret.ExpiresAt <= now);
        }

        return matches;
    }
}
