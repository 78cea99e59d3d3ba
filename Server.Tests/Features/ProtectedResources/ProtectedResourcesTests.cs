using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ProtectedResources;

/// <summary>RFC 9728: documents of the resources that ask for it, where clients look for them, and no others.</summary>
public sealed class ProtectedResourcesTests(ProtectedResourcesTests.Published published) : IClassFixture<ProtectedResourcesTests.Published>
{
    private const string OpenId = "/.well-known/openid-configuration";
    private const string WellKnown = "https://issuer.test/.well-known/oauth-protected-resource";

    private static readonly ResourceDefinition s_own = new() { Identifier = "https://issuer.test/api/v1?tenant=a%2Fb", Name = "Our own API", Scopes = ["read:files"], PublishMetadata = true };
    private static readonly ResourceDefinition s_root = new() { Identifier = "https://issuer.test", Name = "The whole host", PublishMetadata = true };
    private static readonly ResourceDefinition s_elsewhere = new() { Identifier = "https://elsewhere.test/api", Name = "Elsewhere", Scopes = ["read:files"], PublishMetadata = true };
    private static readonly ResourceDefinition s_silent = new() { Identifier = "https://issuer.test/silent", Name = "Silent" };

    private readonly AuthCoreApp _app = published.App;

    // RFC 9728 §3.3: the resource is identical to the identifier that the place was made of
    [Theory]
    [InlineData(WellKnown + "/api/v1?tenant=a%2Fb", "https://issuer.test/api/v1?tenant=a%2Fb")]
    [InlineData(WellKnown, "https://issuer.test")]
    [InlineData("https://issuer.test/auth/resource-metadata?resource=https%3A%2F%2Felsewhere.test%2Fapi", "https://elsewhere.test/api")]
    [InlineData("https://issuer.test/auth/resource-metadata?resource=https://issuer.test/api/v1%3Ftenant=a%252Fb", "https://issuer.test/api/v1?tenant=a%2Fb")]
    public async Task A_document_is_at_its_place_and_names_the_resource_and_this_server(string url, string identifier)
    {
        using var http = _app.CreateClient();

        var answer = await http.GetAsync(url);
        var document = JsonElement.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(identifier, document.GetProperty("resource").GetString());
        Assert.Equal([_app.Issuer], document.GetProperty("authorization_servers").EnumerateArray().Select(server => server.GetString()));
        Assert.Equal("public, max-age=300", answer.Headers.CacheControl!.ToString());
        var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(message)).StatusCode);
        var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        Assert.Equal(answer.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(url, null)).StatusCode);
    }

    [Theory]
    [InlineData(WellKnown + "/silent")]                                                    // it did not ask
    [InlineData(WellKnown + "/api/v1")]                                                    // another identifier
    [InlineData(WellKnown + "/api/v1?tenant=a/b")]
    [InlineData(WellKnown + "/api/v1/?tenant=a%2Fb")]
    [InlineData(WellKnown + "/")]
    [InlineData(WellKnown + "/nothing")]
    [InlineData(WellKnown + "/api")]                                                       // of another host
    [InlineData("https://issuer.test/auth/resource-metadata?resource=https://issuer.test/silent")]
    [InlineData("https://issuer.test/auth/resource-metadata?resource=https://elsewhere.test/api/")]
    [InlineData("https://issuer.test/auth/resource-metadata?resource=HTTPS://elsewhere.test/api")]
    [InlineData("https://issuer.test/auth/resource-metadata?resource=https://unknown.test")]
    public async Task A_resource_that_is_not_published_and_one_that_is_not_there_get_the_same_answer(string url)
    {
        using var http = _app.CreateClient();

        var answer = await http.GetAsync(url);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(
            """{"error":"invalid_target","error_description":"No metadata is published for this resource."}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?resource=")]
    [InlineData("?resource=https://elsewhere.test/api&resource=https://issuer.test")]
    public async Task The_resource_is_named_once(string query)
    {
        using var browser = _app.CreateBrowser();

        var answer = await browser.GetAsync("/resource-metadata" + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
    }

    [Fact]
    public async Task The_documents_are_open_to_every_origin()
    {
        using var http = _app.CreateClient();
        foreach (var url in new[] { WellKnown, "https://issuer.test/auth/resource-metadata?resource=https://elsewhere.test/api" })
        {
            var message = new HttpRequestMessage(HttpMethod.Get, url);
            message.Headers.Add("Origin", "https://anywhere.test");
            Assert.Equal(["*"], (await http.SendAsync(message)).Headers.GetValues("Access-Control-Allow-Origin"));
        }
    }

    // RFC 9728 §4: either names the other, and each identifier named has its document
    [Fact]
    [Proves("protected_resources")]
    public async Task The_metadata_of_the_server_names_just_the_published_ones_and_each_has_its_document()
    {
        using var browser = _app.CreateBrowser();

        var named = JsonElement.Parse(await (await browser.GetAsync(OpenId)).Content.ReadAsStringAsync()).GetProperty("protected_resources").EnumerateArray().Select(r => r.GetString()!).ToArray();

        Assert.Empty(Proofs.MissingOf(JsonElement.Parse(await (await browser.GetAsync(OpenId)).Content.ReadAsStringAsync())));
        Assert.Equal(new[] { s_root, s_own, s_elsewhere }.Select(r => r.Identifier).Order(StringComparer.Ordinal), named);
        foreach (var identifier in named)
        {
            var document = JsonElement.Parse(await (await browser.GetAsync("/resource-metadata?resource=" + Uri.EscapeDataString(identifier))).Content.ReadAsStringAsync());
            Assert.Equal(identifier, document.GetProperty("resource").GetString());
        }
    }

    // Each scope advertised can be had for the resource, and none that is not.
    [Fact]
    public async Task The_scopes_of_a_document_are_those_that_a_token_for_the_resource_can_have()
    {
        var client = Seed.Machine with { ClientId = "truth", Scope = ["read:files", "email"], Resources = [s_elsewhere.Identifier] };
        await _app.SaveAsync(client);
        using var browser = _app.CreateBrowser();
        var document = JsonElement.Parse(await (await browser.GetAsync("/resource-metadata?resource=" + s_elsewhere.Identifier)).Content.ReadAsStringAsync());

        var token = JsonElement.Parse(await (await browser.TokenAsync(client, Request(null))).Content.ReadAsStringAsync());

        Assert.Equal(document.GetProperty("scopes_supported").EnumerateArray().Select(scope => scope.GetString()), token.GetProperty("scope").GetString()!.Split(' '));
        Assert.Equal("invalid_scope", await TestBrowser.ErrorOf(await browser.TokenAsync(client, Request("email"))));

        static KeyValuePair<string, string>[] Request(string? scope) =>
            [new("grant_type", "client_credentials"), new("resource", s_elsewhere.Identifier), .. scope is null ? [] : new[] { KeyValuePair.Create("scope", scope) }];
    }

    [Fact]
    public async Task A_resource_that_asks_no_more_is_gone_from_both()
    {
        var brief = s_elsewhere with { Identifier = "https://brief.test" };
        await _app.SaveAsync(brief);
        using var browser = _app.CreateBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/resource-metadata?resource=https://brief.test")).StatusCode);

        await _app.SaveAsync(brief with { PublishMetadata = false });

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/resource-metadata?resource=https://brief.test")).StatusCode);
        Assert.DoesNotContain("brief.test", await (await browser.GetAsync(OpenId)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_may_ask_for_it() => Assert.Contains("publish_metadata", _app.Get<ServerCapabilities>().ResourceSettings);

    /// <summary>A server under a path, with resources here and elsewhere.</summary>
    public sealed class Published : IAsyncLifetime
    {
        internal AuthCoreApp App { get; } = new() { Issuer = "https://issuer.test/auth" };

        public async ValueTask InitializeAsync()
        {
            await App.InitializeAsync();
            foreach (var resource in new[] { s_own, s_root, s_elsewhere, s_silent })
            {
                await App.Get<ScopeStore>().SaveResourceAsync(resource, CancellationToken.None);
            }

            await App.Get<Catalog>().StartAsync(CancellationToken.None);
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
