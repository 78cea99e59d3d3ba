using System.Text.Json.Nodes;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;
using AuthCore.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthCore.Tests.Flows;

/// <summary>What a client signed is verified by its own keys, and trouble in getting them is no proof against it.</summary>
public sealed class ClientKeysTests
{
    private const string Uri = "https://app.example/jwks";
    private static readonly (string?, string?) s_good = (null, null);
    private static readonly SigningKey s_old = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly SigningKey s_new = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly Client s_local = Sample.Client with { Jwks = TestJwt.SetOf(s_old, s_new) };
    private static readonly Client s_remote = Sample.Client with { JwksUri = Uri };
    private static readonly JwtRules s_rules = new(new JwsRules("test+jwt", TypRequired: false)) { Required = ["exp"] };

    private readonly FakeTime _time = new();
    private readonly FakeKeySetSource _source = new();
    private readonly ClientKeys _keys;

    public ClientKeysTests()
    {
        _source.Serve(Uri, TestJwt.SetOf(s_old));
        _keys = new ClientKeys(new RemoteKeySets(_source, _time, NullLogger<RemoteKeySets>.Instance), _time);
    }

    private async Task<(string? Error, string? Reason)> ReadAsync(Client client, SigningKey signer, params (string Name, JsonNode? Value)[] header)
    {
        var compact = TestJwt.Sign(signer, new JsonObject { ["exp"] = _time.GetUtcNow().ToUnixTimeSeconds() + 60 }, header);
        var read = await _keys.ReadAsync(client, compact, s_rules, reason => ProtocolError.InvalidClient(reason), TestContext.Current.CancellationToken);
        return read.Try(out _, out var error) ? s_good : (error.Code, error.Reason);
    }

    [Fact]
    public async Task While_a_client_changes_keys_both_work_and_no_third()
    {
        using var stranger = SigningKey.Create(SigningAlgorithm.ES256);

        Assert.Equal(s_good, await ReadAsync(s_local, s_old));
        Assert.Equal(s_good, await ReadAsync(s_local, s_new));
        Assert.Equal(s_good, await ReadAsync(s_local, s_new, ("kid", null)));
        Assert.Equal(("invalid_client", "no such key"), await ReadAsync(s_local, stranger));
        Assert.Equal(("invalid_client", "signature does not verify"), await ReadAsync(s_local, stranger, ("kid", s_old.Kid)));
        Assert.Equal(("invalid_client", "no such key"), await ReadAsync(s_local with { Jwks = TestJwt.SetOf(s_new) }, s_old));
    }

    [Fact]
    public async Task A_key_is_found_among_the_clients_own_and_a_newer_one_is_asked_for_once_a_minute()
    {
        async Task<string?> FindAsync(Client client, SigningKey key) =>
            (await _keys.FindAsync(client, jwk => jwk.Thumbprint() == key.PublicJwk.Thumbprint(), reason => ProtocolError.InvalidClient(reason), TestContext.Current.CancellationToken))
                .Try(out _, out var error) ? null : error.Code;

        Assert.Null(await FindAsync(s_local, s_new));
        Assert.Equal("invalid_client", await FindAsync(s_local with { Jwks = TestJwt.SetOf(s_new) }, s_old));
        Assert.Equal("invalid_client", await FindAsync(Sample.Client, s_old));
        Assert.Null(await FindAsync(s_remote, s_old));
        _source.Serve(Uri, TestJwt.SetOf(s_new));
        Assert.Equal("invalid_client", await FindAsync(s_remote, s_new));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await FindAsync(s_remote, s_new));
        Assert.Equal(2, _source.Calls);
        _source.Fail(Uri);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("temporarily_unavailable", await FindAsync(s_remote, s_old));   // it may be there by now
        Assert.Equal("temporarily_unavailable", await FindAsync(Sample.Client with { JwksUri = "https://gone.example/jwks" }, s_old));
    }

    [Fact]
    public async Task A_client_without_keys_has_signed_nothing() => Assert.Equal(("invalid_client", "no such key"), await ReadAsync(Sample.Client, s_old));

    [Fact]
    public async Task A_key_that_was_not_there_before_is_asked_for_once_a_minute()
    {
        Assert.Equal(s_good, await ReadAsync(s_remote, s_old));
        _source.Serve(Uri, TestJwt.SetOf(s_new));

        Assert.Equal(("invalid_client", "no such key"), await ReadAsync(s_remote, s_new));
        Assert.Equal(1, _source.Calls);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(s_good, await ReadAsync(s_remote, s_new));
        Assert.Equal(("invalid_client", "no such key"), await ReadAsync(s_remote, s_old));   // withdrawn
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task A_key_without_a_name_is_looked_for_in_a_newer_set_too()
    {
        await ReadAsync(s_remote, s_old);
        _source.Serve(Uri, TestJwt.SetOf(s_new));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(s_good, await ReadAsync(s_remote, s_new, ("kid", null)));
    }

    [Fact]
    public async Task A_wrong_signature_under_a_known_name_fetches_nothing()
    {
        await ReadAsync(s_remote, s_old);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(("invalid_client", "signature does not verify"), await ReadAsync(s_remote, s_new, ("kid", s_old.Kid)));
        Assert.Equal(1, _source.Calls);
    }

    [Fact]
    public async Task Trouble_of_the_clients_server_is_no_verdict()
    {
        _source.Fail(Uri);
        Assert.Equal("temporarily_unavailable", (await ReadAsync(s_remote, s_old)).Error);

        _source.Serve(Uri, TestJwt.SetOf(s_old));
        _time.Advance(RemoteKeySets.Pause);
        Assert.Equal(s_good, await ReadAsync(s_remote, s_old));

        _source.Fail(Uri);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("temporarily_unavailable", (await ReadAsync(s_remote, s_new)).Error);
        Assert.Equal(s_good, await ReadAsync(s_remote, s_old));
    }

    [Fact]
    public async Task What_is_malformed_fetches_nothing()
    {
        foreach (var header in new[] { "jku", "x5u", "jwk", "crit" })
        {
            Assert.Equal(("invalid_client", "header carries " + header), await ReadAsync(s_remote, s_old, (header, "https://evil.example/keys")));
        }

        Assert.Equal("invalid_client", (await ReadAsync(s_remote, s_old, ("typ", "at+jwt"))).Error);
        Assert.Equal(0, _source.Calls);
    }
}
