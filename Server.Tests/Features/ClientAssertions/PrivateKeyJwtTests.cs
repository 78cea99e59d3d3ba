using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>RFC 7523 §2.2, §3, RFC 10070: a client proves who it is by an assertion that it signed, and by nothing that is almost one.</summary>
public sealed class PrivateKeyJwtTests(AssertionServer server) : IClassFixture<AssertionServer>
{
    private const string IssuerOfOthers = "https://other.test";
    private static readonly Client s_client = AssertionServer.Service("signer");

    private static readonly Dictionary<string, Func<AssertionServer, string>> s_refused = new(StringComparer.Ordinal)
    {
        ["no iss"] = s => s.Assertion(s_client, ("iss", null)),
        ["no sub"] = s => s.Assertion(s_client, ("sub", null)),
        ["no aud"] = s => s.Assertion(s_client, ("aud", null)),
        ["no jti"] = s => s.Assertion(s_client, ("jti", null)),
        ["no exp"] = s => s.Assertion(s_client, ("exp", null)),
        ["an empty jti"] = s => s.Assertion(s_client, ("jti", "")),
        ["a jti that is a number"] = s => s.Assertion(s_client, ("jti", 7)),
        ["another iss"] = s => s.Assertion(s_client, ("iss", "machine")),
        ["another sub"] = s => s.Assertion(s_client, ("sub", "machine")),
        ["iss and sub of another client with a key"] = s => s.Assertion(s_client, ("iss", "other-signer"), ("sub", "other-signer")),
        ["a sub with NUL"] = s => s.Assertion(s_client, ("sub", "signer\0")),
        ["a sub in other letters"] = s => s.Assertion(s_client, ("sub", "SIGNER"), ("iss", "SIGNER")),
        ["the token endpoint as audience"] = s => s.Assertion(s_client, ("aud", s.App.Issuer + "/token")),
        ["a list of one audience"] = s => s.Assertion(s_client, ("aud", new JsonArray(s.App.Issuer))),
        ["two audiences"] = s => s.Assertion(s_client, ("aud", new JsonArray(s.App.Issuer, IssuerOfOthers))),
        ["another server's audience"] = s => s.Assertion(s_client, ("aud", IssuerOfOthers)),
        ["an audience with a slash more"] = s => s.Assertion(s_client, ("aud", s.App.Issuer + "/")),
        ["the audience in capitals"] = s => s.Assertion(s_client, ("aud", s.App.Issuer.ToUpperInvariant())),
        ["expired"] = s => s.Assertion(s_client, ("exp", s.Now - 60)),
        ["an end eleven minutes ahead"] = s => s.Assertion(s_client, ("exp", s.Now + 601)),
        ["an end that is text"] = s => s.Assertion(s_client, ("exp", "4102444800")),
        ["an end beyond time"] = s => s.Assertion(s_client, ("exp", 1e300)),
        ["issued in the future"] = s => s.Assertion(s_client, ("iat", s.Now + 11)),
        ["not valid yet"] = s => s.Assertion(s_client, ("nbf", s.Now + 11)),
        ["the type of an access token"] = s => Signed(s, ("typ", "at+jwt")),
        ["the type of a proof"] = s => Signed(s, ("typ", "dpop+jwt")),
        ["the type of a request object"] = s => Signed(s, ("typ", "oauth-authz-req+jwt")),
        ["a type that is no text"] = s => Signed(s, ("typ", 7)),
        ["a key that the header brings"] = s => TestJwt.Sign(AssertionServer.OtherKey, s.Claims("signer"), ("jwk", TestJwt.JsonOf(AssertionServer.OtherKey.PublicJwk))),
        ["keys that the header points to"] = s => Signed(s, ("jku", "https://app.example/jwks")),
        ["a certificate that the header points to"] = s => Signed(s, ("x5u", "https://app.example/x5u")),
        ["a header that must be understood"] = s => Signed(s, ("crit", new JsonArray("exp"))),
        ["a payload that is not encoded"] = s => Signed(s, ("b64", false)),
        ["a compressed payload"] = s => Signed(s, ("zip", "DEF")),
        ["none"] = s => Encode("""{"alg":"none"}""") + "." + Encode(s.Claims("signer").ToJsonString()) + ".",
        ["the public key as a shared secret"] = s => Hmac(s.Claims("signer")),
        ["another algorithm's name"] = s => Signed(s, ("alg", "ES384")),
        ["a name of no algorithm"] = s => Signed(s, ("alg", "es256")),
        ["no algorithm"] = s => Signed(s, ("alg", null)),
        ["a stranger's key"] = s => TestJwt.Sign(AssertionServer.OtherKey, s.Claims("signer")),
        ["a stranger's key under the right name"] = s => TestJwt.Sign(AssertionServer.OtherKey, s.Claims("signer"), ("kid", AssertionServer.Key.Kid)),
        ["the key of another client"] = s => TestJwt.Sign(AssertionServer.RsaKey, s.Claims("signer")),
        ["a signature of zeros"] = s => Resigned(s, new byte[64]),
        ["a signature too short"] = s => Resigned(s, new byte[63]),
        ["no signature"] = s => Resigned(s, []),
        ["five parts"] = s => s.Assertion(s_client) + ".AA.AA",
        ["two parts"] = s => s.Assertion(s_client)[..s.Assertion(s_client).LastIndexOf('.')],
        ["padding"] = s => s.Assertion(s_client) + "==",
        ["a member twice"] = s => TestJwt.Sign(AssertionServer.Key, "{\"alg\":\"ES256\"}", s.Claims("signer").ToJsonString()[..^1] + ",\"sub\":\"signer\"}"),
        ["prose"] = s => TestJwt.Sign(AssertionServer.Key, "{\"alg\":\"ES256\"}", "prose"),
        ["too long"] = s => s.Assertion(s_client, ("note", new string('x', 8000))),
        ["garbage"] = _ => "garbage",
    };

    /// <summary>Each way for an assertion to be wrong.</summary>
    public static TheoryData<string> Refused => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_assertion_with_one_thing_wrong_is_refused_and_uses_nothing_up(string what)
    {
        await SaveAsync(s_client, AssertionServer.Service("other-signer") with { Jwks = TestJwt.SetOf(AssertionServer.RsaKey) });
        var before = await SpentAsync();

        var withId = await server.AskAsync(s_refused[what](server), ("client_id", "signer"));
        var without = await server.AskAsync(s_refused[what](server));

        Assert.Equal(TokenAnswer.InvalidClient, withId.Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, without.Verdict);
        Assert.Empty(withId.Http.Headers.WwwAuthenticate);
        Assert.Equal(before, await SpentAsync());
        Assert.Equal(0, server.Source.Calls);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [Proves("token_endpoint_auth_methods_supported", "private_key_jwt")]
    [Proves("token_endpoint_auth_signing_alg_values_supported", "ES256", "ES384", "RS256", "PS256")]
    [Proves("introspection_endpoint_auth_methods_supported", "private_key_jwt")]
    [Proves("revocation_endpoint_auth_methods_supported", "private_key_jwt")]
    [Proves("introspection_endpoint_auth_signing_alg_values_supported", "ES256", "ES384", "RS256", "PS256")]
    [Proves("revocation_endpoint_auth_signing_alg_values_supported", "ES256", "ES384", "RS256", "PS256")]
    public async Task Each_algorithm_advertised_authenticates(string alg)
    {
        Assert.True(SigningAlgorithm.TryFind(alg, out var algorithm));
        using var key = SigningKey.Create(algorithm);
        var client = AssertionServer.Service("signs-" + alg) with { Jwks = TestJwt.SetOf(key) };
        await SaveAsync(client);

        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(key, server.Claims(client.ClientId)))).Verdict);
        using var http = server.App.CreateClient();
        var metadata = JsonNode.Parse(await http.GetStringAsync(server.App.Issuer + DiscoveryTests.OpenId))!;
        Assert.Contains(alg, metadata["token_endpoint_auth_signing_alg_values_supported"]!.AsArray().Select(value => value!.GetValue<string>()));
        Assert.Contains("private_key_jwt", metadata["token_endpoint_auth_methods_supported"]!.AsArray().Select(value => value!.GetValue<string>()));

        // RFC 8414 §2: wherever else an endpoint says so
        const string Algorithms = "_auth_signing_alg_values_supported";
        foreach (var (name, list) in metadata.AsObject().Where(member => member.Key.EndsWith(Algorithms, StringComparison.Ordinal) && !member.Key.StartsWith("token", StringComparison.Ordinal)))
        {
            Assert.Contains(alg, list!.AsArray().Select(value => value!.GetValue<string>()));
            var endpoint = metadata[name[..^Algorithms.Length]]!.GetValue<string>();
            async Task<HttpStatusCode> AskAsync(string assertion)
            {
                using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["token"] = "unknown",
                    ["client_assertion_type"] = AssertionServer.AssertionType,
                    ["client_assertion"] = assertion,
                });
                return (await http.PostAsync(endpoint, form)).StatusCode;
            }

            Assert.Equal(HttpStatusCode.OK, await AskAsync(TestJwt.Sign(key, server.Claims(client.ClientId))));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims(client.ClientId))));
        }
    }

    [Fact]
    public async Task What_is_within_the_limits_is_accepted()
    {
        await SaveAsync(s_client);
        foreach (var good in new[]
                 {
                     server.Assertion(s_client, ("exp", server.Now + 600)), server.Assertion(s_client, ("exp", server.Now - 59)), server.Assertion(s_client, ("exp", server.Now + 30.5)),
                     server.Assertion(s_client, ("iat", server.Now + 10), ("nbf", server.Now + 10)), server.Assertion(s_client, ("iat", null)),
                     Signed(server, ("typ", "JWT")), Signed(server, ("typ", "client-authentication+jwt")), Signed(server, ("kid", null)), Signed(server, ("x5t", "ignored")),
                 })
        {
            Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(good)).Verdict);
        }
    }

    // RFC 7521 §4.2
    [Fact]
    public async Task The_id_may_be_left_out_and_must_be_the_same_where_it_is_sent()
    {
        await SaveAsync(s_client, AssertionServer.Service("same-key"));

        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(server.Assertion(s_client), ("client_id", "signer"))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(s_client), ("client_id", "same-key"))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(s_client), ("client_id", "machine"))).Verdict);
    }

    // Keycloak CVE-2026-16093: a request that looks like one method must not be let in by another.
    [Fact]
    public async Task Only_the_registered_method_counts_and_only_by_itself()
    {
        await SaveAsync(s_client);
        using var browser = server.App.CreateBrowser();
        var good = new Func<string>(() => server.Assertion(s_client));
        async Task<(System.Net.HttpStatusCode, string?)> PostAsync(string? authorization, params (string Name, string Value)[] fields)
        {
            using var http = server.App.CreateClient();
            var message = new HttpRequestMessage(HttpMethod.Post, server.App.Issuer + "/token")
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials"), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]),
            };
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
            return (await http.SendAsync(message).ReadAsync()).Verdict;
        }

        (string, string)[] assertion = [("client_assertion_type", AssertionServer.AssertionType), ("client_assertion", good())];
        Assert.Equal(TokenAnswer.InvalidRequest, await PostAsync(TestBrowser.Basic("signer", AuthCoreApp.Secret), assertion));
        Assert.Equal(TokenAnswer.InvalidRequest, await PostAsync(TestBrowser.Basic("machine", AuthCoreApp.Secret), assertion));
        Assert.Equal(TokenAnswer.InvalidRequest, await PostAsync(null, [.. assertion, ("client_id", "signer"), ("client_secret", AuthCoreApp.Secret)]));
        Assert.Equal(TokenAnswer.InvalidRequest, await PostAsync(null, [.. assertion, ("client_assertion", good())]));
        Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(TestBrowser.Basic("signer", AuthCoreApp.Secret)));
        Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(null, ("client_id", "signer"), ("client_secret", AuthCoreApp.Secret)));
        Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(null, ("client_id", "signer")));
        Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(null, ("client_assertion", good())));
        Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(null, ("client_assertion_type", AssertionServer.AssertionType), ("client_id", "signer")));
        foreach (var type in new[] { "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", AssertionServer.AssertionType.ToUpperInvariant(), AssertionServer.AssertionType + " " })
        {
            Assert.Equal(TokenAnswer.InvalidClient, await PostAsync(null, ("client_assertion_type", type), ("client_assertion", good())));
        }

        Assert.Equal(TokenAnswer.Ok, await PostAsync(null, assertion));   // none of them used it up
    }

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    [InlineData("none")]
    public async Task A_client_of_another_method_cannot_assert_though_its_key_is_registered(string method)
    {
        var client = AssertionServer.Service("by-" + method) with { TokenEndpointAuthMethod = method };
        await SaveAsync(client);

        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(client))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(client), ("client_id", client.ClientId))).Verdict);
    }

    [Fact]
    public async Task A_disabled_client_is_refused_and_its_assertion_not_looked_at()
    {
        var client = AssertionServer.Service("off") with { DisabledAt = server.App.Time!.GetUtcNow() };
        await SaveAsync(client);
        var before = await SpentAsync();

        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(server.Assertion(client))).Verdict);
        Assert.Equal(before, await SpentAsync());
    }

    [Fact]
    public async Task An_algorithm_that_the_client_did_not_register_is_refused()
    {
        using var pss = SigningKey.FromPkcs8(SigningAlgorithm.PS256, AssertionServer.RsaKey.ExportPkcs8());
        var keys = new JsonObject { ["keys"] = new JsonArray(TestJwt.Change(TestJwt.JsonOf(AssertionServer.RsaKey.PublicJwk), ("alg", null))) }.ToJsonString();
        var client = AssertionServer.Service("pss-only") with { Jwks = keys, TokenEndpointAuthSigningAlg = "PS256" };
        await SaveAsync(client);

        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(pss, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.RsaKey, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.RsaKey, server.Claims(client.ClientId), ("alg", "PS256")))).Verdict);
    }

    [Fact]
    public async Task A_client_that_names_its_algorithms_authenticates_with_no_other()
    {
        var client = AssertionServer.Service("named-algs") with { Jwks = TestJwt.SetOf(AssertionServer.Key, AssertionServer.RsaKey), AllowedSigningAlgs = ["PS256", "ES256"] };
        await SaveAsync(client);

        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.RsaKey, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(server.Assertion(client))).Verdict);
    }

    [Fact]
    public async Task A_client_of_old_may_name_the_token_endpoint_and_nobody_else()
    {
        var client = AssertionServer.Service("old") with { ClientAssertionLegacyAudience = true };
        await SaveAsync(client);
        async Task<(System.Net.HttpStatusCode, string?)> ForAsync(JsonNode audience) => (await server.AskAsync(server.Assertion(client, ("aud", audience)))).Verdict;
        var (issuer, endpoint) = (server.App.Issuer, server.App.Issuer + "/token");

        Assert.Equal(TokenAnswer.Ok, await ForAsync(issuer));
        Assert.Equal(TokenAnswer.Ok, await ForAsync(endpoint));
        Assert.Equal(TokenAnswer.Ok, await ForAsync(new JsonArray(endpoint)));
        Assert.Equal(TokenAnswer.Ok, await ForAsync(new JsonArray(issuer, endpoint)));
        foreach (var wrong in new JsonNode[] { issuer + "/", endpoint + "/", issuer + "/revoke", IssuerOfOthers, new JsonArray(), new JsonArray(endpoint, IssuerOfOthers), new JsonArray(IssuerOfOthers) })
        {
            Assert.Equal(TokenAnswer.InvalidClient, await ForAsync(wrong));
        }
    }

    [Fact]
    public async Task While_a_client_changes_keys_both_work_and_a_withdrawn_one_does_not()
    {
        var client = AssertionServer.Service("changing") with { Jwks = TestJwt.SetOf(AssertionServer.Key, AssertionServer.OtherKey) };
        await SaveAsync(client);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.Key, server.Claims("changing")))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims("changing")))).Verdict);

        await SaveAsync(client with { Jwks = TestJwt.SetOf(AssertionServer.OtherKey) });
        Assert.Equal(TokenAnswer.InvalidClient, (await server.AskAsync(TestJwt.Sign(AssertionServer.Key, server.Claims("changing")))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims("changing")))).Verdict);
    }

    [Fact]
    public async Task A_person_can_sign_in_at_an_application_with_a_key_and_it_can_refresh()
    {
        var client = AssertionServer.Service("shop") with
        {
            GrantTypes = ["authorization_code", "refresh_token"],
            ResponseTypes = ["code"],
            RedirectUris = ["https://app.example/cb"],
            RequireConsent = false,
            Scope = Seed.Web.Scope,
        };
        await SaveAsync(client);
        using var browser = server.App.CreateBrowser();
        async Task<TokenAnswer> PostAsync(Dictionary<string, string> fields) => await browser.PostAsync(
            "/token", [.. fields, KeyValuePair.Create("client_assertion_type", AssertionServer.AssertionType), KeyValuePair.Create("client_assertion", server.Assertion(client))]).ReadAsync();

        var tokens = await PostAsync(TestBrowser.Redeem(client, await browser.GetCodeAsync(client)));

        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        Assert.Equal(TokenAnswer.Ok, (await PostAsync(TestBrowser.Refresh(tokens.RefreshToken))).Verdict);
    }

    [Fact]
    public async Task An_assertion_is_in_no_log_and_its_name_is_kept_as_a_hash()
    {
        await SaveAsync(s_client);
        var good = server.Assertion(s_client, ("jti", "a-name-to-look-for"));
        var bad = server.Assertion(s_client, ("aud", IssuerOfOthers));

        await server.AskAsync(good);
        await server.AskAsync(good);
        await server.AskAsync(bad);

        var log = string.Join('\n', server.App.Logs.Lines);
        Assert.Contains("assertion: used before", log, StringComparison.Ordinal);
        Assert.Contains("assertion: aud is not the issuer alone", log, StringComparison.Ordinal);
        foreach (var secret in new[] { good, bad, good.Split('.')[2], "a-name-to-look-for" })
        {
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        }

        await using var connection = new NpgsqlConnection(server.App.ConnectionString);
        Assert.DoesNotContain("a-name-to-look-for", string.Join('\n', await connection.QueryAsync<string>("select t::text from spent_client_assertions t")), StringComparison.Ordinal);
    }

    private static string Signed(AssertionServer server, params (string Name, JsonNode? Value)[] header) => TestJwt.Sign(AssertionServer.Key, server.Claims("signer"), header);

    private static string Resigned(AssertionServer server, byte[] signature)
    {
        var compact = server.Assertion(s_client);
        return compact[..(compact.LastIndexOf('.') + 1)] + CanonicalBase64Url.Encode(signature);
    }

    private static string Hmac(JsonObject claims)
    {
        var input = Encode("""{"alg":"HS256"}""") + "." + Encode(claims.ToJsonString());
        var secret = Encoding.UTF8.GetBytes(TestJwt.JsonOf(AssertionServer.Key.PublicJwk).ToJsonString());
        return input + "." + CanonicalBase64Url.Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input)));
    }

    private static string Encode(string text) => CanonicalBase64Url.Encode(Encoding.UTF8.GetBytes(text));

    private async Task<long> SpentAsync()
    {
        await using var connection = new NpgsqlConnection(server.App.ConnectionString);
        return await connection.QuerySingleAsync<long>("select count(*) from spent_client_assertions");
    }

    private async Task SaveAsync(params Client[] clients)
    {
        foreach (var client in clients)
        {
            await server.App.SaveAsync(client);
        }
    }
}
