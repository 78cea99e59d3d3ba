using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Features.Fapi;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>A server whose codes live for five minutes, and the client's side of FAPI 2.0: right requests, of which a test changes single things.</summary>
public sealed class FapiServer : IAsyncLifetime
{
    // All that the profiles build on; without one of these features they can be registered with nobody.
    private static readonly string[] s_lines =
    [
        "pushed_authorization_request_endpoint", "dpop_signing_alg_values_supported", "request_parameter_supported", "authorization_signing_alg_values_supported",
        "introspection_endpoint", "token_endpoint_auth_signing_alg_values_supported",
    ];

    private int _ids;

    internal static SigningKey Key { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    internal static SigningKey RsaKey { get; } = SigningKey.Create(SigningAlgorithm.RS256);

    internal static SigningKey PssKey { get; } = SigningKey.Create(SigningAlgorithm.PS256);

    internal static SigningKey LargeKey { get; } = SigningKey.Create(SigningAlgorithm.ES384);

    /// <summary>The key that tokens are bound to.</summary>
    internal static SigningKey ProofKey { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    /// <summary>All keys are registered, so that nothing but the profile speaks against an algorithm.</summary>
    internal static Client Bank { get; } = Complete(Seed.FirstParty with { ClientId = "bank", Profile = "fapi2", Secrets = [], Jwks = TestJwt.SetOf(Key, RsaKey, PssKey, LargeKey) });

    internal static Client Notary { get; } = Complete(Bank with { ClientId = "notary", Profile = "fapi2-message-signing" });

    /// <summary>The server.</summary>
    public AuthCoreApp App { get; init; } = new() { Settings = { ["AuthCore:Lifetimes:Code"] = "300" } };

    internal long Now => App.Time!.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Skips the test where a feature that the profiles build on is not in this server.</summary>
    internal static void Demand() => Assert.SkipUnless(s_lines.All(DiscoveryGolden.IsOfFeatures), "the profiles build on features that are not in this server");

    /// <summary>The client with all that its profile turns on.</summary>
    internal static Client Complete(Client client, params string[] written) =>
        (client.Profile == "fapi2" ? FapiProfile.Security : FapiProfile.MessageSigning).Complete(client, written.Contains);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await App.InitializeAsync();
        await App.SaveAsync(Bank);
        await App.SaveAsync(Notary);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>A good assertion, but for the changes to its claims.</summary>
    internal string Assertion(Client client, SigningKey? key = null, params (string Name, JsonNode? Value)[] changes) => TestJwt.Sign(key ?? Key, TestJwt.Change(
        new JsonObject { ["iss"] = client.ClientId, ["sub"] = client.ClientId, ["aud"] = App.Issuer, ["jti"] = NewId(), ["iat"] = Now, ["exp"] = Now + 60 }, changes));

    /// <summary>A good proof, but for the changes to its claims.</summary>
    internal string Proof(string method, string path, SigningKey? key = null, string? accessToken = null, params (string Name, JsonNode? Value)[] changes)
    {
        key ??= ProofKey;
        var claims = new JsonObject { ["jti"] = NewId(), ["htm"] = method, ["htu"] = App.Issuer + path, ["iat"] = Now };
        if (accessToken is not null)
        {
            claims["ath"] = CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        }

        return TestJwt.Sign(key, TestJwt.Change(claims, changes), ("typ", "dpop+jwt"), ("kid", null), ("jwk", TestJwt.JsonOf(key.PublicJwk)));
    }

    /// <summary>A good request object, but for the changes to its claims.</summary>
    internal string RequestObject(Client client, SigningKey? key = null, params (string Name, JsonNode? Value)[] changes)
    {
        var claims = new JsonObject { ["iss"] = client.ClientId, ["aud"] = App.Issuer, ["nbf"] = Now, ["exp"] = Now + 300, ["response_mode"] = "jwt" };
        foreach (var (name, value) in TestBrowser.Request(client))
        {
            claims[name] = value;
        }

        return TestJwt.Sign(key ?? Key, TestJwt.Change(claims, changes), ("typ", "oauth-authz-req+jwt"));
    }

    /// <summary>The request of the client: plain, or signed where its profile demands that.</summary>
    internal Dictionary<string, string> Request(Client client) => client.RequireSignedRequestObject
        ? new(StringComparer.Ordinal) { ["client_id"] = client.ClientId, ["request"] = RequestObject(client) }
        : TestBrowser.Request(client);

    /// <summary>POST as the client, with an assertion of its own and, where one is given, a proof.</summary>
    internal async Task<TokenAnswer> PostAsync(
        TestBrowser browser, string path, Client client, IEnumerable<KeyValuePair<string, string>> fields, string? proof = null, string? assertion = null, string? accept = null)
    {
        (string, string)[] headers = [.. proof is null ? [] : new[] { ("DPoP", proof) }, .. accept is null ? [] : new[] { ("Accept", accept) }];
        return await browser.SendAsync(HttpMethod.Post, App.Issuer + path, [.. fields, .. Authentication(assertion ?? Assertion(client))], headers).ReadAsync();
    }

    internal static KeyValuePair<string, string>[] Authentication(string assertion) =>
        [new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), new("client_assertion", assertion)];

    /// <summary>POST /token as the client, with a proof.</summary>
    internal Task<TokenAnswer> TokenAsync(TestBrowser browser, Client client, Dictionary<string, string> fields, SigningKey? key = null) =>
        PostAsync(browser, "/token", client, fields, Proof("POST", "/token", key));

    /// <summary>The parameters of the answer, verified where it is signed.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> AnswerAsync(TestBrowser browser, Client client, Dictionary<string, string>? request = null)
    {
        var pushed = await PostAsync(browser, "/par", client, request ?? Request(client));
        Assert.Equal((System.Net.HttpStatusCode.Created, null), pushed.Verdict);
        return ReadAnswer(await browser.CompleteAsync([new("client_id", client.ClientId), new("request_uri", pushed.Body.GetProperty("request_uri").GetString()!)]));
    }

    internal static IReadOnlyDictionary<string, string> ReadAnswer(HttpResponseMessage answer)
    {
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, answer.StatusCode);   // FAPI 2.0 §5.3.2.2 items 10, 11
        var query = TestBrowser.QueryOf(answer);
        return query.TryGetValue("response", out var response)
            ? TestBrowser.ClaimsOf(response).EnumerateObject().ToDictionary(claim => claim.Name, claim => claim.Value.ToString(), StringComparer.Ordinal)
            : query;
    }

    internal async Task<string> CodeAsync(TestBrowser browser, Client client, Dictionary<string, string>? request = null) => (await AnswerAsync(browser, client, request))["code"];

    internal async Task<TokenAnswer> BeginAsync(TestBrowser browser, Client client, SigningKey? key = null)
    {
        var answer = await TokenAsync(browser, client, TestBrowser.Redeem(client, await CodeAsync(browser, client)), key);
        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        return answer;
    }

    internal static string AlgorithmOf(string jwt) => JsonElement.Parse(CanonicalBase64Url.Decode(jwt.Split('.')[0])!).GetProperty("alg").GetString()!;

    private string NewId() => $"id {Interlocked.Increment(ref _ids)}";
}
