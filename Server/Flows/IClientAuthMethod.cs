using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>
/// RFC 7591 §2 <c>token_endpoint_auth_method</c>: one way, beyond those of the core, in which a client proves who it is. A feature registers it as a
/// service; only the method that the client is registered for is ever asked, so no weaker one can stand in for it.
/// </summary>
internal interface IClientAuthMethod
{
    /// <summary>The registered name, such as <c>private_key_jwt</c>.</summary>
    string Name { get; }

    /// <summary>
    /// How a request that uses it looks: <see cref="ClientCredentials.Assertion"/> where it carries a client assertion, or
    /// <see cref="ClientCredentials.IdOnly"/> where it says no more than <c>client_id</c> and the proof lies elsewhere, as in the connection's certificate.
    /// </summary>
    string Presented { get; }

    /// <summary>Whom a request without <c>client_id</c> claims to come from; null where this method cannot tell. Nothing is proven by it.</summary>
    string? FindClientId(RequestFacts request) => null;

    /// <summary>Proves that the request comes from this client.</summary>
    /// <param name="client">Registered for this method, and not disabled.</param>
    /// <param name="request">Presented as this method is.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The client; <c>invalid_client</c> where the proof fails; 503 where it cannot be checked for trouble that is not the client's.</returns>
    Task<Result<Client>> VerifyAsync(Client client, RequestFacts request, CancellationToken ct);
}
