using System.Net;
using System.Text;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Par;

/// <summary>RFC 9126 §2: the endpoint at which clients push.</summary>
public sealed class PushTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    public static TheoryData<string, string?, string> Faults => new()
    {
        { "client_id", null, "invalid_request" },
        { "client_id", "post", "invalid_request" },
        { "redirect_uri", null, "invalid_request" },
        { "redirect_uri", "https://app.example/cb/", "invalid_request" },
        { "redirect_uri", "https://app.example/cb?x=1", "invalid_request" },
        { "redirect_uri", "https://evil.example/cb", "invalid_request" },
        { "redirect_uri", "http://app.example/cb", "invalid_request" },
        { "request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request" },
        { "request_uri", "https://app.example/request.jwt", "invalid_request" },
        { "response_type", null, "invalid_request" },
        { "response_type", "token", "unsupported_response_type" },
        { "response_type", "code id_token", "unsupported_response_type" },
        { "response_mode", "fragment", "invalid_request" },
        { "response_mode", "web_message", "invalid_request" },
        { "scope", "openid nonsense", "invalid_scope" },
        { "scope", "openid \"quoted\"", "invalid_scope" },
        { "code_challenge", null, "invalid_request" },
        { "code_challenge", "too-short", "invalid_request" },
        { "code_challenge_method", null, "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" },
        { "prompt", "none login", "invalid_request" },
        { "prompt", "always", "invalid_request" },
        { "max_age", "-1", "invalid_request" },
        { "max_age", "ten", "invalid_request" },
        { "claims", "{", "invalid_request" },
        { "id_token_hint", "a.b.c", "invalid_request" },
        { "registration", "{}", "registration_not_supported" },
        { "resource", "https://unknown.test", "invalid_target" },
        { "resource", "relative", "invalid_target" },
        { "state", "5000", "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_request_that_could_not_be_answered_is_refused_as_json_and_kept_nowhere(string name, string? value, string error)
    {
        using var server = app.CreateBrowser();
        var before = await CountAsync();

        var answer = await server.PostParAsync(Seed.Web, TestBrowser.Request(Seed.Web).With(name, name == "state" ? new string('s', 5000) : value));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, await TestBrowser.ErrorOf(answer));
        Assert.Null(answer.Headers.Location);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("redirect_uri")]
    [InlineData("response_type")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("code_challenge")]
    [InlineData("request")]
    [InlineData("request_uri")]
    public async Task A_parameter_twice_is_invalid_request_be_it_equal_or_empty(string name)
    {
        using var server = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Post);
        request.TryAdd(name, name == "client_secret" ? AuthCoreApp.Secret : "");

        foreach (var second in new[] { request[name], "" })
        {
            var answer = await server.PostParAsync(Seed.Post, [.. request, KeyValuePair.Create(name, second)], AuthCoreApp.Secret);

            Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
        }
    }

    [Fact]
    public async Task An_answer_is_201_with_a_urn_that_holds_256_random_bits_and_its_seconds_and_nobody_keeps_it()
    {
        using var server = app.CreateBrowser();

        var answer = await server.PostParAsync(Seed.Web, TestBrowser.Request(Seed.Web));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(["expires_in", "request_uri"], body.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(60, body.GetProperty("expires_in").GetInt32());
        Assert.Matches("^urn:ietf:params:oauth:request_uri:ac_par_[A-Za-z0-9_-]{64}$", body.GetProperty("request_uri").GetString()!);
        Assert.NotEqual(body.GetProperty("request_uri").GetString(), (await server.PushAsync(Seed.Web))["request_uri"]);
    }

    [Fact]
    public async Task Each_client_authenticates_as_it_is_registered_and_a_public_one_by_its_id()
    {
        foreach (var client in new[] { Seed.Web, Seed.Post, Seed.Spa, Seed.Native })
        {
            using var server = app.CreateBrowser();

            Assert.StartsWith(Pushing.Urn, (await server.PushAsync(client))["request_uri"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_does_not_prove_to_be_the_client_is_401_invalid_client_whatever_the_request()
    {
        using var server = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web);
        var disabled = Seed.Web with { ClientId = "par-disabled", DisabledAt = app.Time!.GetUtcNow() };
        await app.SaveAsync(disabled);

        var refused = new[]
        {
            await server.PostParAsync(Seed.Web, request, "another secret, that is as long as it should be"),
            await server.PostParAsync(Seed.Web with { TokenEndpointAuthMethod = "client_secret_post" }, request),
            await server.PostParAsync(Seed.Web with { TokenEndpointAuthMethod = "none" }, request),
            await server.PostParAsync(Seed.Post with { TokenEndpointAuthMethod = "client_secret_basic" }, TestBrowser.Request(Seed.Post)),
            await server.PostParAsync(Seed.Spa with { TokenEndpointAuthMethod = "client_secret_post" }, TestBrowser.Request(Seed.Spa)),
            await server.PostParAsync(Seed.Web with { ClientId = "nobody" }, request.With("client_id", "nobody")),
            await server.PostParAsync(disabled, TestBrowser.Request(disabled)),
            await server.PostParAsync(Seed.Web with { TokenEndpointAuthMethod = "none" }, request.With("client_id", null)),
            await server.PostParAsync(Seed.Web, request.With("redirect_uri", "https://evil.example/"), "another secret, that is as long as it should be"),
        };

        foreach (var answer in refused)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("invalid_client", await TestBrowser.ErrorOf(answer));
        }

        Assert.Equal("Basic", refused[0].Headers.WwwAuthenticate.Single().Scheme);
        Assert.Empty(refused[2].Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_secret_in_header_and_body_is_invalid_request()
    {
        using var server = app.CreateBrowser();

        var answer = await server.PostParAsync(Seed.Web, TestBrowser.Request(Seed.Web).With("client_secret", AuthCoreApp.Secret));

        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
    }

    [Fact]
    public async Task A_client_that_is_not_for_codes_is_unauthorized()
    {
        var client = Seed.Machine with { ClientId = "par-machine", RedirectUris = ["https://app.example/cb"] };
        await app.SaveAsync(client);
        using var server = app.CreateBrowser();

        var answer = await server.PostParAsync(client, TestBrowser.Request(client, "read:files"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("unauthorized_client", await TestBrowser.ErrorOf(answer));
    }

    [Fact]
    public async Task It_takes_posted_forms_of_bounded_length_alone()
    {
        using var server = app.CreateBrowser();

        var get = await server.GetAsync("/par?" + TestBrowser.Encode(TestBrowser.Request(Seed.Spa)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        var json = await server.Http.PostAsync(app.Issuer + "/par", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(json));
        var large = await server.PostParAsync(Seed.Spa, TestBrowser.Request(Seed.Spa).With("claims", new string('c', 70_000)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(large));
        var query = await server.PostParAsync(Seed.Spa, [KeyValuePair.Create("client_id", Seed.Spa.ClientId)]);
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(query));
    }

    [Fact]
    public async Task Pages_of_registered_clients_may_push_and_no_others()
    {
        using var server = app.CreateBrowser();

        var own = await server.PostParAsync(Seed.Spa, TestBrowser.Request(Seed.Spa), AuthCoreApp.Secret, ("Origin", "https://spa.example"));
        var foreign = await server.PostParAsync(Seed.Spa, TestBrowser.Request(Seed.Spa), AuthCoreApp.Secret, ("Origin", "https://spa.example.evil.test"));

        Assert.Equal("https://spa.example", own.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(own.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    [Proves("pushed_authorization_request_endpoint")]
    [Proves("require_pushed_authorization_requests", "false")]
    public async Task The_endpoint_advertised_is_the_one_that_takes_requests()
    {
        using var http = app.CreateClient();
        var metadata = JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
        using var server = app.CreateBrowser();

        var answer = await server.PostAsync(metadata.GetProperty("pushed_authorization_request_endpoint").GetString()!, TestBrowser.Request(Seed.Spa));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.False(metadata.GetProperty("require_pushed_authorization_requests").GetBoolean());
        Assert.Equal("/login", Walk.PathOf(await server.OpenAsync(TestBrowser.Request(Seed.Spa))));   // so one that was not pushed is taken, too
    }

    // RFC 9126 §2.4
    [Fact]
    public async Task A_redirect_uri_that_nobody_registered_is_for_confidential_clients_that_may_and_only_pushed()
    {
        var client = Seed.FirstParty with { ClientId = "par-any-redirect", AllowUnregisteredRedirectUris = true };
        var open = Seed.Spa with { ClientId = "par-any-redirect-public", AllowUnregisteredRedirectUris = true };
        await app.SaveAsync(client);
        await app.SaveAsync(open);
        const string New = "https://tenant-7.app.example/cb?tenant=7";
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(await browser.PostParAsync(Seed.Web, TestBrowser.Request(Seed.Web).With("redirect_uri", New))));
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(await browser.PostParAsync(open, TestBrowser.Request(open).With("redirect_uri", New))));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(client).With("redirect_uri", New)), "invalid_request");

        var answer = await browser.AuthorizeAsync(await browser.PushAsync(client, TestBrowser.Request(client).With("redirect_uri", New)));
        Assert.StartsWith(New + "&code=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var redeem = TestBrowser.Redeem(client, Walk.CodeOf(answer)!);
        Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await browser.TokenAsync(client, redeem)));
        Assert.Equal(HttpStatusCode.OK, (await browser.TokenAsync(client, redeem.With("redirect_uri", New))).StatusCode);

        var kept = await browser.PushAsync(client, TestBrowser.Request(client).With("redirect_uri", New));
        await app.SaveAsync(client with { AllowUnregisteredRedirectUris = false });
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(kept), "invalid_request");
    }

    [Theory]
    [InlineData("http://tenant.example/cb")]
    [InlineData("https://tenant.example/cb#fragment")]
    [InlineData("https://tenant.example/../cb")]
    [InlineData("https://tenant.example/%2e%2e/cb")]
    [InlineData("https://*.example/cb")]
    [InlineData("https://user@tenant.example/cb")]
    [InlineData("https://tenant.example/cb?code=1")]
    [InlineData("https://tenant.example\\@evil.example/cb")]
    [InlineData("//tenant.example/cb")]
    [InlineData("/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("com.example.app:/cb")]
    [InlineData("https://tenant.example/\r\ncb")]
    public void What_could_not_be_registered_cannot_be_pushed_either(string uri)
    {
        var client = Seed.Web with { AllowUnregisteredRedirectUris = true };

        Assert.False(RedirectUri.MayAnswerAt(uri, client, isPushed: true));
    }

    [Theory]
    [InlineData(false, "client_secret_basic", true)]
    [InlineData(true, "none", true)]
    [InlineData(true, "client_secret_basic", false)]
    public void A_new_redirect_uri_needs_the_switch_a_confidential_client_and_a_push(bool allowed, string method, bool isPushed)
    {
        var client = Seed.Web with { AllowUnregisteredRedirectUris = allowed, TokenEndpointAuthMethod = method };

        Assert.False(RedirectUri.MayAnswerAt("https://tenant.example/cb", client, isPushed));
        Assert.True(RedirectUri.MayAnswerAt("https://tenant.example/cb", Seed.Web with { AllowUnregisteredRedirectUris = true }, isPushed: true));
    }

    [Fact]
    public async Task What_was_pushed_and_never_used_is_cleaned_away()
    {
        using var server = app.CreateBrowser();
        await server.PushAsync(Seed.Web);

        app.Time!.Advance(TimeSpan.FromMinutes(62));
        await app.Get<AuthCore.Flows.Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await CountAsync());
    }

    // Those that no browser has come for: other tests of this server brought some to browsers, and these live longer.
    private Task<long> CountAsync() =>
        app.Get<Database>().FindAsync<long>("select count(*) from interactions where pushed_until is not null and browser_hash is null", null, TestContext.Current.CancellationToken);
}
