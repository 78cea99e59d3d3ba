using System.Collections.Concurrent;
using System.Text;
using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What a client signed, verified by the keys it registered (RFC 7591 §2 <c>jwks</c>, <c>jwks_uri</c>); the keys of no other are ever looked at.</summary>
internal sealed class ClientKeys(RemoteKeySets remote, TimeProvider clock)
{
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, JwkSet> _registered = new(StringComparer.Ordinal);

    /// <summary>Reads, verifies and judges a JWT of this client's.</summary>
    /// <param name="client">Whose it must be.</param>
    /// <param name="compact">As it came.</param>
    /// <param name="rules">Of the use.</param>
    /// <param name="refuse">The error of the use, from a reason for the log.</param>
    /// <param name="ct">Ends the wait, which is one of seconds where keys must be fetched.</param>
    /// <returns>The token; the use's error; or 503 where the client's keys cannot be had, which proves nothing against it.</returns>
    public async Task<Result<IncomingJwt>> ReadAsync(Client client, string? compact, JwtRules rules, Func<string, ProtocolError> refuse, CancellationToken ct)
    {
        if (!UnverifiedJws.TryRead(compact, rules.Jws, out var jws, out var reason))
        {
            return refuse(reason);
        }

        // A key of that very name is there: a newer set would not make the signature better.
        var verified = await SeekAsync(
            client,
            keys => jws.Verify(keys.Find(jws.Kid, jws.Algorithm)).Try(out var found, out var fault) ? (found, "") : (null, fault),
            keys => jws.Kid is not null && keys.Keys.Any(key => key.Kid == jws.Kid),
            refuse,
            ct);
        if (!verified.Try(out var signed, out var error))
        {
            return error;
        }

        return IncomingJwt.TryJudge(signed, rules, clock.GetUtcNow(), out var jwt, out reason) ? jwt : refuse(reason);
    }

    /// <summary>Finds one of this client's keys.</summary>
    /// <param name="client">Whose it must be.</param>
    /// <param name="isIt">Tells the key; of several it is the first.</param>
    /// <param name="refuse">The error of the use, from a reason for the log.</param>
    /// <param name="ct">Ends the wait, which is one of seconds where keys must be fetched.</param>
    /// <returns>The key; the use's error where there is none; or 503 where the client's keys cannot be had, which proves nothing against it.</returns>
    public Task<Result<Jwk>> FindAsync(Client client, Func<Jwk, bool> isIt, Func<string, ProtocolError> refuse, CancellationToken ct) =>
        SeekAsync(client, keys => (keys.Keys.FirstOrDefault(isIt), "no key of the client's"), static _ => false, refuse, ct);

    // Looks into what is known, and into a newer set where that may have more.
    private async Task<Result<T>> SeekAsync<T>(
        Client client, Func<JwkSet, (T? Found, string Reason)> look, Func<JwkSet, bool> isFinal, Func<string, ProtocolError> refuse, CancellationToken ct)
        where T : class
    {
        var known = client.JwksUri is { } uri ? (await remote.FindAsync(uri, ct)).Keys : Registered(client.Jwks);
        if (known is null)
        {
            return ProtocolError.TemporarilyUnavailable("the client's jwks_uri gives no keys");
        }

        var (found, reason) = look(known);
        if (found is not null)
        {
            return found;
        }

        if (client.JwksUri is null || isFinal(known))
        {
            return refuse(reason);
        }

        var newer = await remote.FindNewerAsync(client.JwksUri, known, ct);
        if (newer.Keys is { } keys)
        {
            (found, reason) = look(keys);
        }

        return found is not null ? found
            : newer.IsCurrent ? refuse(reason)
            : ProtocolError.TemporarilyUnavailable("the client's jwks_uri gives no newer keys");
    }

    private JwkSet Registered(string? jwks)
    {
        if (jwks is null)
        {
            return JwkSet.Empty;
        }

        if (_registered.TryGetValue(jwks, out var known))
        {
            return known;
        }

        if (_registered.Count >= MaxEntries)
        {
            _registered.Clear();
        }

        return _registered.GetOrAdd(jwks, static text => JwkSet.Parse(Encoding.UTF8.GetBytes(text)));
    }
}
