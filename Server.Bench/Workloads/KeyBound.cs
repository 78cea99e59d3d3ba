using System.Collections.Concurrent;
using AuthCore.Bench.Http;
using AuthCore.Bench.Keys;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>The flows of clients that prove keys. Proofs and assertions are made before the clock runs: what a client's signature costs the client is not asked here.</summary>
internal sealed class KeyBound(Stage stage)
{
    // Virtual users are not equally fast, and the first to have no proof left ends the round.
    private const double Spare = 1.5;

    private readonly KeyHolders _holders = new(stage.ConnectionString);
    private readonly Families _families = new(stage.ConnectionString);
    private BenchKey[]? _keys;
    private IReadOnlyList<(string ClientId, BenchKey Key)>? _machines;

    /// <summary>RFC 9449: each virtual user with a key of its own.</summary>
    public async Task<IReadOnlyList<VirtualUser>> RefreshAsync(int requests, CancellationToken ct)
    {
        if (_keys is null)
        {
            await _holders.WriteNativeAsync(ct);
            _keys = [.. Enumerable.Range(0, stage.Connections).Select(_ => new BenchKey())];
        }

        var keys = _keys;
        var tokens = await _families.WriteBoundTokensAsync(stage.Population.People, keys, ct);
        var users = new VirtualUser[keys.Length];
        Parallel.For(0, users.Length, i => users[i] = new BoundRefreshUser(tokens[i], new Proofs(keys[i], stage.Issuer + "/token", (int)(requests * Spare / keys.Length) + 1)));
        return users;
    }

    /// <summary>RFC 7523: as many clients as hold secrets.</summary>
    public async Task<IReadOnlyList<VirtualUser>> ClientCredentialsAsync(int requests, CancellationToken ct)
    {
        _machines ??= await _holders.WriteMachinesAsync(stage.Population.Clients.Count, ct);
        var machines = _machines;
        var queue = new ConcurrentQueue<byte[]>(Assertions.Make(machines, stage.Issuer, requests).Select((assertion, i) => RequestBytes.Post("/token", RequestBytes.Encode(
            ("grant_type", "client_credentials"), ("scope", Population.Scope), ("client_id", machines[i % machines.Count].ClientId),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion)))));
        return [.. Enumerable.Range(0, stage.Connections).Select(_ => new AssertingUser(queue))];
    }

    /// <summary>One operation from the authorization request to the tokens.</summary>
    /// <param name="isPushed">RFC 9126: whether the request is pushed before.</param>
    public Recruit CodeFlow(bool isPushed) => (_, _) => Task.FromResult<IReadOnlyList<VirtualUser>>(
        [.. stage.Population.People.Take(stage.Connections).Select(person => new CodeFlowUser(person, stage.Credentials, isPushed))]);

    /// <summary>What of that the signature is.</summary>
    /// <param name="cost">Measured alone.</param>
    /// <param name="more">Microseconds that the server spends beyond the plain flow.</param>
    public static string Describe(VerificationCost cost, double? more)
    {
        var share = more > 0 ? FormattableString.Invariant($" ({cost.Verification / more:P0} of the server's part)") : "";
        var making = cost.KeyMaking is { } key ? FormattableString.Invariant($", making the key that comes along {key:0} µs") : "";
        return FormattableString.Invariant(
            $"alone, one ES256 verification takes {cost.Verification:0} µs{share}{making}, parsing, verifying and judging together {cost.Reading:0} µs; the rest is the statement that takes its jti");
    }

    private sealed class AssertingUser(ConcurrentQueue<byte[]> requests) : VirtualUser
    {
        public override ReadOnlyMemory<byte> Next() => requests.TryDequeue(out var request) ? request : ReadOnlyMemory<byte>.Empty;

        public override string? Check(in HttpAnswer answer) => ClientCredentialsUser.IsGood(answer) ? null : Unexpected(answer);
    }
}
