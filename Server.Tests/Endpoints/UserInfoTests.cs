using System.Net;
using System.Text.Json;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class UserInfoTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task Get_and_both_ways_of_post_tell_the_same()
    {
        using var browser = app.CreateBrowser();
        var token = await TokenAsync("openid email");

        var answers = new[]
        {
            await browser.UserInfoAsync(token),
            await browser.SendAsync(HttpMethod.Post, app.Issuer + "/userinfo", null, ("Authorization", "Bearer " + token)),
            await browser.SendAsync(HttpMethod.Post, app.Issuer + "/userinfo", [new("unknown", "x")], ("Authorization", "Bearer " + token)),
            await browser.PostAsync("/userinfo", [new("access_token", token)]),
        };

        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(answers, answer => Assert.Equal("no-store", answer.Headers.CacheControl!.ToString()));
        Assert.All(answers, answer => Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType));
        Assert.All(bodies, body => Assert.Equal(bodies[0], body));
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    [InlineData("bEaReR")]
    public async Task The_scheme_is_read_in_any_case(string scheme)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.SendAsync(HttpMethod.Get, app.Issuer + "/userinfo", null, ("Authorization", $"{scheme} {await TokenAsync("openid")}"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("openid", "sub")]
    [InlineData("openid email", "email email_verified sub")]
    [InlineData("openid phone", "phone_number phone_number_verified sub")]
    [InlineData("openid address", "address sub")]
    [InlineData("openid profile", "family_name given_name name preferred_username sub updated_at")]
    public async Task Each_scope_gives_its_claims_and_no_others(string scope, string claims)
    {
        var info = await ReadAsync(await TokenAsync(scope));

        Assert.Equal(claims.Split(' '), info.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Claims_keep_their_types()
    {
        var info = await ReadAsync(await TokenAsync("openid profile email address phone"));

        Assert.Equal(JsonValueKind.True, info.GetProperty("email_verified").ValueKind);
        Assert.Equal(JsonValueKind.False, info.GetProperty("phone_number_verified").ValueKind);
        Assert.Equal("+49 30 5550100", info.GetProperty("phone_number").GetString());
        Assert.Equal("""{"locality":"Berlin","country":"Germany"}""", info.GetProperty("address").GetRawText());
        Assert.Equal(Seed.Alice.UpdatedAt.ToUnixTimeSeconds(), info.GetProperty("updated_at").GetInt64());
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", null)]
    [InlineData("GET", "Basic YTpi")]
    [InlineData("GET", "Digest x")]
    public async Task Without_a_token_the_challenge_names_no_error(string method, string? authorization)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.SendAsync(new HttpMethod(method), app.Issuer + "/userinfo", null, authorization is null ? [] : [("Authorization", authorization)]);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"authcore\"", answer.Headers.WwwAuthenticate.First().ToString());   // features may offer further schemes
        Assert.All(answer.Headers.WwwAuthenticate, challenge => Assert.DoesNotContain("error", challenge.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_in_the_query_is_ignored()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.GetAsync("/userinfo?access_token=" + await TokenAsync("openid"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.All(answer.Headers.WwwAuthenticate, challenge => Assert.DoesNotContain("error", challenge.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_ways_at_once_or_the_same_twice_are_invalid_request()
    {
        using var browser = app.CreateBrowser();
        var token = await TokenAsync("openid");

        var both = await browser.SendAsync(HttpMethod.Post, app.Issuer + "/userinfo", [new("access_token", token)], ("Authorization", "Bearer " + token));
        var twice = await browser.PostAsync("/userinfo", [new("access_token", token), new("access_token", token)]);
        var none = await browser.SendAsync(HttpMethod.Get, app.Issuer + "/userinfo", null, ("Authorization", "Bearer "));

        foreach (var answer in new[] { both, twice })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
        }

        Assert.Contains(none.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized });
    }

    [Fact]
    public async Task A_token_in_a_body_of_another_type_is_not_read()
    {
        using var browser = app.CreateBrowser();
        using var content = new StringContent(JsonSerializer.Serialize(new { access_token = await TokenAsync("openid") }), null, "application/json");

        var answer = await browser.Http.PostAsync(app.Issuer + "/userinfo", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("invalid_request", await TestBrowser.ErrorOf(answer));
    }

    [Fact]
    public async Task Truncated_changed_and_other_tokens_are_invalid_token()
    {
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();
        var tokens = await browser.GetTokensAsync(Seed.FirstParty, "openid offline_access", user.Username);
        var access = tokens.GetProperty("access_token").GetString()!;
        var code = Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)))!;
        var parts = access.Split('.');
        var payload = System.Text.Encoding.UTF8.GetString(AuthCore.Jose.CanonicalBase64Url.Decode(parts[1])!);

        foreach (var bad in new[]
        {
            access[..80], access[..^1], access[1..], access + "A", access + ".", access + ".a.b", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}", access.ToUpperInvariant(),
            $"{parts[0]}.{Walk.Base64Url(payload.Replace(user.Subject, Seed.Bob.Subject, StringComparison.Ordinal))}.{parts[2]}",
            $"{Walk.Base64Url("{\"alg\":\"none\",\"typ\":\"at+jwt\"}")}.{parts[1]}.", tokens.GetProperty("id_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!, code, "x", "a.b.c", access + " " + access,
        })
        {
            await AssertInvalidAsync(await browser.UserInfoAsync(bad));
        }

        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);
    }

    [Fact]
    public async Task A_token_is_good_until_its_second_and_not_beyond()
    {
        using var browser = app.CreateBrowser();
        var token = await TokenAsync("openid");

        app.Time!.Advance(TimeSpan.FromSeconds(899));
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(token)).StatusCode);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertInvalidAsync(await browser.UserInfoAsync(token));
    }

    [Fact]
    public async Task A_token_of_another_server_is_invalid_token()
    {
        await using var elsewhere = new AuthCoreApp();
        await elsewhere.InitializeAsync();
        using var foreigner = elsewhere.CreateBrowser();
        var foreign = (await foreigner.GetTokensAsync(Seed.FirstParty, "openid")).GetProperty("access_token").GetString()!;
        using var browser = app.CreateBrowser();

        await AssertInvalidAsync(await browser.UserInfoAsync(foreign));
    }

    [Fact]
    public async Task A_token_for_a_resource_alone_is_invalid_token_and_one_for_the_issuer_without_openid_insufficient_scope()
    {
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();
        await browser.SignInAsync(user.Username);
        var request = TestBrowser.Request(Seed.FirstParty, "read:files");
        var forApi = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(request.With("resource", Seed.Api.Identifier)));
        var forIssuer = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(request));

        await AssertInvalidAsync(await browser.UserInfoAsync(forApi.GetProperty("access_token").GetString()!));
        var answer = await browser.UserInfoAsync(forIssuer.GetProperty("access_token").GetString()!);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("insufficient_scope", await TestBrowser.ErrorOf(answer));
        Assert.Contains("error=\"insufficient_scope\"", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        Assert.Contains("scope=\"openid\"", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_has_no_user_info()
    {
        using var browser = app.CreateBrowser();
        Dictionary<string, string> request = new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };
        foreach (var resource in new[] { null, Seed.Api.Identifier })
        {
            var tokens = JsonElement.Parse(await (await browser.TokenAsync(Seed.Machine, request.With("resource", resource))).Content.ReadAsStringAsync());

            var answer = await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!);

            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
            Assert.DoesNotContain("sub", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_openid_and_a_resource_the_token_is_good_at_both()
    {
        using var browser = app.CreateBrowser();
        await browser.SignInAsync((await app.NewUserAsync()).Username);
        var tokens = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid read:files").With("resource", Seed.Api.Identifier)));
        var access = tokens.GetProperty("access_token").GetString()!;

        Assert.Equal([Seed.Api.Identifier, app.Issuer], TestBrowser.ClaimsOf(access).GetProperty("aud").EnumerateArray().Select(entry => entry.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);
    }

    [Fact]
    public async Task A_revoked_family_a_disabled_client_and_a_withdrawn_scope_are_invalid_token_at_once()
    {
        using var browser = app.CreateBrowser();
        var client = Seed.FirstParty with { ClientId = "soon-gone" };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        await browser.SignInAsync(user.Username);
        async Task<string> NewTokenAsync() => (await browser.TokensOf(client, await browser.AuthorizeAsync(TestBrowser.Request(client)))).GetProperty("access_token").GetString()!;
        var (revoked, live) = (await NewTokenAsync(), await NewTokenAsync());

        await app.Get<GrantStore>().RevokeAsync(Guid.Parse(TestBrowser.ClaimsOf(revoked).GetProperty("gid").GetString()!), "test", app.Time!.GetUtcNow(), CancellationToken.None);
        await AssertInvalidAsync(await browser.UserInfoAsync(revoked));
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(live)).StatusCode);

        await app.SaveAsync(client with { Scope = ["openid"] });
        app.Time.Advance(TimeSpan.FromSeconds(2));
        await AssertInvalidAsync(await browser.UserInfoAsync(live));
        await app.SaveAsync(client with { DisabledAt = app.Time.GetUtcNow() });
        app.Time.Advance(TimeSpan.FromSeconds(2));
        await AssertInvalidAsync(await browser.UserInfoAsync(live));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Other_methods_are_405_with_allow(string method)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.SendAsync(new HttpMethod(method), app.Issuer + "/userinfo", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "POST"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    private static async Task AssertInvalidAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("invalid_token", await TestBrowser.ErrorOf(answer));
        Assert.StartsWith("Bearer realm=\"authcore\", error=\"invalid_token\", error_description=\"", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
    }

    private async Task<string> TokenAsync(string scope)
    {
        using var browser = app.CreateBrowser();
        return (await browser.GetTokensAsync(Seed.FirstParty, scope, (await app.NewUserAsync()).Username)).GetProperty("access_token").GetString()!;
    }

    private async Task<JsonElement> ReadAsync(string token)
    {
        using var browser = app.CreateBrowser();
        return JsonElement.Parse(await (await browser.UserInfoAsync(token)).Content.ReadAsStringAsync());
    }
}
