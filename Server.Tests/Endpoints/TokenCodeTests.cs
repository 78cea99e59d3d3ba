using System.Net;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>OAuth 2.1 §4.1.3: a code gives tokens once, to whom it was made for.</summary>
public sealed class TokenCodeTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_client = Seed.FirstParty;

    [Fact]
    public async Task A_valid_replay_ends_all_that_came_of_the_code()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var tokens = await browser.RedeemAsync(s_client, code);
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken));
        Assert.Contains(app.Logs.Lines, line => line.Contains($"code.replayed by {s_client.ClientId}: family {TokenSteps.GrantOf(code)} revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_valid_replay_after_the_code_expired_ends_all_too()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var tokens = await browser.RedeemAsync(s_client, code);
        app.Time!.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code)).Verdict);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Theory]
    [InlineData("code_verifier", null)]
    [InlineData("code_verifier", "")]
    [InlineData("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong")]
    [InlineData("redirect_uri", "https://app.example/other")]
    [InlineData("code_verifier", TestBrowser.Challenge)]
    public async Task A_replay_that_its_owner_could_not_have_made_revokes_nothing(string name, string? value)
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var tokens = await browser.RedeemAsync(s_client, code);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code, (name, value))).Verdict);

        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_replay_by_another_client_revokes_nothing()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var tokens = await browser.RedeemAsync(s_client, code);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.Web, code)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.Spa, code)).Verdict);

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_replay_with_a_wrong_secret_revokes_nothing()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var tokens = await browser.RedeemAsync(s_client, code);

        Assert.Equal(TokenAnswer.InvalidClient, (await browser.TokenAsync(s_client, TestBrowser.Redeem(s_client, code), "wrong").ReadAsync()).Verdict);

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Theory]
    [InlineData("code_verifier", null)]
    [InlineData("code_verifier", "")]
    [InlineData("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")]
    [InlineData("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData("code_verifier", TestBrowser.Challenge)]
    [InlineData("redirect_uri", "https://app.example/cb/")]
    [InlineData("redirect_uri", "https://app.example/CB")]
    [InlineData("redirect_uri", "https://app.example:443/cb")]
    [InlineData("redirect_uri", "https://app.example@evil.test/cb")]
    public async Task A_wrong_try_is_refused_and_leaves_the_code_to_its_owner(string name, string? value)
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code, (name, value))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task A_code_of_another_client_is_refused_and_stays_usable_by_its_owner()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);

        foreach (var other in new[] { Seed.Web, Seed.Post, Seed.Spa, Seed.Native })
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(other, code, ("redirect_uri", s_client.RedirectUris[0]))).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task Wrong_client_and_expired_do_not_excuse_each_other()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.Web, code)).Verdict);

        app.Time!.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(Seed.Web, code)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task A_code_lives_sixty_seconds()
    {
        using var browser = app.CreateBrowser();
        var young = await browser.GetCodeAsync(s_client);
        app.Time!.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, young)).Verdict);

        var old = await browser.GetCodeAsync(s_client);
        app.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, old)).Verdict);
    }

    [Fact]
    public async Task A_code_changed_in_any_way_is_refused()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);
        var middle = code.Length / 2;
        string[] changed =
        [
            code[..^1], code[1..], code + "A", "A" + code, code + "=", " " + code, code + " ", code[..8], code[..40], code.ToUpperInvariant(), code.ToLowerInvariant(),
            "AC_CODE_" + code[8..], code[..middle] + (code[middle] == 'A' ? 'B' : 'A') + code[(middle + 1)..], code[..^1] + (code[^1] == 'A' ? 'B' : 'A'), code + "\n", code + code,
        ];

        foreach (var wrong in changed)
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, wrong)).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task One_kind_of_handle_is_never_taken_for_another()
    {
        using var browser = app.CreateBrowser();
        var login = await browser.AuthorizeAsync(TestBrowser.Request(s_client));
        var interaction = login.Headers.Location!.OriginalString.Split("i=")[1];
        var signedIn = await browser.SubmitAsync(await browser.FollowAsync(login), ("username", "alice"), ("password", AuthCoreApp.Password));
        var cookies = signedIn.Headers.GetValues("Set-Cookie").Concat(login.Headers.GetValues("Set-Cookie"))
            .Select(cookie => cookie.Split('=', 2)[1].Split(';')[0]).Where(value => value.StartsWith("ac_", StringComparison.Ordinal)).ToArray();
        var code = TestBrowser.QueryOf(await browser.FollowAsync(signedIn))["code"];
        var tokens = await browser.BeginAsync(s_client);
        Assert.StartsWith("ac_int_", interaction, StringComparison.Ordinal);
        Assert.Contains(cookies, cookie => cookie.StartsWith("ac_ses_", StringComparison.Ordinal));
        Assert.Contains(cookies, cookie => cookie.StartsWith("ac_brw_", StringComparison.Ordinal));

        foreach (var other in new[] { tokens.RefreshToken, interaction, tokens.AccessToken, tokens.IdToken }.Concat(cookies))
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, other)).Verdict);
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, "ac_code_" + other.Split('_', 3)[^1])).Verdict);
        }

        foreach (var other in new[] { code, interaction, tokens.AccessToken, tokens.IdToken }.Concat(cookies))
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, other)).Verdict);
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, "ac_rt_" + other.Split('_', 3)[^1])).Verdict);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, code)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task The_redirect_uri_may_be_left_out_where_pkce_was_used()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(s_client, await browser.GetCodeAsync(s_client), ("redirect_uri", null))).Verdict);
    }

    [Fact]
    public async Task A_client_excused_from_pkce_must_send_the_redirect_uri_and_no_verifier()
    {
        var client = s_client with { ClientId = "of-old", RequirePkce = false };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(client);
        request.Remove("code_challenge");
        request.Remove("code_challenge_method");
        var code = TestBrowser.QueryOf(await browser.CompleteAsync(request))["code"];

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(client, code)).Verdict);                                                        // a verifier without a challenge
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(client, code, ("code_verifier", null), ("redirect_uri", null))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(client, code, ("code_verifier", null))).Verdict);
    }

    [Fact]
    public async Task A_client_excused_from_pkce_that_used_it_is_held_to_it()
    {
        var client = s_client with { ClientId = "of-old-2", RequirePkce = false };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(client);

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(client, code, ("code_verifier", null))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RedeemAsync(client, code)).Verdict);
    }

    [Fact]
    public async Task A_missing_code_is_a_malformed_request()
    {
        using var browser = app.CreateBrowser();

        Assert.Equal(TokenAnswer.InvalidRequest, (await browser.RedeemAsync(s_client, "x", ("code", null))).Verdict);
        Assert.Equal(TokenAnswer.InvalidRequest, (await browser.RedeemAsync(s_client, "")).Verdict);
    }

    [Fact]
    public async Task A_token_may_be_asked_for_some_of_the_resources_granted_and_for_no_other()
    {
        var client = s_client with { ClientId = "two-apis", Resources = ["https://api.test", "https://second.test"], DefaultResource = "https://api.test" };
        await app.SaveAsync(client);
        await app.SaveAsync(Seed.Api with { Identifier = "https://second.test" });
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(client).Append(new("resource", "https://api.test")).Append(new("resource", "https://second.test"));
        var code = TestBrowser.QueryOf(await browser.CompleteAsync(request))["code"];

        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RedeemAsync(client, code, ("resource", "https://third.test"))).Verdict);
        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RedeemAsync(client, code, ("resource", "not a uri"))).Verdict);
        var one = await browser.RedeemAsync(client, code, ("resource", "https://second.test"));
        var all = await browser.RefreshAsync(client, one.RefreshToken);

        Assert.Equal(["https://second.test", app.Issuer], AudienceOf(one));
        Assert.Equal(["https://api.test", "https://second.test", app.Issuer], AudienceOf(all));   // narrowing one token narrows no grant
        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RefreshAsync(client, all.RefreshToken, ("resource", "https://third.test"))).Verdict);
    }

    [Fact]
    public async Task A_resource_that_was_not_asked_for_at_authorize_cannot_be_had_later()
    {
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client);

        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RedeemAsync(s_client, code, ("resource", "https://api.test"))).Verdict);
    }

    [Fact]
    public async Task A_user_disabled_between_code_and_token_gets_nothing()
    {
        var carol = Seed.Alice with { Subject = "sub-carol", Username = "carol", Email = "carol@example.com" };
        await app.SaveAsync(carol);
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(s_client, username: "carol");

        await app.SaveAsync(carol with { DisabledAt = app.Time!.GetUtcNow() });

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, code)).Verdict);
    }

    [Fact]
    public async Task A_session_ended_between_code_and_token_ends_the_code_also_where_access_was_to_outlive_it()
    {
        using var browser = app.CreateBrowser();
        var online = await browser.GetCodeAsync(s_client, "openid profile");
        var offline = await browser.GetCodeAsync(s_client, "openid profile offline_access");

        await browser.SignOutAsync();

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, online)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, offline)).Verdict);
    }

    [Fact]
    public async Task A_scope_taken_from_the_client_between_code_and_token_ends_the_code()
    {
        var client = s_client with { ClientId = "losing" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var code = await browser.GetCodeAsync(client, "openid profile email");

        await app.SaveAsync(client with { Scope = ["openid", "profile"] });

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(client, code)).Verdict);
    }

    private static string[] AudienceOf(TokenAnswer answer) =>
        [.. TestBrowser.ClaimsOf(answer.AccessToken).GetProperty("aud").EnumerateArray().Select(entry => entry.GetString()!)];
}
