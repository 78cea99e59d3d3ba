using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class LogoutTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task A_link_asks_first_and_signs_nobody_out()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);

        var page = await browser.GetAsync("/logout");

        Assert.Contains($"You are signed in as {user.Name}", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-authcore-session", Walk.CookiesOf(page).Keys);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("/logout?decision=signout")]
    [InlineData("/logout?id_token_hint=x&post_logout_redirect_uri=https://evil.test/")]
    public async Task No_get_signs_out_or_leads_elsewhere(string url)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var page = await browser.GetAsync(url);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("evil.test", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task The_button_ends_the_session_deletes_the_cookie_and_kills_its_value()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var signedIn = await browser.SubmitAsync(await browser.GetAsync("/login"), ("username", user.Username), ("password", AuthCoreApp.Password));
        var value = Walk.CookiesOf(signedIn)["__Host-authcore-session"];
        var online = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, "openid")));
        var offline = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty)));

        var page = await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

        Assert.Contains("You are signed out", await Walk.TextOf(page), StringComparison.Ordinal);
        var deletion = page.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith("__Host-authcore-session=;", StringComparison.Ordinal));
        Assert.Contains("expires=Thu, 01 Jan 1970", deletion, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("secure", deletion, StringComparison.OrdinalIgnoreCase);   // else a browser leaves a __Host- cookie
        Assert.False(await IsSignedInAsync(browser));
        using var bare = app.CreateBrowser();
        var replay = await bare.SendAsync(HttpMethod.Get, app.Issuer + "/", null, ("Cookie", "__Host-authcore-session=" + value));
        Assert.DoesNotContain(user.Name!, await Walk.TextOf(replay), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(online.GetProperty("access_token").GetString()!)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(offline.GetProperty("access_token").GetString()!)).StatusCode);
    }

    [Theory]
    [InlineData("stay")]
    [InlineData("")]
    [InlineData("SIGNOUT")]
    public async Task Any_other_answer_signs_nobody_out(string decision)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var answer = await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", decision));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("nonsense", null, null)]
    [InlineData("right", "Origin", "https://evil.test")]
    [InlineData("right", "Sec-Fetch-Site", "cross-site")]
    public async Task A_post_that_is_not_from_our_page_signs_nobody_out(string? token, string? header, string? value)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var (_, fields) = await TestBrowser.ReadFormAsync(await browser.GetAsync("/logout"));
        List<KeyValuePair<string, string>> form = [new("decision", "signout")];
        if (token is not null)
        {
            form.Add(new("form_token", token == "right" ? fields.Single().Value : token));
        }

        var answer = await browser.SendAsync(HttpMethod.Post, app.Issuer + "/logout", form, header is null ? [] : [(header, value!)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_told_so()
    {
        using var browser = app.CreateBrowser();

        Assert.Contains("You are signed out", await Walk.TextOf(await browser.GetAsync("/logout")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ended_in_one_tab_is_over_for_the_consent_page_in_another()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var consent = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

        Assert.Equal("/login", Walk.PathOf(await browser.PressAsync(consent, "allow")));
    }

    private static async Task<bool> IsSignedInAsync(TestBrowser browser) =>
        Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty).With("prompt", "none"))) is not null;
}
