using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class SelectAccountTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static Dictionary<string, string> Request() => TestBrowser.Request(Seed.FirstParty).With("prompt", "select_account");

    [Fact]
    public async Task The_page_says_who_would_go_on_and_to_which_application()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);

        var text = await Walk.TextOf(await browser.OpenAsync(Request()));

        Assert.Contains($"Continue as {user.Name}", text, StringComparison.Ordinal);
        Assert.Contains(user.Email!, text, StringComparison.Ordinal);
        Assert.Contains("app.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_account_signs_in_and_gets_its_own_answer()
    {
        var (first, second) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(first);

        var login = await browser.PressAsync(await browser.OpenAsync(Request()), "other");
        Assert.Equal("/login", Walk.PathOf(login));
        var tokens = await browser.TokensOf(Seed.FirstParty, await browser.SignInAtAsync(login, second));

        Assert.Equal(second.Subject, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sub").GetString());
    }

    [Fact]
    public async Task Cancel_is_access_denied_and_final()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(Request());

        await browser.SubmitAsync(page, ("decision", "cancel"));

        Assert.Equal("access_denied", Walk.ErrorOf(await browser.PressAsync(page, "continue")));
    }

    [Fact]
    public async Task Continue_as_one_person_does_not_go_on_as_another_who_signed_in_meanwhile()
    {
        var (shown, meanwhile) = (await app.NewUserAsync(), await app.NewUserAsync());
        using var browser = await app.NewSessionAsync(shown);
        var page = await browser.OpenAsync(Request());
        await browser.SignInAsync(meanwhile.Username);

        var again = await browser.PressAsync(page, "continue");

        Assert.Equal("/select-account", Walk.PathOf(again));
        Assert.Contains($"Continue as {meanwhile.Name}", await Walk.TextOf(again), StringComparison.Ordinal);
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(again, "continue")));
    }

    [Fact]
    public async Task Continue_after_the_session_ended_leads_to_the_login_page()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(Request());
        await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

        Assert.Equal("/login", Walk.PathOf(await browser.PressAsync(page, "continue")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Without_its_antiforgery_value_no_account_is_chosen(string? token)
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var page = await browser.OpenAsync(Request());
        var (_, fields) = await TestBrowser.ReadFormAsync(page);
        fields.RemoveAll(field => field.Key == "form_token");
        if (token is not null)
        {
            fields.Add(new("form_token", token));
        }

        var answer = await browser.PostAsync("/select-account", [.. fields, new("decision", "continue")]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("/select-account", Walk.PathOf(await browser.OpenInteractionAsync(Walk.InteractionOf(page))));
    }
}
