using System.Net;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>OAuth 2.1 §4.3: refresh tokens rotate; a lost answer loses nothing, a stolen token ends the family.</summary>
public sealed class TokenRefreshTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_client = Seed.FirstParty;

    [Fact]
    public async Task Each_use_gives_a_new_token_that_works()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);

        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        var third = await browser.RefreshAsync(s_client, second.RefreshToken);

        Assert.Equal(3, new[] { first.RefreshToken, second.RefreshToken, third.RefreshToken }.Distinct().Count());
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(third.AccessToken));
    }

    [Fact]
    public async Task A_retry_within_the_window_gets_the_same_successor_and_fresh_tokens()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        var answer = await browser.RefreshAsync(s_client, first.RefreshToken, ("scope", "openid"));
        app.Time!.Advance(TimeSpan.FromSeconds(60));

        var retry = await browser.RefreshAsync(s_client, first.RefreshToken, ("scope", "openid"));

        Assert.Equal(answer.RefreshToken, retry.RefreshToken);
        Assert.Equal("openid", retry.Scope);
        Assert.NotEqual(answer.AccessToken, retry.AccessToken);
        Assert.Equal("openid", TestBrowser.ClaimsOf(retry.AccessToken).GetProperty("scope").GetString());
        Assert.Equal(app.Time.GetUtcNow().ToUnixTimeSeconds(), TestBrowser.ClaimsOf(retry.IdToken).GetProperty("iat").GetInt64());
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, retry.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Retries_make_no_second_chain()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);

        var successors = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            successors.Add((await browser.RefreshAsync(s_client, first.RefreshToken)).RefreshToken);
        }

        Assert.Single(successors);
    }

    [Fact]
    public async Task Reuse_after_the_successor_was_presented_ends_the_family_and_says_so_in_the_log()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        var third = await browser.RefreshAsync(s_client, second.RefreshToken);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, first.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, third.RefreshToken)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(third.AccessToken));
        Assert.Contains(app.Logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)
            && line.Contains($"refresh.reused by {s_client.ClientId}: family {TokenSteps.GrantOf(first.RefreshToken)} revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reuse_after_the_window_ends_the_family()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        app.Time!.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, first.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, second.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_client_without_a_window_ends_its_family_by_the_first_retry()
    {
        var client = s_client with { ClientId = "no-window", RefreshTokenRetryWindow = 0 };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(client);
        var second = await browser.RefreshAsync(client, first.RefreshToken);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, first.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, second.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_rotated_token_of_another_client_revokes_nothing()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        app.Time!.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.Web, first.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.Spa, first.RefreshToken)).Verdict);

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, second.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Another_client_cannot_use_the_token_and_its_owner_still_can()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);

        foreach (var other in new[] { Seed.Web, Seed.Post, Seed.Spa })
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(other, first.RefreshToken)).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, first.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_token_changed_in_any_way_is_refused_and_revokes_nothing()
    {
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(s_client)).RefreshToken;
        var other = (await browser.BeginAsync(s_client)).RefreshToken;
        string[] changed =
        [
            token[..^1], token + "A", token[1..], token.ToUpperInvariant(), token.ToLowerInvariant(), token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), token + "=", token[..60],
            token[..28] + other[28..], other[..27] + token[27..],   // the family of one, the secret of the other
        ];

        foreach (var wrong in changed)
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, wrong)).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, token)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, other)).Verdict);
    }

    [Fact]
    public async Task A_token_unused_for_too_long_is_dead()
    {
        var client = s_client with { ClientId = "idle", RefreshTokenIdleLifetime = 100 };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(client);
        for (var i = 0; i < 3; i++)
        {
            app.Time!.Advance(TimeSpan.FromSeconds(99));
            tokens = await browser.RefreshAsync(client, tokens.RefreshToken);
            Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        }

        app.Time!.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_family_ends_at_its_absolute_limit_however_often_it_was_used()
    {
        var client = s_client with { ClientId = "absolute", RefreshTokenIdleLifetime = 100, RefreshTokenAbsoluteLifetime = 150 };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(client);
        app.Time!.Advance(TimeSpan.FromSeconds(75));
        tokens = await browser.RefreshAsync(client, tokens.RefreshToken);
        app.Time.Advance(TimeSpan.FromSeconds(74));
        tokens = await browser.RefreshAsync(client, tokens.RefreshToken);
        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);

        app.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task The_servers_limits_are_thirty_days_idle_and_ninety_in_all()
    {
        using var browser = app.CreateBrowser();
        var idle = await browser.BeginAsync(s_client);
        var used = await browser.BeginAsync(s_client);
        for (var day = 0; day < 87; day += 29)
        {
            app.Time!.Advance(TimeSpan.FromDays(29));
            used = await browser.RefreshAsync(s_client, used.RefreshToken);
            Assert.Equal(TokenAnswer.Ok, used.Verdict);
        }

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, idle.RefreshToken)).Verdict);
        app.Time!.Advance(TimeSpan.FromDays(3));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, used.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Scope_may_narrow_for_one_token_and_the_next_has_all_of_it_again()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client, "openid profile email offline_access");

        var narrow = await browser.RefreshAsync(s_client, first.RefreshToken, ("scope", "email openid"));
        var whole = await browser.RefreshAsync(s_client, narrow.RefreshToken);

        Assert.Equal("email openid", narrow.Scope);
        Assert.Equal("openid profile email offline_access", whole.Scope);
    }

    [Fact]
    public async Task Without_openid_in_the_narrowed_scope_there_is_no_id_token()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);

        var narrow = await browser.RefreshAsync(s_client, first.RefreshToken, ("scope", "profile"));

        Assert.Equal(TokenAnswer.Ok, narrow.Verdict);
        Assert.False(narrow.Has("id_token"));
        Assert.NotEqual(HttpStatusCode.OK, await browser.UserInfoStatusAsync(narrow.AccessToken));
    }

    [Theory]
    [InlineData("openid profile email")]     // registered, not granted
    [InlineData("email")]
    [InlineData("openid unknown")]
    [InlineData("OPENID")]
    [InlineData("openid \"profile\"")]
    public async Task Scope_never_widens_and_the_token_stays_usable(string scope)
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client, "openid profile offline_access");

        Assert.Equal(TokenAnswer.InvalidScope, (await browser.RefreshAsync(s_client, first.RefreshToken, ("scope", scope))).Verdict);

        var after = await browser.RefreshAsync(s_client, first.RefreshToken);
        Assert.Equal(TokenAnswer.Ok, after.Verdict);
        Assert.Equal("openid profile offline_access", after.Scope);
    }

    [Fact]
    public async Task An_openid_client_gets_a_refresh_token_only_with_offline_access()
    {
        using var browser = app.CreateBrowser();

        Assert.False((await browser.BeginAsync(s_client, "openid profile")).Has("refresh_token"));
        Assert.True((await browser.BeginAsync(s_client, "openid offline_access")).Has("refresh_token"));
    }

    [Fact]
    public async Task Without_openid_the_clients_setting_decides()
    {
        var client = s_client with { ClientId = "never", RefreshTokenWithoutOfflineAccess = false };
        var without = s_client with { ClientId = "no-refresh", GrantTypes = ["authorization_code"] };
        await app.SaveAsync(client);
        await app.SaveAsync(without);
        using var browser = app.CreateBrowser();

        Assert.True((await browser.BeginAsync(s_client, "read:files")).Has("refresh_token"));
        Assert.False((await browser.BeginAsync(client, "read:files")).Has("refresh_token"));
        Assert.False((await browser.BeginAsync(without, "read:files")).Has("refresh_token"));
    }

    [Fact]
    public async Task Without_offline_access_a_family_ends_at_sign_out_and_with_it_it_survives()
    {
        using var browser = app.CreateBrowser();
        var online = await browser.BeginAsync(s_client, "read:files");
        var offline = await browser.BeginAsync(s_client, "openid offline_access");
        Assert.Equal(TokenAnswer.Ok, (online = await browser.RefreshAsync(s_client, online.RefreshToken)).Verdict);

        await browser.SignOutAsync();

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, online.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, offline.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Without_offline_access_a_family_ends_when_its_session_has_idled_away()
    {
        using var browser = app.CreateBrowser();
        var online = await browser.BeginAsync(s_client, "read:files");

        app.Time!.Advance(TimeSpan.FromHours(8));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, online.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_client_without_rotation_keeps_its_token()
    {
        var client = s_client with { ClientId = "keeping", RefreshTokenRotation = false, RefreshTokenIdleLifetime = 100 };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(client);

        for (var i = 0; i < 3; i++)
        {
            app.Time!.Advance(TimeSpan.FromSeconds(99));
            var again = await browser.RefreshAsync(client, first.RefreshToken);
            Assert.Equal(TokenAnswer.Ok, again.Verdict);
            Assert.Equal(first.RefreshToken, again.RefreshToken);
        }

        app.Time!.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, first.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_public_client_rotates_whatever_its_setting_says()
    {
        var client = Seed.Spa with { ClientId = "stubborn", RefreshTokenRotation = false };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(client);

        Assert.NotEqual(first.RefreshToken, (await browser.RefreshAsync(client, first.RefreshToken)).RefreshToken);
    }

    [Fact]
    public async Task A_scope_taken_from_the_client_stops_its_refresh_tokens()
    {
        var client = s_client with { ClientId = "shrinking" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var withEmail = await browser.BeginAsync(client, "openid email offline_access");
        var withProfile = await browser.BeginAsync(client, "openid profile offline_access");

        await app.SaveAsync(client with { Scope = ["openid", "profile", "offline_access"] });
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, withEmail.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (withProfile = await browser.RefreshAsync(client, withProfile.RefreshToken)).Verdict);

        await app.SaveAsync(client with { Scope = ["openid", "profile"] });
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(client, withProfile.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_grant_type_taken_from_the_client_stops_its_refresh_tokens()
    {
        var client = s_client with { ClientId = "no-longer" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(client);

        await app.SaveAsync(client with { GrantTypes = ["authorization_code"] });

        Assert.Equal(TokenAnswer.UnauthorizedClient, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_disabled_user_gets_nothing_from_old_tokens_on_any_node()
    {
        var dave = Seed.Alice with { Subject = "sub-dave", Username = "dave", Email = "dave@example.com" };
        await app.SaveAsync(dave);
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(s_client, username: "dave");
        await using var node = app.StartSecondNode();
        using var elsewhere = app.CreateBrowser(node);

        await app.SaveAsync(dave with { DisabledAt = app.Time!.GetUtcNow() });

        Assert.Equal(TokenAnswer.InvalidGrant, (await elsewhere.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await elsewhere.UserInfoStatusAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task The_id_token_of_a_refresh_tells_of_the_same_sign_in_and_has_no_nonce()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        app.Time!.Advance(TimeSpan.FromMinutes(30));

        var second = await browser.RefreshAsync(s_client, first.RefreshToken);

        var before = TestBrowser.ClaimsOf(first.IdToken);
        var after = TestBrowser.ClaimsOf(second.IdToken);
        Assert.Equal("a-nonce", before.GetProperty("nonce").GetString());
        Assert.False(after.TryGetProperty("nonce", out _));
        foreach (var claim in new[] { "iss", "sub", "aud", "auth_time", "acr", "amr", "sid" })
        {
            Assert.Equal(before.GetProperty(claim).GetRawText(), after.GetProperty(claim).GetRawText());
        }

        Assert.Equal(before.GetProperty("iat").GetInt64() + 1800, after.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task The_access_token_of_a_refresh_tells_of_the_same_sign_in()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        app.Time!.Advance(TimeSpan.FromMinutes(30));

        var after = TestBrowser.ClaimsOf((await browser.RefreshAsync(s_client, first.RefreshToken)).AccessToken);

        var before = TestBrowser.ClaimsOf(first.AccessToken);
        foreach (var claim in new[] { "iss", "sub", "aud", "client_id", "scope", "gid", "auth_time", "acr", "amr" })
        {
            Assert.Equal(before.GetProperty(claim).GetRawText(), after.GetProperty(claim).GetRawText());
        }

        Assert.NotEqual(before.GetProperty("jti").GetString(), after.GetProperty("jti").GetString());
    }

    [Fact]
    public async Task A_missing_refresh_token_is_a_malformed_request()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(TokenAnswer.InvalidRequest, (await browser.RefreshAsync(s_client, "")).Verdict);
    }
}
