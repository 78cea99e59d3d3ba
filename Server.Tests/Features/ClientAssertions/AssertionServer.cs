using System.Text.Json.Nodes;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Flows;
using AuthCore.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>A server whose clients sign assertions; their <c>jwks_uri</c>s lead to a fake.</summary>
public sealed class AssertionServer : IAsyncLifetime
{
    /// <summary>RFC 7523 §2.2.</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private int _ids;

    internal static SigningKey Key { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    internal static SigningKey OtherKey { get; } = SigningKey.Create(SigningAlgorithm.ES256);

    internal static SigningKey RsaKey { get; } = SigningKey.Create(SigningAlgorithm.RS256);

    internal FakeKeySetSource Source { get; } = new();

    /// <summary>The server.</summary>
    public AuthCoreApp App { get; }

    public AssertionServer() => App = new AuthCoreApp { ServicesChange = services => services.Replace(ServiceDescriptor.Singleton<IKeySetSource>(Source)) };

    /// <summary>A service with one key.</summary>
    public static Client Service(string id) => Seed.Machine with { ClientId = id, TokenEndpointAuthMethod = "private_key_jwt", Secrets = [], Jwks = TestJwt.SetOf(Key) };

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => App.InitializeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => App.DisposeAsync();

    internal long Now => App.Time!.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Good claims, and these changes; each with a <c>jti</c> of its own.</summary>
    internal JsonObject Claims(string clientId, params (string Name, JsonNode? Value)[] changes) => TestJwt.Change(
        new JsonObject { ["iss"] = clientId, ["sub"] = clientId, ["aud"] = App.Issuer, ["jti"] = $"id {Interlocked.Increment(ref _ids)}", ["exp"] = Now + 60, ["iat"] = Now }, changes);

    /// <summary>A good assertion, but for these changes to its claims.</summary>
    internal string Assertion(Client client, params (string Name, JsonNode? Value)[] changes) => TestJwt.Sign(Key, Claims(client.ClientId, changes));

    /// <summary>Asks by client credentials, with these parameters beside the assertion.</summary>
    internal async Task<TokenAnswer> AskAsync(string assertion, params (string Name, string Value)[] more)
    {
        using var browser = App.CreateBrowser();
        return await AskAsync(browser, assertion, more);
    }

    internal static async Task<TokenAnswer> AskAsync(TestBrowser browser, string assertion, params (string Name, string Value)[] more) =>
        await browser.PostAsync("/token", [.. Fields(assertion), .. more.Select(field => KeyValuePair.Create(field.Name, field.Value))]).ReadAsync();

    internal static Dictionary<string, string> Fields(string assertion) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = "client_credentials",
        ["client_assertion_type"] = AssertionType,
        ["client_assertion"] = assertion,
    };
}
