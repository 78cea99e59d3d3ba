using System.Security.Cryptography;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>RFC 6749 §2.3, §3.2.1: which client a request comes from, proven by the one method it is registered for.</summary>
internal sealed class ClientAuthenticator(ClientCache clients, IEnumerable<IClientAuthMethod> methods, TimeProvider clock)
{
    private readonly IClientAuthMethod[] _methods = [.. methods];

    /// <summary>Authenticates.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<Client>> AuthenticateAsync(RequestFacts request, CancellationToken ct)
    {
        if (!ClientCredentials.Read(request.Authorization, request.Parameters).Try(out var credentials, out var error))
        {
            return error;
        }

        if ((credentials.ClientId ?? FindClientId(credentials.Method, request)) is not { } clientId)
        {
            return ProtocolError.InvalidClient("the assertion names no client");
        }

        var client = await clients.FindAsync(clientId, ct);
        if (client is null || client.DisabledAt is not null)
        {
            return ProtocolError.InvalidClient(client is null ? "unknown client" : "client disabled");
        }

        if (Registered(client) is { } registered)
        {
            return registered.Presented == credentials.Method
                ? await registered.VerifyAsync(client, request, ct)
                : ProtocolError.InvalidClient($"registered for {registered.Name}, not {credentials.Method}");
        }

        return client.TokenEndpointAuthMethod != credentials.Method ? ProtocolError.InvalidClient($"registered for another method than {credentials.Method}")
            : credentials.Secret is not null && !HasSecret(client, credentials.Secret) ? ProtocolError.InvalidClient("wrong secret")
            : client;
    }

    private IClientAuthMethod? Registered(Client client)
    {
        foreach (var method in _methods)
        {
            if (method.Name == client.TokenEndpointAuthMethod)
            {
                return method;
            }
        }

        return null;
    }

    private string? FindClientId(string presented, RequestFacts request) =>
        _methods.Where(method => method.Presented == presented).Select(method => method.FindClientId(request)).FirstOrDefault(id => id is not null);

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
