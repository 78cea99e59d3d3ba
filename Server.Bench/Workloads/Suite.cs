using System.Text.Json;
using AuthCore.Bench.Ceilings;
using AuthCore.Bench.Http;
using AuthCore.Bench.Keys;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Processes;
using AuthCore.Bench.Reports;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>Every workload with its ceiling.</summary>
internal sealed class Suite(Stage stage)
{
    private const int StormConnections = 16;
    private static readonly TimeSpan s_bystanderPause = TimeSpan.FromMilliseconds(10);

    private readonly ChildProcess _server = stage.Server;
    private readonly Population _population = stage.Population;
    private readonly int _connections = stage.Connections;
    private readonly string _credentials = stage.Credentials;
    private readonly Families _families = new(stage.ConnectionString);
    private readonly TokenLife _tokenLife = new(stage);
    private readonly KeyBound _keyBound = new(stage);

    /// <summary>The names, in the order they are measured.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["cc", "refresh", "redeem", "redeem-openid", "authorize", "userinfo", "discovery", "jwks", "login", "storm", "mixed", .. TokenLife.Names,
         "refresh-dpop", "cc-private-key-jwt", "par-code", "refresh-cleanup"];

    /// <summary>How many people must be in the database.</summary>
    public static int PeopleFor(int connections) => connections + StormConnections;

    // More would only wait longer: a thread hashes one password at a time.
    private int LoginConnections => Math.Min(_connections, 4 * HashingCeiling.Threads);

    public Comparison Find(string name) => name switch
    {
        "cc" => Compare(name, ClientCredentials("/token"), "C1", ClientCredentials("/c1")),
        "refresh" => Compare(name, Refresh("/token", Expected.AccessToken), "C2", Refresh("/c2", Expected.AccessToken)),
        "redeem" => Compare(name, Redeem(openId: false), "C2", Refresh("/c2", Expected.AccessToken)),
        "redeem-openid" => Compare(name, Redeem(openId: true), "C2 + RS256", Refresh("/c2-openid", Expected.IdToken)),
        "authorize" => Compare(name, Each(person => new AuthorizeUser(person)), "C2 unsigned", Refresh("/c2-unsigned", Expected.Successor)),
        "userinfo" => Compare(name, UserInfo, "verify + read", UserInfo),
        "discovery" => Compare(name, Document(_server, "/.well-known/openid-configuration"), "same bytes", Document(stage.Ceiling, "/.well-known/openid-configuration")),
        "jwks" => Compare(name, Document(_server, "/jwks"), "same bytes", Document(stage.Ceiling, "/jwks")),
        "login" => new Comparison(
            name, On(_server, name, Login(_population.People.Take(LoginConnections))), new HashingCeiling(_population.PasswordHash, System.Text.Encoding.UTF8.GetBytes(Population.Password))),
        "storm" => Storm(),
        "mixed" => new Comparison(name, On(_server, name, MixedAsync), Ceiling: null),
        "refresh-dpop" => Beside(name, _keyBound.RefreshAsync, "refresh", Refresh("/token", Expected.AccessToken), VerificationCost.OfProof),
        "cc-private-key-jwt" => Beside(name, _keyBound.ClientCredentialsAsync, "cc", ClientCredentials("/token"), VerificationCost.OfAssertion),
        "par-code" => Beside(name, _keyBound.CodeFlow(isPushed: true), "code without PAR", _keyBound.CodeFlow(isPushed: false)),
        "refresh-cleanup" => Cleanup(name),
        _ => _tokenLife.Find(name) ?? throw new BenchException($"There is no workload '{name}'. There are: {string.Join(", ", Names)}."),
    };

    /// <summary>The same requests to another server that knows the same clients.</summary>
    public IEnumerable<Comparison> BesidePeer(ChildProcess peer)
    {
        var discovery = "/.well-known/openid-configuration";
        yield return new Comparison("peer-cc", On(_server, "cc", ClientCredentials("/token")), On(peer, PeerServer.Name, ClientCredentials("/token")));
        yield return new Comparison("peer-refresh", On(_server, "refresh", Refresh("/token", Expected.AccessToken)), On(peer, PeerServer.Name, PeersRefresh(peer)));
        yield return new Comparison("peer-discovery", On(_server, "discovery", Document(_server, discovery)), On(peer, PeerServer.Name, Document(peer, discovery)));
    }

    /// <summary>This suite's server, whose tables are full, beside one whose tables are not.</summary>
    public IEnumerable<Comparison> BesideEmpty(Suite empty)
    {
        yield return new Comparison("rows-cc", On(_server, "cc", ClientCredentials("/token")), On(empty._server, "few rows", empty.ClientCredentials("/token")));
        yield return new Comparison("rows-refresh", On(_server, "refresh", Refresh("/token", Expected.AccessToken)), On(empty._server, "few rows", empty.Refresh("/token", Expected.AccessToken)));
    }

    private Comparison Compare(string name, Recruit recruit, string ceilingName, Recruit recruitForCeiling) =>
        new(name, On(_server, name, recruit), On(stage.Ceiling, ceilingName, recruitForCeiling));

    /// <summary>Beside a plainer flow of the same server.</summary>
    private Comparison Beside(string name, Recruit recruit, string plainName, Recruit plain, Func<VerificationCost>? signature = null) =>
        new(name, On(_server, name, recruit), On(_server, plainName, plain))
        {
            Note = (measured, other) => other is null ? null
                : $"{name}: {Difference.Describe(measured, other)}{(signature is null ? "" : $"; {KeyBound.Describe(signature(), measured.ServerCpu - other.ServerCpu)}")}",
        };

    private Comparison Cleanup(string name)
    {
        var refresh = Refresh("/token", Expected.AccessToken);
        var beside = new CleanupLoad(On(_server, name, refresh), new ExpiredFamilies(stage.ConnectionString, stage.ExpiredFamilies), stage.StartCleaner);
        return new Comparison(name, beside, On(_server, "refresh", refresh))
        {
            Note = (_, _) => FormattableString.Invariant($"{name}: families deleted in the rounds: {string.Join(", ", beside.Deleted)}"),
        };
    }

    private Comparison Storm()
    {
        var cc = ClientCredentials("/token");
        var storm = new StormLoad(On(_server, "cc", cc), _server.Address, Login(_population.People.TakeLast(StormConnections)), BystanderAsync);
        return new Comparison("storm", storm, On(_server, "cc alone", cc))
        {
            Note = (_, _) => FormattableString.Invariant($"storm: jwks p99 {Statistics.Percentile([.. storm.Bystander.Order()], 0.99) / 1000:0.00} ms beside it"),
        };
    }

    private static HttpLoad On(ChildProcess process, string name, Recruit recruit) => new(name, process.Target, process.Address, recruit);

    private Recruit Each(Func<Person, VirtualUser> make) => (_, _) => Task.FromResult<IReadOnlyList<VirtualUser>>([.. _population.People.Take(_connections).Select(make)]);

    private Recruit ClientCredentials(string path)
    {
        var requests = ClientCredentialsUser.Requests(path, _population);
        return (_, _) => Task.FromResult<IReadOnlyList<VirtualUser>>(
            [.. Enumerable.Range(0, _connections).Select(i => new ClientCredentialsUser(requests, i * requests.Length / _connections))]);
    }

    private Recruit Refresh(string path, Expected expected) => async (_, ct) =>
    {
        var tokens = await _families.WriteRefreshTokensAsync(_population.People, _connections, ct);
        return [.. tokens.Select(token => new RefreshUser(path, _credentials, token, expected))];
    };

    private Recruit PeersRefresh(ChildProcess peer) => (_, _) =>
    {
        using var connection = new HttpConnection(peer.Address);
        var tokens = JsonElement.Parse(connection.Exchange(RequestBytes.Get(FormattableString.Invariant($"/bench/{_connections}"))).Body);
        return Task.FromResult<IReadOnlyList<VirtualUser>>(
            [.. tokens.EnumerateArray().Select(token => new RefreshUser("/token", _credentials, token.GetString()!, Expected.AccessToken))]);
    };

    private Recruit Redeem(bool openId) => async (requests, ct) =>
    {
        var codes = await _families.WriteCodesAsync(_population.People, requests, openId ? ["openid", "profile"] : [Population.Scope], ct);
        var queue = RedeemUser.Requests(codes, _credentials);
        return [.. Enumerable.Range(0, _connections).Select(_ => new RedeemUser(queue, openId))];
    };

    private Recruit UserInfo => async (_, ct) => [.. (await AccessTokensAsync(ct)).Select(token => new UserInfoUser(token))];

    private Recruit Document(ChildProcess process, string path) => (_, _) =>
    {
        using var connection = new HttpConnection(process.Address);
        var document = connection.Exchange(RequestBytes.Get(path)).Body.ToArray();
        return Task.FromResult<IReadOnlyList<VirtualUser>>([.. Enumerable.Range(0, _connections).Select(_ => new DocumentUser(path, document))]);
    };

    /// <summary>One who reads the keys a hundred times a second.</summary>
    private Task<IReadOnlyList<VirtualUser>> BystanderAsync(int requests, CancellationToken ct)
    {
        using var connection = new HttpConnection(_server.Address);
        return Task.FromResult<IReadOnlyList<VirtualUser>>([new DocumentUser("/jwks", connection.Exchange(RequestBytes.Get("/jwks")).Body.ToArray(), s_bystanderPause)]);
    }

    private Recruit Login(IEnumerable<Person> people) => (_, _) => Task.FromResult<IReadOnlyList<VirtualUser>>([.. people.Select(person => new LoginUser(_server.Address, person))]);

    private async Task<IReadOnlyList<VirtualUser>> MixedAsync(int requests, CancellationToken ct)
    {
        var refreshTokens = await _families.WriteRefreshTokensAsync(_population.People, _connections, ct);
        var accessTokens = await AccessTokensAsync(ct);
        return [.. Enumerable.Range(0, _connections).Select(i => new MixedUser(
            new RefreshUser("/token", _credentials, refreshTokens[i], Expected.AccessToken),
            new AuthorizeUser(_population.People[i]),
            new UserInfoUser(accessTokens[i]),
            new LoginUser(_server.Address, _population.People[i]),
            _credentials,
            i))];
    }

    /// <summary>One for each connection, from the server itself, with the scopes that userinfo asks for.</summary>
    private async Task<string[]> AccessTokensAsync(CancellationToken ct)
    {
        var codes = await _families.WriteCodesAsync(_population.People, _connections, ["openid", "profile", "email"], ct);
        using var connection = new HttpConnection(_server.Address);
        return [.. codes.Select(code => System.Text.Encoding.ASCII.GetString(connection.Exchange(RedeemUser.Request(code, _credentials)).Member("\"access_token\":\""u8)))];
    }
}
