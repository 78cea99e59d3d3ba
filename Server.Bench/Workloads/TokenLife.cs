using System.Text;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Processes;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>What becomes of tokens: asked about, revoked, opaque.</summary>
internal sealed class TokenLife(Stage stage)
{
    private const int RevokedBefore = 20_000;
    private const int Minting = 8;   // connections that tokens are got over, before the clock runs

    private static readonly string[] s_userInfoScope = ["openid", "profile", "email"];

    private readonly Families _families = new(stage.ConnectionString);
    private readonly TokenRows _rows = new(stage.ConnectionString);
    private readonly string _credentials = stage.Credentials;
    private bool _revoked;

    /// <summary>The names, in the order they are measured.</summary>
    public static IReadOnlyList<string> Names { get; } = ["introspect", "introspect-opaque", "cc-opaque", "revoke", "revoke-jwt", "userinfo-revoked"];

    /// <summary>The workload; null where it is not one of these.</summary>
    public Comparison? Find(string name) => name switch
    {
        "introspect" => Compare(name, IntrospectAsync, "verify + read", IntrospectAsync),
        "introspect-opaque" => Compare(name, IntrospectOpaqueAsync, "hash + read", IntrospectOpaqueAsync),
        "cc-opaque" => new Comparison(name, On(stage.Server, name, OpaqueMachineAsync), Ceiling: null),
        "revoke" => new Comparison(name, On(stage.Server, name, RevokeFamiliesAsync), Ceiling: null),
        "revoke-jwt" => new Comparison(name, On(stage.Server, name, RevokeAccessTokensAsync), Ceiling: null),
        "userinfo-revoked" => Compare(name, UserInfoAmongRevokedAsync, "verify + read", UserInfoAmongRevokedAsync) with { Note = (_, _) => "userinfo-revoked: " + TokenRows.Describe(RevokedBefore) },
        _ => null,
    };

    private Comparison Compare(string name, Recruit recruit, string ceilingName, Recruit recruitForCeiling) =>
        new(name, On(stage.Server, name, recruit), On(stage.Ceiling, ceilingName, recruitForCeiling));

    private static HttpLoad On(ChildProcess process, string name, Recruit recruit) => new(name, process.Target, process.Address, recruit);

    private async Task<IReadOnlyList<VirtualUser>> IntrospectAsync(int requests, CancellationToken ct) =>
        [.. (await AccessTokensAsync(stage.Connections, s_userInfoScope, ct)).Select(token => new IntrospectUser(token, _credentials))];

    private async Task<IReadOnlyList<VirtualUser>> IntrospectOpaqueAsync(int requests, CancellationToken ct)
    {
        var families = await _families.WriteRefreshTokensAsync(stage.Population.People, stage.Connections, ct);
        var tokens = await _rows.WriteOpaqueAsync(families, stage.Issuer, ct);
        return [.. tokens.Select(token => new IntrospectUser(token, _credentials))];
    }

    private async Task<IReadOnlyList<VirtualUser>> OpaqueMachineAsync(int requests, CancellationToken ct)
    {
        var machine = await _rows.WriteMachineAsync(ct);
        var request = RequestBytes.Post("/token", "grant_type=client_credentials&scope=" + Uri.EscapeDataString(Population.Scope), RequestBytes.Basic(machine.ClientId, machine.Secret));
        return [.. Enumerable.Range(0, stage.Connections).Select(_ => new OpaqueMachineUser(request))];
    }

    private async Task<IReadOnlyList<VirtualUser>> RevokeFamiliesAsync(int requests, CancellationToken ct)
    {
        var queue = RevokeUser.Requests(await _families.WriteRefreshTokensAsync(stage.Population.People, requests, ct), _credentials);
        return [.. Enumerable.Range(0, stage.Connections).Select(_ => new RevokeUser(queue))];
    }

    // Each must be signed by the server first, so a round has as many as it can be given in some seconds.
    private async Task<IReadOnlyList<VirtualUser>> RevokeAccessTokensAsync(int requests, CancellationToken ct)
    {
        var queue = RevokeUser.Requests(await AccessTokensAsync(Math.Min(requests, stage.MostMinted), [Population.Scope], ct), _credentials);
        return [.. Enumerable.Range(0, stage.Connections).Select(_ => new RevokeUser(queue))];
    }

    private async Task<IReadOnlyList<VirtualUser>> UserInfoAmongRevokedAsync(int requests, CancellationToken ct)
    {
        if (!_revoked)
        {
            await _rows.WriteRevokedAsync(RevokedBefore, ct);
            await Task.Delay(TimeSpan.FromSeconds(1.5), ct);   // as long as servers may take to hear of it
            _revoked = true;
        }

        return [.. (await AccessTokensAsync(stage.Connections, s_userInfoScope, ct)).Select(token => new UserInfoUser(token))];
    }

    private async Task<string[]> AccessTokensAsync(int count, string[] scope, CancellationToken ct)
    {
        var codes = await _families.WriteCodesAsync(stage.Population.People, count, scope, ct);
        var tokens = new string[count];
        Parallel.For(0, Minting, line =>
        {
            using var connection = new HttpConnection(stage.Server.Address);
            for (var i = line; i < count; i += Minting)
            {
                tokens[i] = Encoding.ASCII.GetString(connection.Exchange(RedeemUser.Request(codes[i], _credentials)).Member("\"access_token\":\""u8));
            }
        });
        return tokens;
    }

    private sealed class OpaqueMachineUser(byte[] request) : VirtualUser
    {
        public override ReadOnlyMemory<byte> Next() => request;

        public override string? Check(in HttpAnswer answer) =>
            answer.Status == 200 && answer.Member("\"access_token\":\""u8).StartsWith("ac_at_"u8) ? null : Unexpected(answer);
    }
}
