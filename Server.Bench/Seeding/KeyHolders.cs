using System.Globalization;
using AuthCore.Bench.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthCore.Bench.Seeding;

/// <summary>Clients that prove keys instead of secrets.</summary>
internal sealed class KeyHolders(string connectionString)
{
    /// <summary>A public client, whose refresh tokens are bound to the key of whoever got them.</summary>
    public const string NativeClient = "bench-native";

    /// <summary>Writes <see cref="NativeClient"/>.</summary>
    public Task WriteNativeAsync(CancellationToken ct) => SaveAsync(
        [
            new Client
            {
                ClientId = NativeClient,
                ClientName = "Native application",
                ApplicationType = "native",
                TokenEndpointAuthMethod = "none",
                DpopBoundAccessTokens = true,
                RedirectUris = [Population.RedirectUri],
                GrantTypes = ["authorization_code", "refresh_token"],
                ResponseTypes = ["code"],
                Scope = [Population.Scope],
            },
        ],
        ct);

    /// <summary>As many clients as hold secrets, each with a key of its own.</summary>
    public async Task<IReadOnlyList<(string ClientId, BenchKey Key)>> WriteMachinesAsync(int count, CancellationToken ct)
    {
        var machines = Enumerable.Range(1, count).Select(i => (ClientId: string.Create(CultureInfo.InvariantCulture, $"key-{i:0000}"), Key: new BenchKey())).ToArray();
        await SaveAsync(
            machines.Select(machine => new Client
            {
                ClientId = machine.ClientId,
                ClientName = machine.ClientId,
                TokenEndpointAuthMethod = "private_key_jwt",
                Jwks = $$"""{"keys":[{{machine.Key.Jwk}}]}""",
                GrantTypes = ["client_credentials"],
                Scope = [Population.Scope],
            }),
            ct);
        return machines;
    }

    private async Task SaveAsync(IEnumerable<Client> clients, CancellationToken ct)
    {
        await using var database = Database.Open(connectionString);
        using var changes = new ChangeFeed(database, NullLogger<ChangeFeed>.Instance);
        var store = new ClientStore(database, changes);
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (client, token) => await store.SaveAsync(client, token));
    }
}
