using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Tests.Web;

public sealed class PagesTests
{
    [Fact]
    public async Task Login_has_the_fields_a_password_manager_looks_for_on_one_page()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null));

        var username = page.One("input[name=username]");
        var password = page.One("input[name=password]");
        Assert.Equal("username webauthn", username.GetAttribute("autocomplete"));
        Assert.Equal("none", username.GetAttribute("autocapitalize"));
        Assert.Equal("false", username.GetAttribute("spellcheck"));
        Assert.Equal("current-password", password.GetAttribute("autocomplete"));
        Assert.Equal("password", password.GetAttribute("type"));
        Assert.Equal("int_1", page.One("input[name=i]").GetAttribute("value"));
        Assert.Equal("token-value", page.One("input[name=__af]").GetAttribute("value"));
        Assert.Equal("post", page.One("form").GetAttribute("method"));
        Assert.Equal("Sign in to Grafana", page.Text("h1"));
    }

    [Fact]
    public async Task Enter_signs_in_and_never_cancels()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null));

        // The first submit button in tree order is the form's default (HTML, implicit submission).
        var buttons = page.Document.QuerySelectorAll("form button");
        Assert.False(buttons[0].HasAttribute("name"));
        Assert.Equal("cancel", buttons[1].GetAttribute("value"));
        Assert.True(buttons[1].HasAttribute("formnovalidate"));
    }

    [Fact]
    public async Task Login_without_an_application_offers_no_way_back_to_one()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login with { ClientName = null, InteractionId = null }, null));

        Assert.Equal("Sign in", page.Text("h1"));
        Assert.Empty(page.Document.QuerySelectorAll("[value=cancel], input[name=i]"));
    }

    [Fact]
    public async Task A_wrong_password_is_announced_and_the_username_kept_but_never_the_password()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login with { Username = "alice", Error = LoginError.WrongPassword }, null));

        Assert.Equal(422, page.Response.StatusCode);
        Assert.Equal(LoginError.WrongPassword.Text, page.Text("[role=alert]"));
        Assert.StartsWith("Error: ", page.Document.Title, StringComparison.Ordinal);
        var username = page.One("#username");
        var password = page.One("#password");
        Assert.Equal("alice", username.GetAttribute("value"));
        Assert.False(password.HasAttribute("value"));
        Assert.True(password.HasAttribute("autofocus"));
        Assert.All([username, password], field => Assert.Equal("true", field.GetAttribute("aria-invalid")));
        Assert.All([username, password], field => Assert.StartsWith("error", field.GetAttribute("aria-describedby"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, "1 minute,")]
    [InlineData(60, "1 minute,")]
    [InlineData(61, "2 minutes,")]
    [InlineData(900, "15 minutes,")]
    [InlineData(-5, "1 minute,")]
    public async Task A_locked_account_says_how_long_and_blames_no_field(int seconds, string time)
    {
        var error = LoginError.Locked(TimeSpan.FromSeconds(seconds));
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login with { Username = "alice", Error = error }, null, status: 429));

        Assert.Equal(429, page.Response.StatusCode);
        Assert.Contains(time, page.Text("[role=alert]"), StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("[aria-invalid]"));
    }

    [Fact]
    public async Task A_login_without_an_error_announces_none()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null));

        Assert.Equal(200, page.Response.StatusCode);
        Assert.Empty(page.Document.QuerySelectorAll("[role=alert], [aria-invalid]"));
        Assert.True(page.One("#username").HasAttribute("autofocus"));
    }

    [Fact]
    public async Task A_required_scope_is_locked_posts_all_the_same_and_says_why()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent, null));

        var box = page.One("input[type=checkbox][value=openid]");
        Assert.True(box.HasAttribute("checked"));
        Assert.True(box.HasAttribute("disabled"));
        Assert.Equal("scope", page.One("input[type=hidden][value=openid]").GetAttribute("name"));
        Assert.Contains("Required. Without it", page.Text($"#{box.GetAttribute("aria-describedby")}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_optional_scope_posts_only_when_ticked(bool ticked)
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent with { Scopes = [Samples.Email with { IsTicked = ticked }] }, null));

        var field = page.One("input[value=email]");
        Assert.Equal("checkbox", field.GetAttribute("type"));
        Assert.Equal("scope", field.GetAttribute("name"));
        Assert.Equal(ticked, field.HasAttribute("checked"));
        Assert.False(field.HasAttribute("disabled"));
    }

    [Fact]
    public async Task Allow_and_deny_weigh_the_same_and_neither_is_focused_nor_is_allow_the_default()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent, null));

        var buttons = page.Document.QuerySelectorAll(".pair button");
        Assert.Equal(["deny", "allow"], buttons.Select(button => button.GetAttribute("value")), StringComparer.Ordinal);
        Assert.Equal(buttons[0].ClassName, buttons[1].ClassName);
        Assert.Empty(page.Document.QuerySelectorAll("[autofocus]"));
    }

    [Fact]
    public async Task Changing_the_account_posts_no_scope()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent, null));

        var form = page.One("[value=switch]").Closest("form")!;
        Assert.Empty(form.QuerySelectorAll("[name=scope]"));
        Assert.Equal("token-value", form.QuerySelector("[name=__af]")?.GetAttribute("value"));
        Assert.Equal("int_1", form.QuerySelector("[name=i]")?.GetAttribute("value"));
    }

    [Fact]
    public async Task Consent_shows_whom_where_how_long_and_exactly_what()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(
            Samples.Consent with { LifetimeText = "1 hour", RedirectHost = "this computer (127.0.0.1)", Resources = [new ConsentResource("Files API", "files.example.org"), new ConsentResource("Notes")], Scopes = [Samples.Email with { IsNew = true, ResourceNames = ["Files API", "Notes"] }] },
            null));

        Assert.Equal("Photo Printer wants access to your account", page.Text("h1"));
        Assert.Equal("print.example.org", page.Text(".host"));
        Assert.Equal("Access is for Files API (files.example.org)Access is for NotesThis lasts 1 hour.You will be sent to this computer (127.0.0.1).", page.Text(".facts"));
        Assert.Contains("At Files API and Notes.", page.Text(".about"), StringComparison.Ordinal);
        Assert.Equal("Email: alice@example.com", page.Text("details li"));
        Assert.Equal("New", page.Text(".badge"));
        Assert.Contains("alice", page.Text(".who"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_named_itself_is_said_to_have_done_so()
    {
        var known = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent, null));
        var unknown = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent with { SelfDeclared = true, ClientHost = null, RedirectHost = "the app com.example" }, null));

        Assert.Empty(known.Document.QuerySelectorAll(".caution"));
        Assert.EndsWith("only if you trust the app com.example.", unknown.Text(".caution"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_without_scopes_has_nothing_to_tick()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent with { Scopes = [] }, null));

        Assert.Empty(page.Document.QuerySelectorAll("fieldset, input[name=scope]"));
        Assert.StartsWith("It asks for no information", page.Text(".notice"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("//evil.example")]
    [InlineData("/local")]
    [InlineData("https://a@evil.example/")]
    [InlineData("HTTPS:evil")]
    [InlineData("")]
    public async Task A_clients_address_that_is_not_plainly_of_the_web_is_no_link(string uri)
    {
        var consent = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent with { ClientUri = uri, PolicyUri = uri, TosUri = uri }, null));
        var error = await DeliveredPage.GetAsync(PageResult.For(ErrorPages.Expired(Samples.Occasion with { StartAgainUri = uri })));
        var signedOut = await DeliveredPage.GetAsync(PageResult.For(new SignedOutModel { ContinueUri = uri }));

        Assert.All([consent, error, signedOut], page => Assert.Empty(page.Document.QuerySelectorAll("a")));
    }

    [Fact]
    public async Task A_link_to_the_client_passes_on_neither_referrer_nor_window()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent with { PolicyUri = "https://print.example.org/privacy" }, null));

        var link = page.One("a");
        Assert.Equal("https://print.example.org/privacy", link.GetAttribute("href"));
        Assert.Equal("noopener noreferrer nofollow", link.GetAttribute("rel"));
    }

    [Fact]
    public async Task The_first_choice_of_account_is_to_go_on()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.SelectAccount with { UserDetail = "alice@example.com" }, null));

        Assert.Equal(["continue", "other", "cancel"], page.Document.QuerySelectorAll("button[name=decision]").Select(button => button.GetAttribute("value")), StringComparer.Ordinal);
        Assert.Contains("Continue as alice alice@example.com", page.Text("[value=continue]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_is_asked_by_post_and_carries_the_fields_given()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.SignOut with { Fields = [new("state", "s1")] }));

        Assert.Equal("post", page.One("form").GetAttribute("method"));
        Assert.Equal("s1", page.One("input[name=state]").GetAttribute("value"));
        Assert.Equal(["signout", "stay"], page.Document.QuerySelectorAll("button").Select(button => button.GetAttribute("value")), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_error_keeps_the_facts_apart_from_what_a_person_reads()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(ErrorPages.BadClient(Samples.Occasion, "invalid_request", "The redirect_uri is not registered.")));

        Assert.Equal(400, page.Response.StatusCode);
        Assert.Equal("This sign-in link does not work", page.Text("h1"));
        Assert.False(page.One("details").HasAttribute("open"));
        Assert.Contains("invalid_request", page.Text("details"), StringComparison.Ordinal);
        Assert.Contains("ref-1", page.Text("details"), StringComparison.Ordinal);
        Assert.Equal("2026-07-29T12:34:56Z", page.One("time").GetAttribute("datetime"));
        Assert.Empty(page.Document.QuerySelectorAll("a"));
    }

    [Fact]
    public async Task An_expired_sign_in_says_where_to_start_again_with_a_link_only_where_one_is_registered()
    {
        var at = Samples.Occasion with { ClientName = "Grafana" };
        var without = await DeliveredPage.GetAsync(PageResult.For(ErrorPages.Expired(at)));
        var with = await DeliveredPage.GetAsync(PageResult.For(ErrorPages.Expired(at with { StartAgainUri = "https://grafana.example.com/login" })));

        Assert.Contains("Grafana", without.Text(".card > p"), StringComparison.Ordinal);
        Assert.Empty(without.Document.QuerySelectorAll("a"));
        Assert.Equal("https://grafana.example.com/login", with.One("a").GetAttribute("href"));
    }

    [Fact]
    public async Task The_start_page_shows_demo_users_and_clients_only_where_given()
    {
        var production = await DeliveredPage.GetAsync(PageResult.For(Samples.Start));
        var development = await DeliveredPage.GetAsync(PageResult.For(Samples.Start with { DemoUsers = [new StartUser("alice", "pw")], SignedInAs = "bob", SignOutHref = "/signout" }));

        Assert.DoesNotContain("Demo", production.Html, StringComparison.Ordinal);
        Assert.Contains("alice", development.Text(".cells"), StringComparison.Ordinal);
        Assert.Equal("/signout", development.One("a.button").GetAttribute("href"));
    }
}
