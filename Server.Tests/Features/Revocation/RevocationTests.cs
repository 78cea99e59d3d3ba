using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>RFC 7009: what a revoked token takes along, and what it leaves.</summary>
public sealed class RevocationTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Guid s_nowhere = new("01980000-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_refresh_token_takes_its_whole_family_along()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.FirstParty))
        {
            using var browser = app.CreateBrowser();
            var first = await app.BeginAsync(client);
            var second = await browser.RefreshAsync(client, first.RefreshToken);
            await app.AssertAliveAsync(client, first.AccessToken);

            await AssertDoneAsync(await app.RevokeAsync(client, second.RefreshToken));

            await app.AssertDeadAsync(client, first.AccessToken);
            await app.AssertDeadAsync(client, second.AccessToken);
            foreach (var token in new[] { first.RefreshToken, second.RefreshToken })
            {
                Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, token)).Verdict);
                Assert.NotEqual(true, await app.IntrospectAsync(client, token));
            }
        }
    }

    [Fact]
    public async Task A_refresh_token_that_was_spent_still_takes_its_family_along()
    {
        using var browser = app.CreateBrowser();
        var client = Seed.FirstParty;
        var first = await app.BeginAsync(client);
        var second = await browser.RefreshAsync(client, first.RefreshToken);

        await AssertDoneAsync(await app.RevokeAsync(client, first.RefreshToken));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, second.RefreshToken)).Verdict);
        await app.AssertDeadAsync(client, second.AccessToken);
    }

    [Fact]
    public async Task A_refresh_token_leaves_the_persons_other_families()
    {
        using var browser = app.CreateBrowser();
        var user = await app.NewUserAsync();
        var one = await browser.BeginAsync(Seed.FirstParty, username: user.Username);
        var other = await browser.RedeemAsync(Seed.FirstParty, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)))!);

        await AssertDoneAsync(await app.RevokeAsync(Seed.FirstParty, one.RefreshToken));

        await app.AssertAliveAsync(Seed.FirstParty, other.AccessToken);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.FirstParty, other.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task An_access_token_goes_alone()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.FirstParty))
        {
            using var browser = app.CreateBrowser();
            var first = await app.BeginAsync(client);
            var second = await browser.RefreshAsync(client, first.RefreshToken);
            await app.AssertAliveAsync(client, first.AccessToken);

            await AssertDoneAsync(await app.RevokeAsync(client, first.AccessToken));

            await app.AssertDeadAsync(client, first.AccessToken);
            await app.AssertAliveAsync(client, second.AccessToken);
            var third = await browser.RefreshAsync(client, second.RefreshToken);
            Assert.Equal(TokenAnswer.Ok, third.Verdict);
            await app.AssertAliveAsync(client, third.AccessToken);
            await AssertDoneAsync(await app.RevokeAsync(client, first.AccessToken));   // and again
        }
    }

    [Fact]
    public async Task An_access_token_without_a_person_is_dead_too()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.Machine))
        {
            var (one, other) = (await app.MachineAsync(client), await app.MachineAsync(client));
            await app.AssertAliveAsync(client, one);

            await AssertDoneAsync(await app.RevokeAsync(client, one));

            await app.AssertDeadAsync(client, one);
            await app.AssertAliveAsync(client, other);
        }
    }

    [Fact]
    public async Task A_token_of_another_client_is_left_as_it_is_and_nobody_is_told()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.FirstParty))
        {
            using var browser = app.CreateBrowser();
            var tokens = await app.BeginAsync(client);
            var machine = Seed.Machine with { ClientId = "machine-of-" + client.ClientId, AccessTokenFormat = client.AccessTokenFormat };
            await app.SaveAsync(machine);
            var unattended = await app.MachineAsync(machine);
            var before = await Tables.ReadAsync(app.ConnectionString);

            foreach (var other in new[] { Seed.Web, Seed.Machine, Seed.Spa, Seed.Native })
            {
                foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken, unattended })
                {
                    await AssertDoneAsync(await app.RevokeAsync(other, token));
                }
            }

            Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString));
            await app.AssertAliveAsync(client, tokens.AccessToken);
            await app.AssertAliveAsync(machine, unattended);
            Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
        }
    }

    [Fact]
    public async Task A_public_client_revokes_its_own_by_its_id()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.Spa))
        {
            using var browser = app.CreateBrowser();
            var tokens = await app.BeginAsync(client);

            await AssertDoneAsync(await app.RevokeAsync(client, tokens.AccessToken));
            await app.AssertDeadAsync(client, tokens.AccessToken);
            await AssertDoneAsync(await app.RevokeAsync(client, tokens.RefreshToken));
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
        }
    }

    // RFC 7009 §2.2: "invalid tokens do not cause an error response"
    [Fact]
    public async Task What_is_no_live_token_is_200_and_changes_nothing()
    {
        using var browser = app.CreateBrowser();
        var client = Seed.FirstParty;
        var tokens = await app.BeginAsync(client);
        var code = await browser.GetCodeAsync(client);
        var family = TokenSteps.GrantOf(tokens.RefreshToken);
        var before = await Tables.ReadAsync(app.ConnectionString);
        foreach (var token in new[]
        {
            "x", "a.b.c", "%00", new string('a', 16_000), code, tokens.IdToken, tokens.AccessToken[..^1], tokens.AccessToken + "A", tokens.RefreshToken[..^1], tokens.RefreshToken + "A",
            tokens.RefreshToken.Replace("ac_rt_", "ac_at_", StringComparison.Ordinal), Handle.Create(HandleKind.RefreshToken, family).Value, Handle.Create(HandleKind.AccessToken, family).Value,
            Handle.Create(HandleKind.RefreshToken, s_nowhere).Value, Handle.Create(HandleKind.AccessToken, s_nowhere).Value,
        })
        {
            await AssertDoneAsync(await app.RevokeAsync(client, token));
        }

        Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString));
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(client, code)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task An_expired_token_is_200_and_leaves_no_row()
    {
        foreach (var client in await app.InEveryFormAsync(Seed.FirstParty))
        {
            var tokens = await app.BeginAsync(client);
            app.Time!.Advance(TimeSpan.FromSeconds(900));
            var before = await Tables.ReadAsync(app.ConnectionString);

            await AssertDoneAsync(await app.RevokeAsync(client, tokens.AccessToken));

            Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString));
        }
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("id_token")]
    [InlineData("nonsense")]
    public async Task A_hint_is_a_hint(string hint)
    {
        using var browser = app.CreateBrowser();
        var tokens = await app.BeginAsync(Seed.FirstParty);

        await AssertDoneAsync(await app.RevokeAsync(Seed.FirstParty, tokens.AccessToken, hint));
        await app.AssertDeadAsync(Seed.FirstParty, tokens.AccessToken);
        await AssertDoneAsync(await app.RevokeAsync(Seed.FirstParty, tokens.RefreshToken, hint));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.FirstParty, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Whoever_proves_nothing_revokes_nothing()
    {
        using var browser = app.CreateBrowser();
        var client = Seed.FirstParty;
        var tokens = await app.BeginAsync(client);
        var off = client with { ClientId = "switched-off" };
        await app.SaveAsync(off);
        var offTokens = await app.BeginAsync(off);
        await app.SaveAsync(off with { DisabledAt = app.Time!.GetUtcNow() });
        var before = await Tables.ReadAsync(app.ConnectionString);
        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            KeyValuePair<string, string>[] form = [new("token", token)];
            var url = app.Issuer + "/revoke";
            await AssertRefusedAsync(await browser.PostAsync("/revoke", form), "invalid_client");
            await AssertRefusedAsync(await browser.PostAsync("/revoke", [.. form, new("client_id", client.ClientId)]), "invalid_client");
            await AssertRefusedAsync(await browser.PostAsync("/revoke", [.. form, new("client_id", client.ClientId), new("client_secret", AuthCoreApp.Secret)]), "invalid_client");
            await AssertRefusedAsync(await browser.PostAsync($"/revoke?client_id={client.ClientId}&client_secret={Uri.EscapeDataString(AuthCoreApp.Secret)}", form), "invalid_client");
            await AssertRefusedAsync(await browser.SendAsync(HttpMethod.Post, url, form, ("Authorization", "Bearer " + tokens.AccessToken)), "invalid_client");
            var wrong = await browser.SendAsync(HttpMethod.Post, url, form, ("Authorization", TestBrowser.Basic(client.ClientId, "wrong")));
            await AssertRefusedAsync(wrong, "invalid_client");
            Assert.Equal("Basic", wrong.Headers.WwwAuthenticate.Single().Scheme);
        }

        await AssertRefusedAsync(await app.RevokeAsync(off, offTokens.RefreshToken), "invalid_client");
        Assert.Equal(before, await Tables.ReadAsync(app.ConnectionString));
    }

    [Fact]
    public async Task Without_a_token_or_with_something_twice_it_is_invalid_request_and_nothing_is_revoked()
    {
        using var browser = app.CreateBrowser();
        var token = (await app.BeginAsync(Seed.FirstParty)).RefreshToken;
        foreach (var form in new KeyValuePair<string, string>[][]
        {
            [], [new("token", "")], [new("token_type_hint", "refresh_token")], [new("token", token), new("token", token)], [new("token", token), new("token", "x")],
            [new("token", token), new("token_type_hint", "x"), new("token_type_hint", "y")], [new("token", token), new("client_id", "other")],
        })
        {
            var answer = await browser.SendAsync(
                HttpMethod.Post, app.Issuer + "/revoke", form, ("Authorization", TestBrowser.Basic(Seed.FirstParty.ClientId, AuthCoreApp.Secret)));
            await AssertRefusedAsync(answer, "invalid_request", HttpStatusCode.BadRequest);
        }

        var inQuery = await browser.SendAsync(
            HttpMethod.Post, $"{app.Issuer}/revoke?token={token}", [new("x", "y")], ("Authorization", TestBrowser.Basic(Seed.FirstParty.ClientId, AuthCoreApp.Secret)));
        await AssertRefusedAsync(inQuery, "invalid_request", HttpStatusCode.BadRequest);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.FirstParty, token)).Verdict);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_is_405_with_allow_and_revokes_nothing(string method)
    {
        using var browser = app.CreateBrowser();
        var token = (await app.BeginAsync(Seed.Spa)).RefreshToken;

        var answer = await browser.SendAsync(new HttpMethod(method), $"{app.Issuer}/revoke?token={token}&client_id={Seed.Spa.ClientId}", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Spa, token)).Verdict);
    }

    [Fact]
    public async Task Another_content_type_is_415_as_json()
    {
        using var http = app.CreateClient();

        var answer = await http.PostAsync(app.Issuer + "/revoke", new StringContent("{\"token\":\"x\"}", System.Text.Encoding.UTF8, "application/json"));

        await AssertRefusedAsync(answer, "invalid_request", HttpStatusCode.UnsupportedMediaType);
    }

    // RFC 7009 §2.3, OAuth 2.1 §3.2
    [Fact]
    public async Task Pages_of_registered_origins_may_revoke_and_no_others()
    {
        using var browser = app.CreateBrowser();
        foreach (var (origin, allowed) in new[] { ("https://spa.example", true), ("https://spa.example.evil.test", false), ("null", false) })
        {
            var preflight = await browser.SendAsync(HttpMethod.Options, app.Issuer + "/revoke", null, ("Origin", origin), ("Access-Control-Request-Method", "POST"));
            var actual = await browser.SendAsync(HttpMethod.Post, app.Issuer + "/revoke", [new("token", "x"), new("client_id", Seed.Spa.ClientId)], ("Origin", origin));

            foreach (var answer in new[] { preflight, actual })
            {
                Assert.Equal(allowed ? origin : null, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
                Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
            }
        }
    }

    [Fact]
    [Proves("revocation_endpoint")]
    [Proves("revocation_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post", "none")]
    public async Task Each_way_to_authenticate_that_is_advertised_works()
    {
        using var http = app.CreateClient();
        var document = JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
        Assert.Equal(app.Issuer + "/revoke", document.GetProperty("revocation_endpoint").GetString());
        var advertised = document.GetProperty("revocation_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()).ToArray();
        Assert.Equal(document.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()), advertised);
        using var browser = app.CreateBrowser();
        var token = (await app.BeginAsync(Seed.Post)).RefreshToken;

        await AssertDoneAsync(await browser.PostAsync("/revoke", [new("token", token), new("client_id", Seed.Post.ClientId), new("client_secret", AuthCoreApp.Secret)]));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.Post, token)).Verdict);
        Assert.All(["client_secret_basic", "client_secret_post", "none"], method => Assert.Contains(method, advertised));   // basic and none: the tests above
    }

    [Fact]
    public async Task Revoked_access_tokens_are_kept_until_they_expire_by_the_clock_of_every_server_and_not_for_ever()
    {
        var machine = Seed.Machine with { ClientId = "kept", AccessTokenFormat = "jwt", AccessTokenLifetime = 7200 };
        await app.SaveAsync(machine);
        var token = await app.MachineAsync(machine);
        await AssertDoneAsync(await app.RevokeAsync(machine, token));
        Task<int> RowsAsync() => app.Get<Database>().FindAsync<int>(
            "select count(*)::int from revoked_access_tokens where jti = @jti", new { jti = TestBrowser.ClaimsOf(token).GetProperty("jti").GetString() }, CancellationToken.None);

        app.Time!.Advance(TimeSpan.FromSeconds(7199));
        await app.Get<Cleanup>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, await RowsAsync());
        await app.AssertDeadAsync(machine, token);

        app.Time.Advance(TimeSpan.FromSeconds(31));   // by our clock it is over; by that of a server which is half a minute behind, and ready, it is not
        await app.Get<Cleanup>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, await RowsAsync());

        app.Time.Advance(TimeSpan.FromMinutes(5));
        await app.Get<Cleanup>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await RowsAsync());
        await app.AssertDeadAsync(machine, token);
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        var tokens = await app.BeginAsync(Seed.FirstParty);
        await app.RevokeAsync(Seed.FirstParty, tokens.AccessToken);
        await app.RevokeAsync(Seed.FirstParty, tokens.RefreshToken);

        var log = string.Join('\n', app.Logs.Lines);

        Assert.Contains("token.revoked by first-party: Family", log, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.AccessToken, log, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.RefreshToken, log, StringComparison.Ordinal);
    }

    private static async Task AssertDoneAsync(HttpResponseMessage answer)
    {
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string error, HttpStatusCode status = HttpStatusCode.Unauthorized)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(error, await TestBrowser.ErrorOf(answer));
    }
}
