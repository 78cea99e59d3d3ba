using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

public sealed class SessionTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string Cookie = "__Host-authcore-session";

    [Fact]
    public async Task The_session_cookie_is_for_this_host_only_and_out_of_reach()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var login = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web));
        var page = await browser.FollowAsync(login);
        var answer = await browser.SubmitAsync(page, ("username", user.Username), ("password", AuthCoreApp.Password));

        foreach (var (response, name) in new[] { (answer, Cookie), (login, "__Host-authcore-browser"), (page, "__Host-authcore-form") })
        {
            var line = response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal));
            var attributes = line.Split(';', StringSplitOptions.TrimEntries)[1..].Select(attribute => attribute.ToLowerInvariant()).Order(StringComparer.Ordinal);
            Assert.Equal(["httponly", "path=/", "samesite=lax", "secure"], attributes);
            Assert.True(line.Length < 4096);
        }
    }

    [Fact]
    public async Task On_plain_loopback_the_cookies_have_neither_prefix_nor_secure()
    {
        await using var local = new AuthCoreApp { Issuer = "http://localhost:8080" };
        await local.InitializeAsync();
        using var browser = local.CreateBrowser();

        var answer = await browser.SubmitAsync(await browser.GetAsync("/login"), ("username", "alice"), ("password", AuthCoreApp.Password));

        var line = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("authcore-session=", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", line, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", line, StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(await browser.GetCodeAsync(Seed.Web));
    }

    [Fact]
    public async Task Each_sign_in_gives_a_new_value_and_the_old_one_is_dead()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var first = await SignInAsync(browser, user);
        Assert.True(await IsSignedInAsync(first, user));

        var second = await SignInAsync(browser, user);

        Assert.NotEqual(first, second);
        Assert.False(await IsSignedInAsync(first, user));
        Assert.True(await IsSignedInAsync(second, user));
    }

    [Fact]
    public async Task A_value_that_an_attacker_put_there_before_is_not_the_one_that_gets_the_session()
    {
        var (attacker, victim) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var attackers = app.CreateBrowser();
        var planted = await SignInAsync(attackers, attacker);
        using var bare = app.CreateBrowser();
        var page = await bare.SendAsync(HttpMethod.Get, app.Issuer + "/login", null, ("Cookie", $"{Cookie}={planted}"));
        var (_, fields) = await TestBrowser.ReadFormAsync(page);

        var answer = await bare.SendAsync(
            HttpMethod.Post, app.Issuer + "/login", [.. fields, new("username", victim.Username), new("password", AuthCoreApp.Password)], ("Cookie", $"{Cookie}={planted}"));

        Assert.NotEqual(planted, Walk.CookiesOf(answer)[Cookie]);
        Assert.False(await IsSignedInAsync(planted, victim));
        Assert.False(await IsSignedInAsync(planted, attacker));
    }

    [Fact]
    public async Task Forged_truncated_and_other_cookies_are_nobodys()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var value = await SignInAsync(browser, user);
        var other = await SignInAsync(app.CreateBrowser(), await app.NewUserAsync());
        var browserCookie = Walk.CookiesOf(await app.CreateBrowser().AuthorizeAsync(TestBrowser.Request(Seed.Web)))["__Host-authcore-browser"];
        var payload = value["ac_ses_".Length..];

        Assert.True(await IsSignedInAsync(value, user));
        foreach (var forged in new[]
        {
            "", "x", value[..^1], value + "A", value[..^2] + (value[^2] == 'A' ? "B" : "A") + value[^1], value.ToUpperInvariant(), "ac_brw_" + payload, "ac_int_" + payload, "ac_code_" + payload,
            payload, browserCookie, "ac_ses_" + browserCookie["ac_brw_".Length..], "ac_ses_" + payload[..22] + other["ac_ses_".Length..][22..], "%00" + value, new string('A', 3000),
        })
        {
            Assert.False(await IsSignedInAsync(forged, user), forged);
        }
    }

    [Fact]
    public async Task It_ends_after_eight_idle_hours_and_lives_on_while_it_is_used()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        for (var i = 0; i < 3; i++)
        {
            app.Time!.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(61));
            Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("prompt", "none"))));
        }

        app.Time!.Advance(TimeSpan.FromHours(8));

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("prompt", "none"))));
    }

    [Fact]
    public async Task It_ends_after_fourteen_days_however_busy()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        for (var hours = 0; hours < 14 * 24 - 6; hours += 6)
        {
            app.Time!.Advance(TimeSpan.FromHours(6));
            Assert.True((await Walk.TextOf(await browser.GetAsync("/"))).Contains(user.Name!, StringComparison.Ordinal), $"after {hours} hours");
        }

        app.Time!.Advance(TimeSpan.FromHours(6));

        Assert.DoesNotContain(user.Name!, await Walk.TextOf(await browser.GetAsync("/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_user_loses_session_code_refresh_and_userinfo_at_once_also_on_a_second_node()
    {
        var user = await app.NewUserAsync();
        await using var node = app.StartSecondNode();
        using var browser = await app.NewSessionAsync(user);
        using var elsewhere = app.CreateBrowser(node);
        var tokens = await browser.TokensOf(Seed.Web, await browser.CompleteAsync(TestBrowser.Request(Seed.Web), user.Username));
        var code = Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)))!;
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).StatusCode);

        await app.SaveAsync(user with { DisabledAt = app.Time!.GetUtcNow() });

        foreach (var anywhere in new[] { browser, elsewhere })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await anywhere.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).StatusCode);
            Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await anywhere.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code))));
            Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await anywhere.TokenAsync(Seed.Web, TestBrowser.Refresh(tokens.GetProperty("refresh_token").GetString()!))));
        }

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("prompt", "none"))));
    }

    [Fact]
    public async Task After_somebody_else_signs_in_at_the_same_browser_everything_is_theirs_and_the_first_ones_family_is_dead()
    {
        var (a, b) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(a);
        var online = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid profile")));
        var offline = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)));
        var code = Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid")))!;

        await browser.SignInAsync(b.Username);

        var tokens = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)));
        Assert.Equal(b.Subject, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sub").GetString());
        Assert.Equal(b.Subject, await SubjectAsync(browser, tokens));
        Assert.Contains(b.Name!, await Walk.TextOf(await browser.GetAsync("/")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(online.GetProperty("access_token").GetString()!)).StatusCode);
        Assert.Equal("invalid_grant", await TestBrowser.ErrorOf(await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, code))));
        Assert.Equal(a.Subject, await SubjectAsync(browser, offline));   // offline_access outlives the session
    }

    [Fact]
    public async Task Signing_in_again_as_the_same_person_keeps_the_session_and_its_families()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var before = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid")));

        await browser.SignInAsync(user.Username);

        var after = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid")));
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(before.GetProperty("access_token").GetString()!)).StatusCode);
        Assert.Equal(SessionOf(before), SessionOf(after));
    }

    [Fact]
    public async Task The_database_holds_no_cookie_interaction_or_code_in_clear()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var begun = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty));
        var login = await browser.FollowAsync(begun);
        var signedIn = await browser.SubmitAsync(login, ("username", user.Username), ("password", AuthCoreApp.Password));
        var code = Walk.CodeOf(await browser.FollowAsync(signedIn))!;
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync();

        foreach (var secret in new[] { Walk.CookiesOf(begun)["__Host-authcore-browser"], Walk.CookiesOf(signedIn)[Cookie], Walk.InteractionOf(login), code })
        {
            foreach (var table in new[] { "sessions", "interactions", "grants" })
            {
#pragma warning disable CA2100 // the name is one of three above
                await using var command = new NpgsqlCommand($"select count(*) from {table} t where t::text like '%' || @part || '%' or t::text like '%' || @hex || '%'", connection);
#pragma warning restore CA2100
                command.Parameters.AddWithValue("part", secret[^40..]);
                command.Parameters.AddWithValue("hex", Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)));
                Assert.Equal(0L, await command.ExecuteScalarAsync());
            }
        }
    }

    private static string? SessionOf(JsonElement tokens) => TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sid").GetString();

    private static async Task<string?> SubjectAsync(TestBrowser browser, JsonElement tokens)
    {
        var answer = await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("sub").GetString();
    }

    private static async Task<string> SignInAsync(TestBrowser browser, User user)
    {
        var answer = await browser.SubmitAsync(await browser.GetAsync("/login"), ("username", user.Username), ("password", AuthCoreApp.Password));
        return Walk.CookiesOf(answer)[Cookie];
    }

    // By a client without cookies of its own.
    private async Task<bool> IsSignedInAsync(string cookie, User user)
    {
        using var bare = app.CreateBrowser();
        var start = await bare.SendAsync(HttpMethod.Get, app.Issuer + "/", null, ("Cookie", $"{Cookie}={cookie}"));
        Assert.Equal(HttpStatusCode.OK, start.StatusCode);
        var answer = await bare.SendAsync(HttpMethod.Get, $"{app.Issuer}/authorize?{TestBrowser.Encode(TestBrowser.Request(Seed.FirstParty).With("prompt", "none"))}", null, ("Cookie", $"{Cookie}={cookie}"));
        var isNamed = (await Walk.TextOf(start)).Contains(user.Name!, StringComparison.Ordinal);
        Assert.Equal(isNamed, Walk.CodeOf(answer) is not null);
        return isNamed;
    }
}
