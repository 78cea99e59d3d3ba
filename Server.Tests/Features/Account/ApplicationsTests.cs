using System.Net;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Account;

public sealed class ApplicationsTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string Page = "/account/applications";

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_comes_back()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var sent = await browser.GetAsync(Page);
        Assert.Equal("/login?to=%2Faccount%2Fapplications", sent.Headers.Location!.OriginalString);

        var refused = await browser.SubmitAsync(await browser.FollowAsync(sent), ("username", user.Username), ("password", "wrong"));
        var answer = await browser.SubmitAsync(refused, ("username", user.Username), ("password", AuthCoreApp.Password));

        Assert.Equal(Page, answer.Headers.Location!.OriginalString);
        Assert.Contains(user.Name!, await Walk.TextOf(await browser.FollowAsync(answer)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("/account/applications/../../evil")]
    [InlineData("/account/applications?x")]
    [InlineData("/account/applications/")]
    [InlineData("/Account/Applications")]
    [InlineData("account/applications")]
    [InlineData("https://issuer.test/account/applications")]
    [InlineData("/logout")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_nowhere_but_to_a_page_of_the_account(string to)
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var login = await browser.GetAsync("/login?to=" + Uri.EscapeDataString(to));
        Assert.DoesNotContain("name=\"to\"", await login.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var answer = await browser.SubmitAsync(login, ("username", user.Username), ("password", AuthCoreApp.Password), ("to", to));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Who_let_nothing_in_is_told_so_in_words()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var document = await Walk.DocumentOf(await browser.GetAsync(Page));

        Assert.Contains("No application has access to your account", document.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(document.Forms);
    }

    [Fact]
    public async Task An_application_is_shown_with_name_host_scopes_in_words_resource_since_and_last_use()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var request = TestBrowser.Request(Seed.Web, "openid profile offline_access read:files").With("resource", "https://api.test");
        var tokens = await browser.TokensOf(Seed.Web, await browser.CompleteAsync(request, user.Username));

        var text = await TextAsync(browser);
        foreach (var words in new[] { "Web Application", "app.example", "Know who you are", "See your profile", "Keep access while you are away", "Read your files", "Test API", "today", "just now" })
        {
            Assert.Contains(words, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("e-mail", text, StringComparison.Ordinal);   // was not asked for
        app.Time!.Advance(TimeSpan.FromHours(5));
        Assert.Contains("5 hours ago", await TextAsync(browser), StringComparison.Ordinal);

        _ = await browser.RefreshAsync(Seed.Web, tokens.GetProperty("refresh_token").GetString()!);
        Assert.Contains("just now", await TextAsync(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_use_of_a_token_that_does_not_rotate_is_seen_too()
    {
        var client = Seed.FirstParty with { ClientId = "account-staying", RefreshTokenRotation = false };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(client, username: user.Username);
        app.Time!.Advance(TimeSpan.FromHours(4));
        Assert.Contains("4 hours ago", await TextAsync(browser), StringComparison.Ordinal);

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);

        Assert.Contains("just now", await TextAsync(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdrawing_ends_every_family_of_that_application_and_forgets_the_consent_and_touches_nothing_else()
    {
        var (user, other) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        using var others = await app.NewSessionAsync(other);
        var first = await browser.BeginAsync(Seed.Web, username: user.Username);
        var second = await browser.BeginAsync(Seed.Web, username: user.Username);
        var online = await browser.BeginAsync(Seed.Web, "read:files", user.Username);
        var elsewhere = await browser.BeginAsync(Seed.Post, username: user.Username);
        var theirs = await others.BeginAsync(Seed.Web, username: other.Username);

        var answer = await WithdrawAsync(browser, Seed.Web.ClientId);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        foreach (var dead in new[] { first, second, online })
        {
            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(Seed.Web, dead.RefreshToken)).Verdict);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(first.AccessToken));
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"))));
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Post, elsewhere.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await others.RefreshAsync(Seed.Web, theirs.RefreshToken)).Verdict);
        Assert.NotNull(Walk.CodeOf(await others.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"))));

        var page = await browser.FollowAsync(answer);
        Assert.Contains("Web Application has no access to your account now", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.Single((await Walk.DocumentOf(page)).QuerySelectorAll("input[name=client]"));   // the other application
    }

    [Fact]
    public async Task What_cannot_be_used_any_more_is_no_access_but_the_remembered_answer_is_told()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        _ = await browser.GetCodeAsync(Seed.Web, username: user.Username);       // never redeemed
        Assert.DoesNotContain("no access at the moment", await TextAsync(browser), StringComparison.Ordinal);

        app.Time!.Advance(TimeSpan.FromMinutes(2));

        var text = await TextAsync(browser);
        Assert.Contains("It has no access at the moment, but you allowed this before", text, StringComparison.Ordinal);
        Assert.Contains("See your profile", text, StringComparison.Ordinal);
        _ = await WithdrawAsync(browser, Seed.Web.ClientId);
        Assert.Contains("No application has access", await TextAsync(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_whose_refresh_token_lay_idle_for_too_long_has_access_while_its_access_token_may_live()
    {
        var client = Seed.Web with { ClientId = "soon-idle", ClientName = "Soon Idle", RefreshTokenIdleLifetime = 60 };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(client, username: user.Username);

        app.Time!.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
        var text = await TextAsync(browser);
        Assert.Contains("Soon Idle", text, StringComparison.Ordinal);
        Assert.DoesNotContain("no access at the moment", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_that_ends_with_a_session_is_listed_while_the_session_lives()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        using var other = await app.NewSessionAsync(user);
        _ = await browser.BeginAsync(Seed.FirstParty, "read:files", user.Username);
        Assert.Contains("let it in without asking you", await TextAsync(other), StringComparison.Ordinal);

        await browser.SignOutAsync();

        Assert.Contains("No application has access", await TextAsync(other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decision", "allow")]
    [InlineData("decision", "")]
    [InlineData("client", "nobody")]
    [InlineData("client", "")]
    [InlineData("session", "")]
    [InlineData("session", "00000000-0000-0000-0000-000000000000")]
    [InlineData("form_token", "")]
    [InlineData("form_token", "x")]
    public async Task A_form_that_is_not_as_the_page_made_it_withdraws_nothing(string field, string value)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);
        var fields = await FormAsync(browser, Seed.Web.ClientId);
        fields[field] = value;

        var answer = await browser.PostAsync(Page, fields);

        Assert.Equal(field == "form_token" ? HttpStatusCode.BadRequest : HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("decision")]
    [InlineData("session")]
    public async Task A_repeated_field_is_refused(string field)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);
        var fields = await FormAsync(browser, Seed.Web.ClientId);

        var answer = await browser.PostAsync(Page, [.. fields, KeyValuePair.Create(field, fields[field])]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_post_from_another_site_withdraws_nothing()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);
        var fields = await FormAsync(browser, Seed.Web.ClientId);

        foreach (var header in new[] { ("Origin", "https://evil.test"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(HttpMethod.Post, app.Issuer + Page, fields, header)).StatusCode);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_form_shown_to_somebody_else_withdraws_nothing_of_who_signed_in_since()
    {
        var (a, b) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(a);
        _ = await browser.BeginAsync(Seed.Web, username: a.Username);
        var shownToA = await FormAsync(browser, Seed.Web.ClientId);
        await browser.SignInAsync(b.Username);
        var tokens = await browser.BeginAsync(Seed.Web, username: b.Username);

        var answer = await browser.PostAsync(Page, shownToA);

        Assert.Equal(Page, answer.Headers.Location!.OriginalString);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_link_can_neither_withdraw_nor_make_the_page_say_what_is_not_so()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);

        foreach (var query in new[] { "?withdrawn=web", "?withdrawn=nobody", "?withdrawn=%3Cb%3E", "?client=web&decision=withdraw", "?withdrawn=" + new string('x', 2000) })
        {
            Assert.Empty((await Walk.DocumentOf(await browser.GetAsync(Page + query))).QuerySelectorAll("[role=status]"));
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task A_client_that_is_switched_off_is_still_there_to_be_withdrawn()
    {
        var client = Seed.Web with { ClientId = "account-off" };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        _ = await browser.BeginAsync(client, username: user.Username);
        await app.SaveAsync(client with { DisabledAt = app.Time!.GetUtcNow() });
        Assert.Contains("have switched it off", await TextAsync(browser), StringComparison.Ordinal);

        _ = await WithdrawAsync(browser, client.ClientId);

        Assert.Contains("No application has access", await TextAsync(browser), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_page_links_here_for_who_is_signed_in_alone()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        using var nobody = app.CreateBrowser();

        Assert.NotNull((await Walk.DocumentOf(await browser.GetAsync("/"))).QuerySelector($"a[href='{Page}']"));
        Assert.Null((await Walk.DocumentOf(await nobody.GetAsync("/"))).QuerySelector($"a[href='{Page}']"));
    }

    [Fact]
    public async Task Without_a_session_a_form_leads_to_the_sign_in_and_changes_nothing()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var tokens = await browser.BeginAsync(Seed.Web, username: user.Username);
        var fields = await FormAsync(browser, Seed.Web.ClientId);
        await browser.SignOutAsync();

        var page = await browser.FollowAsync(await browser.PostAsync(Page, fields));

        Assert.Equal("/login", Walk.PathOf(page));
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(Seed.Web, tokens.RefreshToken)).Verdict);
    }

    private static async Task<string> TextAsync(TestBrowser browser) => await Walk.TextOf(await browser.GetAsync(Page));

    private static async Task<Dictionary<string, string>> FormAsync(TestBrowser browser, string clientId)
    {
        var document = await Walk.DocumentOf(await browser.GetAsync(Page));
        var form = document.Forms.Single(form => form.QuerySelector("input[name=client]")!.GetAttribute("value") == clientId);
        var fields = form.QuerySelectorAll("input").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value")!, StringComparer.Ordinal);
        fields["decision"] = "withdraw";
        return fields;
    }

    private static async Task<HttpResponseMessage> WithdrawAsync(TestBrowser browser, string clientId) => await browser.PostAsync(Page, await FormAsync(browser, clientId));
}
