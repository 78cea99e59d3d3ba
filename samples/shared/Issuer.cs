using System.Text.Json;

namespace Samples;

/// <summary>What one needs to know of an authorization server: where its endpoints are, and the keys it signs with.</summary>
internal sealed class Issuer(string identifier, HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan s_atMostOnce = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_atLeastOnce = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private JsonElement? _metadata;
    private Keys? _keys;

    /// <summary>Exactly as it stands in tokens and answers; compared as text.</summary>
    public string Identifier => identifier;

    /// <summary>An endpoint by its name in discovery (RFC 8414 §2), such as <c>token_endpoint</c>.</summary>
    public async Task<string> EndpointAsync(string name, CancellationToken ct) =>
        (await MetadataAsync(ct)).GetProperty(name).GetString()!;

    /// <summary>The public key with this id, or null.</summary>
    public async Task<JsonElement?> FindKeyAsync(string kid, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            // A new key id may mean that the server has a new key. But anybody may send a token with an invented id:
            // whatever comes, the keys are fetched at most once a minute (and once an hour, so that withdrawn ones leave).
            var age = clock.GetUtcNow() - _keys?.FetchedAt;
            if (age is null || age >= s_atLeastOnce || (age >= s_atMostOnce && !_keys!.ById.ContainsKey(kid)))
            {
                _keys = await FetchKeysAsync(ct);
            }

            return _keys!.ById.TryGetValue(kid, out var key) ? key : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Keys> FetchKeysAsync(CancellationToken ct)
    {
        var set = await http.GetFromJsonAsync<JsonElement>(await EndpointAsync("jwks_uri", ct), ct);
        var byId = set.GetProperty("keys").EnumerateArray()
            .Where(key => key.TryGetProperty("kid", out _))
            .ToDictionary(key => key.GetProperty("kid").GetString()!, StringComparer.Ordinal);
        return new Keys(byId, clock.GetUtcNow());
    }

    private async Task<JsonElement> MetadataAsync(CancellationToken ct)
    {
        if (_metadata is { } known)
        {
            return known;
        }

        var metadata = await http.GetFromJsonAsync<JsonElement>(identifier + "/.well-known/openid-configuration", ct);
        if (metadata.GetProperty("issuer").GetString() != identifier)   // RFC 8414 §3.3: else it speaks for somebody else
        {
            throw new HttpRequestException($"What answers at {identifier} calls itself by another name.");
        }

        _metadata = metadata;
        return metadata;
    }

    private sealed record Keys(Dictionary<string, JsonElement> ById, DateTimeOffset FetchedAt);
}
