using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 8414 §3, OIDC Discovery §4, RFC 7517 §5: the documents as they are delivered.</summary>
public sealed class DiscoveryTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    public const string OpenId = "/.well-known/openid-configuration";
    public const string OAuth = "/.well-known/oauth-authorization-server";

    [Fact]
    public async Task The_document_delivered_is_the_golden_one() =>
        Assert.Equal(DiscoveryGolden.Expected(), DiscoveryGolden.Ordered(await (await GetAsync(OpenId)).Content.ReadAsStringAsync()));

    [Fact]
    public async Task Both_names_give_the_same_bytes() => Assert.Equal(
        await (await GetAsync(OpenId)).Content.ReadAsByteArrayAsync(), await (await GetAsync(OAuth)).Content.ReadAsByteArrayAsync());

    [Theory]
    [InlineData(OpenId)]
    [InlineData(OAuth)]
    [InlineData("/jwks")]
    public async Task Each_document_is_JSON_that_caches_may_keep_and_ask_about(string path)
    {
        var first = await GetAsync(path);
        var tag = first.Headers.ETag!;

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("application/json", first.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=300", first.Headers.CacheControl!.ToString());
        Assert.False(tag.IsWeak);
        Assert.Equal(tag, (await GetAsync(path)).Headers.ETag);

        var unchanged = await GetAsync(path, ("If-None-Match", tag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        Assert.Equal(tag, unchanged.Headers.ETag);
        Assert.Equal("public, max-age=300", unchanged.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(path, ("If-None-Match", $"\"other\", {tag}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(path, ("If-None-Match", "\"other\""))).StatusCode);
        Assert.True((int)(await GetAsync(path, ("If-None-Match", "no tag at all"))).StatusCode < 500);
    }

    [Theory]
    [InlineData(OpenId)]
    [InlineData(OAuth)]
    [InlineData("/jwks")]
    public async Task HEAD_is_GET_without_the_body(string path)
    {
        using var http = app.CreateClient();
        var get = await GetAsync(path);

        var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, app.Issuer + path));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(OpenId)]
    [InlineData(OAuth)]
    [InlineData("/jwks")]
    public async Task A_document_takes_no_other_method(string path)
    {
        using var http = app.CreateClient();
        foreach (var method in new[] { "POST", "PUT", "DELETE", "PATCH", "TRACE" })
        {
            var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), app.Issuer + path));

            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        }
    }

    // RFC 7517 §9.3: a private member published is every token forged
    [Fact]
    public async Task The_JWK_Set_has_public_members_only()
    {
        string[] rsa = ["alg", "e", "kid", "kty", "n", "use"];
        string[] ec = ["alg", "crv", "kid", "kty", "use", "x", "y"];

        var keys = await KeysAsync();

        Assert.Equal(["ES256", "RS256"], keys.Select(key => key.GetProperty("alg").GetString()).Order());
        Assert.All(keys, key =>
        {
            Assert.Equal(key.GetProperty("kty").GetString() == "RSA" ? rsa : ec, key.EnumerateObject().Select(member => member.Name).Order());
            Assert.Equal("sig", key.GetProperty("use").GetString());
        });
    }

    // RFC 7638 §3
    [Fact]
    public async Task Each_key_is_named_by_its_thumbprint() => Assert.All(await KeysAsync(), key =>
    {
        string Member(string name) => $"\"{name}\":{key.GetProperty(name).GetRawText()}";
        string[] names = key.GetProperty("kty").GetString() == "RSA" ? ["e", "kty", "n"] : ["crv", "kty", "x", "y"];
        var thumbprint = SHA256.HashData(Encoding.UTF8.GetBytes("{" + string.Join(',', names.Select(Member)) + "}"));
        Assert.Equal(Base64Url.EncodeToString(thumbprint), key.GetProperty("kid").GetString());
    });

    [Fact]
    public async Task A_second_server_publishes_the_same_keys()
    {
        await using var node = app.StartSecondNode();
        using var http = app.CreateClient(node);

        Assert.Equal(await (await GetAsync("/jwks")).Content.ReadAsStringAsync(), await http.GetStringAsync(app.Issuer + "/jwks"));
    }

    private async Task<JsonElement[]> KeysAsync() =>
        [.. JsonElement.Parse(await (await GetAsync("/jwks")).Content.ReadAsStringAsync()).GetProperty("keys").EnumerateArray()];

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var http = app.CreateClient();
        var message = new HttpRequestMessage(HttpMethod.Get, app.Issuer + path);
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(message);
    }
}
