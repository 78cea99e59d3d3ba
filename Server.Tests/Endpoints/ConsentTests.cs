using System.Net;
using AngleSharp.Html.Dom;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class ConsentTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string Everything = "openid profile email offline_access read:files";

    [Fact]
    public async Task The_page_names_application_hosts_scopes_values_resource_and_lifetime()
    {
        var client = Seed.Web with { ClientId = "described", ClientName = "Described", ClientUri = "https://app.example/about", PolicyUri = "https://app.example/privacy", TosUri = "https://app.example/terms" };
        await app.SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);

        var page = await browser.OpenAsync(TestBrowser.Request(client, Everything).With("resource", Seed.Api.Identifier));

        var text = await Walk.TextOf(page);
        foreach (var words in new[] { "Described", "app.example", user.Name!, user.Email!, "Know who you are", "See your e-mail address", Seed.ReadFiles.Title, "Keep access while you are away", Seed.Api.Name, "90 days at most", user.GivenName!, "Needed to sign you in." })
        {
            Assert.Contains(words, text, StringComparison.Ordinal);
        }

        var document = await Walk.DocumentOf(page);
        Assert.Equal(["https://app.example/about", "https://app.example/privacy", "https://app.example/terms"], document.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        var boxes = document.QuerySelectorAll("input[type=checkbox]").OfType<IHtmlInputElement>().ToArray();
        Assert.Equal(Everything.Split(' ').Order(StringComparer.Ordinal), boxes.Select(box => box.Value).Order(StringComparer.Ordinal));
        Assert.All(boxes, box => Assert.True(box.IsChecked));
        Assert.Equal(["openid"], boxes.Where(box => box.IsDisabled).Select(box => box.Value));
        var buttons = document.QuerySelectorAll("button[name=decision]").Where(button => button.GetAttribute("value") is "allow" or "deny").ToArray();
        Assert.Single(buttons.Select(button => button.ClassName).Distinct());
        Assert.Equal(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https://app.example; frame-ancestors 'none'; base-uri 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task What_is_granted_is_what_was_ticked_in_token_and_userinfo_alike()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web, Everything));

        var tokens = await browser.TokensOf(Seed.Web, await browser.AllowWithoutAsync(page, "email", "offline_access"));

        Assert.Equal("openid profile read:files", tokens.GetProperty("scope").GetString());
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        var userInfo = await (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("@example.com", userInfo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_scope_stays_though_it_was_not_posted()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web, "openid profile"));

        var tokens = await browser.TokensOf(Seed.Web, await browser.AllowWithoutAsync(page, "openid", "profile"));

        Assert.Equal("openid", tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Nothing_ticked_and_nothing_required_is_access_denied()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web, "read:files"));

        Assert.Equal("access_denied", Walk.ErrorOf(await browser.AllowWithoutAsync(page, "read:files")));
    }

    [Fact]
    public async Task Scopes_that_were_not_asked_for_and_other_fields_change_nothing()
    {
        var (user, other) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web, "openid profile"));

        var answer = await browser.FollowAsync(await browser.SubmitAsync(
            page, ("decision", "allow"), ("scope", "email"), ("scope", "read:files"), ("scope", "offline_access"), ("scope", "admin"), ("scopes", "admin"), ("isAdmin", "true"), ("userId", other.Subject),
            ("subject", other.Subject), ("sub", other.Subject), ("client_id", "spa"), ("redirect_uri", "https://evil.test/"), ("state", "another"), ("code_challenge", "x"), ("id", "1"), ("createdAt", "2000-01-01")));

        var tokens = await browser.TokensOf(Seed.Web, answer);
        Assert.StartsWith("https://app.example/cb?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(TestBrowser.Request(Seed.Web)["state"], TestBrowser.QueryOf(answer)["state"]);
        Assert.Equal("openid profile", tokens.GetProperty("scope").GetString());
        Assert.Equal(user.Subject, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sub").GetString());
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web, "openid email").With("prompt", "none"))));
    }

    [Theory]
    [InlineData("decision")]
    [InlineData("i")]
    public async Task Two_decisions_or_two_interactions_in_one_form_are_refused(string name)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));

        var answer = await browser.SubmitAsync(page, ("decision", "allow"), (name, name == "decision" ? "deny" : Walk.InteractionOf(page)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenInteractionAsync(Walk.InteractionOf(page))));
    }

    [Fact]
    public async Task The_answer_is_remembered_for_this_person_and_this_client_only()
    {
        var (user, other) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        using var others = await app.NewSessionAsync(other);
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(await browser.OpenAsync(TestBrowser.Request(Seed.Web, Everything)), "allow")));

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web, Everything))));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web, "openid email").With("prompt", "none"))));
        Assert.Equal("/consent", Walk.PathOf(await others.OpenAsync(TestBrowser.Request(Seed.Web, Everything))));
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenAsync(TestBrowser.Request(Seed.Post, Everything))));
    }

    [Fact]
    public async Task What_was_declined_is_remembered_and_asked_again_only_with_prompt_consent()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var request = TestBrowser.Request(Seed.Web, Everything);
        await browser.AllowWithoutAsync(await browser.OpenAsync(request), "email", "offline_access");

        var tokens = await browser.TokensOf(Seed.Web, await browser.AuthorizeAsync(request));
        Assert.Equal("openid profile read:files", tokens.GetProperty("scope").GetString());

        var again = await browser.OpenAsync(request.With("prompt", "consent"));
        var boxes = (await Walk.DocumentOf(again)).QuerySelectorAll("input[type=checkbox]").OfType<IHtmlInputElement>().ToDictionary(box => box.Value, box => box.IsChecked, StringComparer.Ordinal);
        Assert.False(boxes["email"]);
        Assert.False(boxes["offline_access"]);
        Assert.True(boxes["profile"]);
        tokens = await browser.TokensOf(Seed.Web, await browser.FollowAsync(await browser.SubmitAsync(again, ("decision", "allow"), ("scope", "email"))));
        Assert.Equal("openid profile email read:files", tokens.GetProperty("scope").GetString());
        tokens = await browser.TokensOf(Seed.Web, await browser.AuthorizeAsync(request.With("prompt", "none")));
        Assert.Equal("openid profile email read:files", tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_new_scope_is_asked_for_and_marked_and_silently_never_given()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        await browser.PressAsync(await browser.OpenAsync(TestBrowser.Request(Seed.Web, "openid profile")), "allow");
        var more = TestBrowser.Request(Seed.Web, "openid profile email");

        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(more.With("prompt", "none"))));
        var page = await browser.OpenAsync(more);

        Assert.Equal("/consent", Walk.PathOf(page));
        var marked = (await Walk.DocumentOf(page)).QuerySelectorAll(".scope").Where(scope => scope.QuerySelector(".badge") is not null).Select(scope => ((IHtmlInputElement)scope.QuerySelector("input")!).Value);
        Assert.Equal(["email"], marked);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4444/cb", true)]
    [InlineData("com.example.app:/cb", true)]
    [InlineData("https://spa.example/cb", false)]
    public async Task A_public_client_is_asked_for_every_time_unless_its_redirect_uri_is_https(string uri, bool everyTime)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var client = everyTime ? Seed.Native : Seed.Spa;
        var request = TestBrowser.Request(client).With("redirect_uri", uri);
        var first = await browser.OpenAsync(request);
        Assert.Equal(everyTime, (await Walk.TextOf(first)).Contains("could pretend to be this application", StringComparison.Ordinal));
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(first, "allow")));

        var silent = await browser.AuthorizeAsync(request.With("prompt", "none"));
        var second = await browser.OpenAsync(request);

        Assert.Equal(everyTime ? "consent_required" : null, Walk.ErrorOf(silent));
        Assert.Equal(everyTime ? "/consent" : "/authorize", Walk.PathOf(second));
    }

    [Fact]
    public async Task A_first_party_client_asks_nobody()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var tokens = await browser.TokensOf(Seed.FirstParty, await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty, Everything)));

        Assert.Equal(Everything, tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Deny_is_access_denied_and_remembers_nothing()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var request = TestBrowser.Request(Seed.Web);

        var answer = await browser.PressAsync(await browser.OpenAsync(request), "deny");

        Assert.Equal("access_denied", Walk.ErrorOf(answer));
        Assert.Equal(request["state"], TestBrowser.QueryOf(answer)["state"]);
        Assert.Equal(app.Issuer, TestBrowser.QueryOf(answer)["iss"]);
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenAsync(request)));
    }

    [Fact]
    public async Task A_claim_asked_for_without_its_scope_is_an_item_of_its_own_and_given_when_ticked()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var request = TestBrowser.Request(Seed.Web, "openid").With("claims", """{"userinfo":{"email":{"essential":true},"unknown_claim":null},"id_token":{"given_name":null}}""");

        var page = await browser.OpenAsync(request);
        Assert.Contains("Your email", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.Contains(user.Email!, await Walk.TextOf(page), StringComparison.Ordinal);
        var tokens = await browser.TokensOf(Seed.Web, await browser.PressAsync(page, "allow"));

        var userInfo = await ReadUserInfoAsync(browser, tokens);
        Assert.Equal(["email", "sub"], userInfo.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        var idToken = TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!);
        Assert.Equal(user.GivenName, idToken.GetProperty("given_name").GetString());
        Assert.False(idToken.TryGetProperty("email", out _));
        Assert.Equal("openid", tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_claim_that_was_declined_is_given_neither_then_nor_later()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var request = TestBrowser.Request(Seed.Web, "openid").With("claims", """{"userinfo":{"email":{"essential":true}},"id_token":{"email":null}}""");

        var first = await browser.TokensOf(Seed.Web, await browser.AllowWithoutAsync(await browser.OpenAsync(request), "claim:email"));
        var second = await browser.TokensOf(Seed.Web, await browser.AuthorizeAsync(request));

        foreach (var tokens in new[] { first, second })
        {
            Assert.False((await ReadUserInfoAsync(browser, tokens)).TryGetProperty("email", out _));
            Assert.False(TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).TryGetProperty("email", out _));
        }
    }

    [Fact]
    public async Task A_claim_of_a_scope_the_client_may_not_ask_for_is_neither_asked_nor_given()
    {
        var client = Seed.Web with { ClientId = "no-email", Scope = ["openid", "profile"] };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var page = await browser.OpenAsync(TestBrowser.Request(client, "openid").With("claims", """{"userinfo":{"email":{"essential":true}}}"""));
        Assert.DoesNotContain("claim:email", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var tokens = await browser.TokensOf(client, await browser.FollowAsync(await browser.SubmitAsync(page, ("decision", "allow"), ("scope", "claim:email"), ("scope", "email"))));

        Assert.False((await ReadUserInfoAsync(browser, tokens)).TryGetProperty("email", out _));
    }

    [Fact]
    public async Task Allow_on_a_page_shown_to_one_person_grants_nothing_for_another_who_signed_in_meanwhile()
    {
        var (shown, meanwhile) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(shown);
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        await browser.SignInAsync(meanwhile.Username);

        var answer = await browser.PressAsync(page, "allow");

        Assert.Equal("/consent", Walk.PathOf(answer));
        Assert.Contains(meanwhile.Name!, await Walk.TextOf(answer), StringComparison.Ordinal);
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("prompt", "none"))));
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(answer, "allow")));
    }

    [Fact]
    public async Task What_one_person_allowed_is_not_given_when_another_signs_in_before_the_answer_goes_out()
    {
        var (allowed, meanwhile) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(allowed);
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        var next = await browser.SubmitAsync(page, ("decision", "allow"));
        await browser.SignInAsync(meanwhile.Username);

        Assert.Equal("/consent", Walk.PathOf(await browser.FollowAsync(next)));
    }

    [Fact]
    public async Task Not_you_leads_to_the_login_page_and_the_next_person_is_asked_for_themselves()
    {
        var (first, second) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(first);
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));

        var login = await browser.PressAsync(page, "switch");
        Assert.Equal("/login", Walk.PathOf(login));
        var consent = await browser.SignInAtAsync(login, second);

        Assert.Contains($"Signed in as {second.Name}", await Walk.TextOf(consent), StringComparison.Ordinal);
        var tokens = await browser.TokensOf(Seed.Web, await browser.PressAsync(consent, "allow"));
        Assert.Equal(second.Subject, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sub").GetString());
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("nonsense", null, null)]
    [InlineData("right", "Origin", "https://evil.test")]
    [InlineData("right", "Origin", "https://app.example")]
    [InlineData("right", "Sec-Fetch-Site", "cross-site")]
    public async Task A_post_that_is_not_from_our_page_neither_allows_nor_denies(string? token, string? header, string? value)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        var (_, fields) = await TestBrowser.ReadFormAsync(page);
        if (token != "right")
        {
            fields.RemoveAll(field => field.Key == "form_token");
        }

        if (token is not (null or "right"))
        {
            fields.Add(new("form_token", token));
        }

        foreach (var decision in new[] { "allow", "deny", "switch" })
        {
            var answer = await browser.SendAsync(HttpMethod.Post, app.Issuer + "/consent", [.. fields, new("decision", decision)], header is null ? [] : [(header, value!)]);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal("/consent", Walk.PathOf(await browser.OpenInteractionAsync(Walk.InteractionOf(page))));
    }

    [Fact]
    public async Task Words_of_a_client_and_a_person_are_shown_encoded()
    {
        var client = Seed.Web with { ClientId = "hostile", ClientName = "<script>alert(1)</script>\u202e" };
        await app.SaveAsync(client);
        var user = (await app.NewUserAsync()) with { Name = "<img src=x onerror=alert(1)>" };
        await app.SaveAsync(user);
        using var browser = await app.NewSessionAsync(user);

        var document = await Walk.DocumentOf(await browser.OpenAsync(TestBrowser.Request(client)));

        Assert.Empty(document.QuerySelectorAll("script, img"));
        Assert.Contains("<script>alert(1)</script>", document.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', document.Body.TextContent);
    }

    private static async Task<System.Text.Json.JsonElement> ReadUserInfoAsync(TestBrowser browser, System.Text.Json.JsonElement tokens) =>
        System.Text.Json.JsonElement.Parse(await (await browser.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Content.ReadAsStringAsync());
}
