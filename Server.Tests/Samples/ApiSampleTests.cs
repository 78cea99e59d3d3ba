using System.Globalization;

namespace AuthCore.Tests.Samples;

/// <summary>The sample API in its process, with an issuer that signs what it should not accept.</summary>
public sealed class ApiSampleTests : IAsyncLifetime
{
    private readonly string _address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{SampleProcess.FreePort()}");
    private readonly HttpClient _http = new();
    private FakeIssuer _issuer = null!;
    private SampleProcess _api = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _api = SampleProcess.StartSample("api", "Api", new Dictionary<string, string>(StringComparer.Ordinal), "--issuer", _issuer.Address, "--port", _address.Split(':')[^1]);
        await _api.LineAsync("Application started");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Only_a_token_that_is_right_in_every_way_is_let_in()
    {
        await AssertAsync(200, null, _ => { });
        await AssertAsync(200, null, header: h => (h["alg"], h["kid"]) = ("RS256", "rsa"));
        await AssertAsync(200, null, c => c["aud"] = new[] { _address, _issuer.Address });

        await AssertAsync(401, "invalid_token", c => c["aud"] = "http://localhost:1");
        await AssertAsync(401, "invalid_token", c => c.Remove("aud"));
        await AssertAsync(401, "invalid_token", c => c["iss"] = "https://other.example");
        await AssertAsync(401, "invalid_token", c => c["exp"] = Now(-11));
        await AssertAsync(401, "invalid_token", c => c.Remove("exp"));
        await AssertAsync(401, "invalid_token", c => c["exp"] = "never");
        await AssertAsync(401, "invalid_token", c => c["nbf"] = Now(60));
        await AssertAsync(401, "invalid_token", c => c.Remove("sub"));
        await AssertAsync(401, "invalid_token", header: h => h["typ"] = "JWT");   // an ID token
        await AssertAsync(401, "invalid_token", header: h => h.Remove("typ"));
        await AssertAsync(401, "invalid_token", header: h => h.Remove("kid"));
        await AssertAsync(401, "invalid_token", header: h => h["crit"] = new[] { "exp" });
        await AssertAsync(401, "invalid_token", header: h => h["alg"] = "none");
        await AssertAsync(401, "invalid_token", header: h => (h["alg"], h["kid"]) = ("HS256", "rsa"));
        await AssertAsync(401, "invalid_token", header: h => h["kid"] = "rsa");   // the algorithm of another kind of key
        await AssertAsync(403, "insufficient_scope", c => c["scope"] = "read:files");
        await AssertAsync(403, "insufficient_scope", c => c.Remove("scope"));
    }

    // RFC 9470 §3
    [Fact]
    public async Task A_route_for_recent_sign_ins_refuses_others_and_says_how_recent()
    {
        const string Secret = "/api/secret";
        await AssertAsync(200, null, c => c["auth_time"] = Now(-5), path: Secret);
        await AssertAsync(200, null, c => c["auth_time"] = Now(-290), path: Secret);

        await AssertAsync(401, "insufficient_user_authentication", c => c["auth_time"] = Now(-310), path: Secret);
        await AssertAsync(401, "insufficient_user_authentication", path: Secret);   // a token that does not say
        await AssertAsync(401, "insufficient_user_authentication", c => c["auth_time"] = "now", path: Secret);
        await AssertAsync(401, "insufficient_user_authentication", c => c["auth_time"] = -1, path: Secret);
        await AssertAsync(401, "invalid_token", c => (c["auth_time"], c["exp"]) = (Now(-5), Now(-60)), path: Secret);
        await AssertAsync(403, "insufficient_scope", c => (c["auth_time"], c["scope"]) = (Now(-310), "read:files"), path: Secret);
        Assert.EndsWith(", max_age=\"300\"", await ChallengeAsync("Bearer " + Sign(c => c["auth_time"] = Now(-310)), Secret), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_good_token_gets_the_challenge_that_is_due()
    {
        foreach (var none in new[] { null, "Basic YTpi", "Bearer" })
        {
            Assert.Equal("401 Bearer realm=\"demo-api\"", await ChallengeAsync(none));   // RFC 6750 §3.1: no error is named
        }

        foreach (var junk in new[] { "a", "a.b.c", "e30.e30.", "W10.W10.W10", "\"\"" })
        {
            Assert.StartsWith("401 Bearer realm=\"demo-api\", error=\"invalid_token\"", await ChallengeAsync("Bearer " + junk), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Invented_key_ids_do_not_make_it_fetch_keys_again_and_again()
    {
        for (var i = 0; i < 5; i++)
        {
            await AssertAsync(401, "invalid_token", header: h => h["kid"] = "invented");
        }

        await AssertAsync(200, null, _ => { });
        Assert.Equal(1, _issuer.Fetches);
    }

    [Fact]
    public async Task Without_keys_it_is_503_and_not_the_fault_of_the_token()
    {
        _issuer.IsWell = false;
        await AssertAsync(503, null, _ => { });

        _issuer.IsWell = true;
        await AssertAsync(200, null, _ => { });
    }

    private async Task AssertAsync(int status, string? error, Action<Dictionary<string, object>>? claims = null, Action<Dictionary<string, object>>? header = null, string path = "/api/me")
    {
        var (h, c) = (Header(), Claims());
        header?.Invoke(h);
        claims?.Invoke(c);
        using var response = await SendAsync("Bearer " + _issuer.Sign(h, c), path);

        var challenge = response.Headers.WwwAuthenticate.ToString();
        var why = string.Join(' ', h.Concat(c).Select(entry => $"{entry.Key}={entry.Value}")) + " → " + challenge + "\n" + _api.Output;
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode} for {why}");
        Assert.True(error is null ? challenge.Length == 0 : challenge.Contains($"error=\"{error}\"", StringComparison.Ordinal), why);
    }

    private static Dictionary<string, object> Header() => new(StringComparer.Ordinal) { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = "ec" };

    private Dictionary<string, object> Claims() => new(StringComparer.Ordinal)
    {
        ["iss"] = _issuer.Address, ["aud"] = _address, ["sub"] = "alice", ["client_id"] = "app", ["scope"] = "openid read:profile", ["exp"] = Now(60),
    };

    private string Sign(Action<Dictionary<string, object>> change)
    {
        var claims = Claims();
        change(claims);
        return _issuer.Sign(Header(), claims);
    }

    private async Task<string> ChallengeAsync(string? authorization, string path = "/api/me")
    {
        using var response = await SendAsync(authorization, path);
        return $"{(int)response.StatusCode} {response.Headers.WwwAuthenticate}";
    }

    private Task<HttpResponseMessage> SendAsync(string? authorization, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _address + path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return _http.SendAsync(request);
    }

    private static long Now(int seconds) => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
}
