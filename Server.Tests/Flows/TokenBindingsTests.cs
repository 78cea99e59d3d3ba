using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;

namespace AuthCore.Tests.Flows;

/// <summary>Ways of binding side by side, as the endpoints ask for them.</summary>
public sealed class TokenBindingsTests
{
    private const string Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    private const string Other = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    private static readonly Way s_signs = new("jkt") { RequestParameter = "dpop_jkt" };
    private static readonly Way s_connects = new("x5t#S256");
    private static readonly ProtocolError s_bad = ProtocolError.InvalidRequest("bad");

    [Fact]
    public async Task Nothing_proven_where_nothing_must_be_is_a_bearer_token() =>
        Assert.Null((await ProveAsync(s_signs, s_connects)).Value().Binding);

    [Fact]
    public async Task One_key_proven_is_the_key_and_is_taken()
    {
        var way = s_signs with { Proof = new Proof(Thumbprint) };

        Assert.Equal("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""", (await ProveAsync(way, s_connects)).Value().Binding!.Confirmation);
        Assert.Equal(1, way.Proof.Taken);
    }

    [Fact]
    public async Task Two_keys_proven_are_refused_and_neither_is_taken()
    {
        var (one, two) = (s_signs with { Proof = new Proof(Thumbprint) }, s_connects with { Proof = new Proof(Other) });

        Assert.Equal("invalid_request", (await ProveAsync(one, two)).ErrorCode());
        Assert.Equal(0, one.Proof.Taken + two.Proof.Taken);
    }

    [Fact]
    public async Task A_bad_proof_a_missing_one_and_one_taken_before_are_refused_whatever_else_is_proven()
    {
        var good = s_connects with { Proof = new Proof(Other) };

        Assert.Equal("invalid_request", (await ProveAsync(s_signs with { Error = s_bad }, good)).ErrorCode());
        Assert.Equal("invalid_request", (await ProveAsync(good, s_signs with { Error = s_bad })).ErrorCode());
        Assert.Equal("invalid_request", (await ProveAsync(s_signs with { Missing = s_bad }, good)).ErrorCode());
        Assert.Equal("invalid_request", (await ProveAsync(good, s_signs with { Missing = s_bad })).ErrorCode());
        Assert.Equal(0, good.Proof!.Taken);
        Assert.Equal("invalid_request", (await ProveAsync(s_signs with { Proof = new Proof(Thumbprint) { Fault = s_bad } })).ErrorCode());
    }

    // RFC 9449 §10.1
    [Fact]
    public async Task A_pushed_request_is_bound_to_what_it_proves_or_names_and_the_two_must_agree()
    {
        var way = s_signs with { Proof = new Proof(Thumbprint) };

        Assert.Null((await PushAsync(s_signs)).Value().Confirmation);
        Assert.Equal(Confirmation(Thumbprint), (await PushAsync(way)).Value().Confirmation);
        Assert.Equal(Confirmation(Thumbprint), (await PushAsync(way, Thumbprint)).Value().Confirmation);
        Assert.Equal(Confirmation(Other), (await PushAsync(s_signs, Other)).Value().Confirmation);
        Assert.Equal("invalid_request", (await PushAsync(way, Other)).ErrorCode());
        Assert.Equal(2, way.Proof.Taken);
        Assert.Equal("invalid_request", (await PushAsync(way with { Error = s_bad })).ErrorCode());
        Assert.Equal("invalid_request", (await PushAsync(s_signs with { Proof = new Proof(Thumbprint) { Fault = s_bad } })).ErrorCode());
    }

    [Fact]
    public async Task A_push_need_not_prove_what_a_token_request_must() => Assert.Null((await PushAsync(s_signs with { Missing = s_bad })).Value().Confirmation);

    [Fact]
    public async Task A_key_that_codes_cannot_be_bound_to_binds_none() => Assert.Null((await PushAsync(s_connects with { Proof = new Proof(Other) })).Value().Confirmation);

    [Fact]
    public void A_code_is_bound_to_the_key_that_the_request_names()
    {
        var bindings = new TokenBindings([s_connects, s_signs]);

        Assert.Equal("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""", bindings.BindCode(Sample.Request, Named(Thumbprint)).Value().Confirmation);
        Assert.Null(bindings.BindCode(Sample.Request, Named("")).Value().Confirmation);
        Assert.Null(new TokenBindings([s_connects]).BindCode(Sample.Request, Named(Thumbprint)).Value().Confirmation);
        Assert.Equal("invalid_request", bindings.BindCode(Sample.Request, Named("x")).ErrorCode());
        Assert.Equal("invalid_request", bindings.BindCode(Sample.Request, Named(Thumbprint, Thumbprint)).ErrorCode());
    }

    private static ValueTask<Result<ProvenKey>> ProveAsync(params ITokenBinding[] ways) =>
        new TokenBindings(ways).ProveAsync(Facts(Parameters.Empty), Sample.Client, CancellationToken.None);

    private static ValueTask<Result<AuthorizationRequest>> PushAsync(ITokenBinding way, string? named = null) =>
        new TokenBindings([way]).BindPushedAsync(
            Sample.Request with { Confirmation = named is null ? null : Confirmation(named) }, Facts(Parameters.Empty), Sample.Client, CancellationToken.None);

    private static string Confirmation(string thumbprint) => $$"""{"jkt":"{{thumbprint}}"}""";

    private static RequestFacts Facts(Parameters parameters) => new() { Method = "POST", Path = "/token", Parameters = parameters };

    private static Parameters Named(params string[] thumbprints) =>
        Parameters.Of(thumbprints.Select(thumbprint => KeyValuePair.Create("dpop_jkt", thumbprint)).Prepend(KeyValuePair.Create("state", "x")));

    private sealed record Way(string Member) : ITokenBinding
    {
        public string Scheme => "Test";

        public string? RequestParameter { get; init; }

        public Proof? Proof { get; init; }

        public ProtocolError? Error { get; init; }

        public ProtocolError? Missing { get; init; }

        public ProtocolError? FindMissing(Client client) => Missing;

        public Result<KeyProof>? Read(RequestFacts request, Client? client, string? accessToken) =>
            Error is not null ? Error : Proof is not null ? Result.Ok<KeyProof>(Proof) : (Result<KeyProof>?)null;
    }

    private sealed class Proof(string thumbprint) : KeyProof(new TokenBinding("jkt", thumbprint))
    {
        public int Taken { get; private set; }

        public ProtocolError? Fault { get; init; }

        public override ValueTask<ProtocolError?> TakeAsync(CancellationToken ct)
        {
            Taken++;
            return new(Fault);
        }
    }
}
