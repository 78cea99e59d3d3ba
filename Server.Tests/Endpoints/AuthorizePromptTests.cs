using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class AuthorizePromptTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static Dictionary<string, string> Request(string? prompt = null, string? maxAge = null, Client? client = null) =>
        TestBrowser.Request(client ?? Seed.FirstParty).With("prompt", prompt).With("max_age", maxAge);

    [Theory]
    [InlineData(null)]
    [InlineData("login")]
    [InlineData("consent")]
    [InlineData("select_account")]
    [InlineData("login consent select_account")]
    public async Task Without_a_session_every_prompt_begins_with_the_login_page(string? prompt)
    {
        using var browser = app.CreateBrowser();

        Assert.Equal("/login", Walk.PathOf(await browser.OpenAsync(Request(prompt))));
    }

    [Fact]
    public async Task None_without_a_session_is_login_required_and_no_page()
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(Request("none"));

        Assert.Equal("login_required", Walk.ErrorOf(answer));
        Assert.Empty(Walk.CookiesOf(answer));
    }

    [Fact]
    public async Task None_with_a_session_and_nothing_to_ask_is_a_code_at_once()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("none"))));
    }

    [Fact]
    public async Task None_with_a_session_that_was_never_asked_is_consent_required()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync(Request("none", client: Seed.Web))));
    }

    [Fact]
    public async Task Login_asks_a_signed_in_person_again_and_once()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);

        var page = await browser.OpenAsync(Request("login"));
        Assert.Equal("/login", Walk.PathOf(page));
        app.Time!.Advance(TimeSpan.FromSeconds(20));
        var answer = await browser.SignInAtAsync(page, user);

        Assert.NotNull(Walk.CodeOf(answer));
        var idToken = TestBrowser.ClaimsOf(await IdTokenAsync(browser, answer));
        Assert.Equal(app.Time.GetUtcNow().ToUnixTimeSeconds(), idToken.GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task Login_is_not_satisfied_by_going_back_to_authorize_without_a_password()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(Request("login"));

        var again = await browser.OpenInteractionAsync(Walk.InteractionOf(page));

        Assert.Equal("/login", Walk.PathOf(again));
    }

    [Fact]
    public async Task Select_account_asks_a_signed_in_person_and_continue_is_enough()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var page = await browser.OpenAsync(Request("select_account"));

        Assert.Equal("/select-account", Walk.PathOf(page));
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(page, "continue")));
    }

    [Fact]
    public async Task Select_account_is_not_asked_of_who_has_just_signed_in()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();

        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(await browser.OpenAsync(Request("select_account")), user)));
    }

    [Fact]
    public async Task Consent_asks_again_and_once_even_for_a_first_party_client()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        var page = await browser.OpenAsync(Request("consent"));

        Assert.Equal("/consent", Walk.PathOf(page));
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(page, "allow")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("000")]
    [InlineData("1")]
    [InlineData("4")]
    public async Task A_max_age_that_has_passed_signs_in_again(string maxAge)
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);   // five seconds ago

        var page = await browser.OpenAsync(Request(maxAge: maxAge));

        Assert.Equal("/login", Walk.PathOf(page));
        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(page, user)));
        Assert.Equal(maxAge is "1" or "4" ? null : "login_required", Walk.ErrorOf(await browser.AuthorizeAsync(Request("none", maxAge))));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3600")]
    [InlineData("999999999")]
    public async Task A_max_age_that_has_not_passed_does_not_and_auth_time_is_told(string maxAge)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var signedInAt = app.Time!.GetUtcNow() - TimeSpan.FromSeconds(5);

        var answer = await browser.AuthorizeAsync(Request(maxAge: maxAge));

        var idToken = TestBrowser.ClaimsOf(await IdTokenAsync(browser, answer));
        Assert.Equal(signedInAt.ToUnixTimeSeconds(), idToken.GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task A_max_age_that_has_passed_with_prompt_none_is_login_required()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(Request("none", "4"))));
    }

    [Fact]
    public async Task The_clients_default_max_age_counts_where_the_request_has_none()
    {
        var client = Seed.FirstParty with { ClientId = "strict", DefaultMaxAge = 2 };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(Request("none", client: client))));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("none", "60", client))));
    }

    [Fact]
    public async Task A_hint_of_ones_own_gets_a_code_also_long_after_it_expired()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var hint = await IdTokenAsync(browser, await browser.AuthorizeAsync(Request("none")));

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("none").With("id_token_hint", hint))));
        app.Time!.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("none").With("id_token_hint", hint))));
    }

    [Fact]
    public async Task A_hint_of_somebody_else_never_gets_a_code()
    {
        var (other, user) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var others = await app.NewSessionAsync(other);
        using var browser = await app.NewSessionAsync(user);
        var hint = await IdTokenAsync(others, await others.AuthorizeAsync(Request("none")));
        var request = Request().With("id_token_hint", hint);

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(request.With("prompt", "none"))));
        var page = await browser.OpenAsync(request);
        Assert.Equal("/login", Walk.PathOf(page));
        Assert.Equal("login_required", Walk.ErrorOf(await browser.SignInAtAsync(page, user)));

        var again = await browser.OpenAsync(request);
        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(again, other)));
    }

    [Fact]
    public async Task A_sub_asked_for_by_value_never_gets_somebody_elses_code()
    {
        var (other, user) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        string Claims(string subject) => JsonSerializer.Serialize(new { id_token = new { sub = new { value = subject } } });

        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(Request("none").With("claims", Claims(other.Subject)))));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("none").With("claims", Claims(user.Subject)))));
    }

    [Fact]
    public async Task A_hint_that_is_no_id_token_of_ours_is_invalid_request()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var tokens = await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, Walk.CodeOf(await browser.AuthorizeAsync(Request("none")))!));
        var body = JsonElement.Parse(await tokens.Content.ReadAsStringAsync());
        var (idToken, accessToken) = (body.GetProperty("id_token").GetString()!, body.GetProperty("access_token").GetString()!);
        await using var elsewhere = new AuthCoreApp();
        await elsewhere.InitializeAsync();
        using var foreigner = await elsewhere.NewSessionAsync(Seed.Bob);
        var foreign = await IdTokenAsync(foreigner, await foreigner.AuthorizeAsync(Request("none")));
        var parts = idToken.Split('.');
        var none = Walk.Base64Url("{\"alg\":\"none\",\"typ\":\"JWT\"}");

        foreach (var hint in new[] { accessToken, foreign, idToken[..^1], idToken + "A", $"{parts[0]}.{parts[1]}.", $"{none}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{parts[2]}.a.b", body.GetProperty("refresh_token").GetString()! })
        {
            var answer = await browser.AuthorizeAsync(Request("none").With("id_token_hint", hint));

            Assert.Equal("invalid_request", Walk.ErrorOf(answer));
            Assert.DoesNotContain(hint, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_login_hint_fills_in_the_name_encoded_and_decides_nothing()
    {
        var (hinted, user) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = app.CreateBrowser();

        var page = await browser.OpenAsync(Request().With("login_hint", hinted.Username + "\"<x>"));

        Assert.Equal(hinted.Username + "\"<x>", (await Walk.DocumentOf(page)).QuerySelector("#username")!.GetAttribute("value"));
        var answer = await browser.SignInAtAsync(await browser.OpenAsync(Request()), user);
        Assert.Equal(user.Subject, TestBrowser.ClaimsOf(await IdTokenAsync(browser, answer)).GetProperty("sub").GetString());
    }

    private static async Task<string> IdTokenAsync(TestBrowser browser, HttpResponseMessage answer)
    {
        var tokens = await browser.TokenAsync(Seed.FirstParty, TestBrowser.Redeem(Seed.FirstParty, Walk.CodeOf(answer)!));
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
        return JsonElement.Parse(await tokens.Content.ReadAsStringAsync()).GetProperty("id_token").GetString()!;
    }
}
