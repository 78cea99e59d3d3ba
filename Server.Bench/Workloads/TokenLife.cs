using System.Text;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Processes;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>What becomes of tokens: asked about, revoked, opaque.</summary>
internal sealed class TokenLife(ChildProcess server, ChildProcess ceiling, Population population, string connectionString, int connections)
{
    private const int RevokedBefore = 20_000;

    private readonly Families _families = new(connectionString);
    private readonly TokenRows _rows = new(connectionString);
    private readonly string _credentials = RequestBytes.Basic(Population.WebClient, population.WebSecret);

    /// <summary>The names, in the order they are measured.</summary>
    public static IReadOnlyList<string> Names { get; } = ["introspect", "introspect-opaque", "cc-opaque", "revoke", "revoke-jwt", "userinfo-revoked"];

    /// <summary>The workload; null where it is not one of these.</summary>
    public Comparison? Find(string name) => name switch
    {
        "introspect" => Compare(name, IntrospectAsync, "verify + read", IntrospectAsync),
        "introspect-opaque" => Compare(name, IntrospectOpaqueAsync, "hash + read", IntrospectOpaqueAsync),
        "cc-opaque" => new Comparison(name, On(server, name, OpaqueMachineAsync), Ceiling: null),
        "revoke" => new Comparison(name, On(server, name, RevokeFamiliesAsync), Ceiling: null),
        "revoke-jwt" => new Comparison(name, On(server, name, RevokeAccessTokensAsync), Ceiling: null),
        "userinfo-revoked" => Compare(name, UserInfoAmongRevokedAsync, "verify + read", UserInfoAmongRevokedAsync) with { Note = () => "userinfo-revoked: " + TokenRows.Describe(RevokedBefore) },
        _ => null,
    };

    private Comparison Compare(string name, Recruit recruit, string ceilingName, Recruit recruitForCeiling) =>
        new(name, On(server, name, recruit), On(ceiling, ceilingName, recruitForCeiling));

    private static HttpLoad On(ChildProcess process, string name, Recruit recruit) => new(name, process.Target, process.Address, recruit);

    private async Task<IReadOnlyList<VirtualUser>> IntrospectAsync(int requests, CancellationToken ct) =>
        [.. (await AccessTokensAsync(connections, ct)).Select(token => new IntrospectUser(token, _credentials))];

    private async Task<IReadOnlyList<VirtualUser>> IntrospectOpaqueAsync(int requests, CancellationToken ct)
    {
        var families = await _families.WriteRefreshTokensAsync(population.People, connections, ct);
        var tokens = await _rows.WriteOpaqueAsync(families, $"http://{server.Address}", ct);
        return [.. tokens.Select(token => new IntrospectUser(token, _credentials))];
    }

    private async Task<IReadOnlyList<VirtualUser>> OpaqueMachineAsync(int requests, CancellationToken ct)
    {
        var machine = await _rows.WriteMachineAsync(ct);
        var request = RequestBytes.Post("/token", "grant_type=client_credentials&scope=" + Uri.EscapeDataString(Population.Scope), RequestBytes.Basic(machine.ClientId, machine.Secret));
        return [.. Enumerable.Range(0, connections).Select(_ => new OpaqueMachineUser(request))];
    }

    private async Task<IReadOnlyList<VirtualUser>> RevokeFamiliesAsync(int requests, CancellationToken ct)
    {
        var queue = RevokeUser.Requests(await _families.WriteRefreshTokensAsync(population.People, requests, ct), _credentials);
        return [.. Enumerable.Range(0, connections).Select(_ => new RevokeUser(queue))];
    }

    // Each must be signed by the server first, so a round has as many as it can be given in some seconds.
    private async Task<IReadOnlyList<VirtualUser>> RevokeAccessTokensAsync(int requests, CancellationToken ct)
    {
        var queue = RevokeUser.Requests(await AccessTokensAsync(Math.Min(requests, 4000), ct), _credentials);
        return [.. Enumerable.Range(0, connections).Select(_ => new RevokeUser(queue))];
    }

    private async Task<IReadOnlyList<VirtualUser>> UserInfoAmongRevokedAsync(int requests, CancellationToken ct)
    {
        await _rows.WriteRevokedAsync(RevokedBefore, ct);
        await Task.Delay(TimeSpan.FromSeconds(1.5), ct);   // as long as servers may take to hear of it
        return [.. (await AccessTokensAsync(connections, ct)).Select(token => new UserInfoUser(token))];
    }

    private async Task<string[]> AccessTokensAsync(int count, CancellationToken ct)
    {
        var codes = await _families.WriteCodesAsync(population.People, count, ["openid", "profile", "email"], ct);
        using var connection = new HttpConnection(server.Address);
        return [.. codes.Select(code => Encoding.ASCII.GetString(connection.Exchange(RedeemUser.Request(code, _credentials)).Member("\"access_token\":\""u8)))];
    }

    private sealed class OpaqueMachineUser(byte[] request) : VirtualUser
    {
        public override ReadOnlyMemory<byte> Next() => request;

        public override string? Check(in HttpAnswer answer) =>
            answer.Status == 200 && answer.Member("\"access_token\":\""u8).StartsWith("ac_at_"u8) ? null : Unexpected(answer);
    }
}
