using AngleSharp.Html.Dom;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 8707 §2.1: a person is told where the access is to be used, and asked again where that changes.</summary>
public sealed class ConsentResourceTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly ResourceDefinition s_drive = new() { Identifier = "https://drive.test:8443/v1", Name = "Family Drive", Scopes = ["read:files"] };

    private static readonly Client s_client = Seed.Web with { ClientId = "places", Resources = [Seed.Api.Identifier, s_drive.Identifier] };

    [Fact]
    public async Task The_page_names_each_resource_its_host_and_what_is_for_it()
    {
        using var browser = await BrowserAsync();

        var page = await browser.OpenAsync(Request("openid email read:files", Seed.Api.Identifier, s_drive.Identifier));

        var text = string.Join(' ', (await Walk.TextOf(page)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Access is for Test API (api.test)", text, StringComparison.Ordinal);
        Assert.Contains("Access is for Family Drive (drive.test:8443)", text, StringComparison.Ordinal);
        Assert.Contains("At Test API and Family Drive.", text, StringComparison.Ordinal);
        Assert.Empty((await Walk.DocumentOf(page)).QuerySelectorAll(".badge"));
    }

    [Fact]
    public async Task A_scope_that_none_of_the_resources_understands_is_not_asked_for()
    {
        var bare = new ResourceDefinition { Identifier = "https://bare.test", Name = "Bare" };
        await app.SaveAsync(bare);
        var client = s_client with { ClientId = "useless", Resources = [bare.Identifier] };
        await app.SaveAsync(client);
        using var browser = await BrowserAsync();

        var page = await browser.OpenAsync(TestBrowser.Request(client, "openid read:files").With("resource", bare.Identifier));

        Assert.Equal(["openid"], (await Walk.DocumentOf(page)).QuerySelectorAll("input[type=checkbox]").OfType<IHtmlInputElement>().Select(box => box.Value));
        var tokens = await browser.TokensOf(client, await browser.PressAsync(page, "allow"));
        Assert.Equal("openid", tokens.GetProperty("scope").GetString());
        Assert.Equal("invalid_scope", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(client, "read:files offline_access").With("resource", bare.Identifier))));
    }

    [Fact]
    public async Task What_was_allowed_at_one_resource_is_asked_again_at_another_and_marked_new()
    {
        using var browser = await BrowserAsync();
        await browser.PressAsync(await browser.OpenAsync(Request("openid read:files", Seed.Api.Identifier)), "allow");
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("openid read:files", Seed.Api.Identifier))));
        var elsewhere = Request("openid read:files", s_drive.Identifier);

        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync([.. elsewhere, new("prompt", "none")])));
        Assert.Equal("consent_required", Walk.ErrorOf(await browser.AuthorizeAsync([.. Request("openid", s_drive.Identifier), new("prompt", "none")])));
        var page = await browser.OpenAsync(elsewhere);

        var document = await Walk.DocumentOf(page);
        var marked = document.QuerySelectorAll(".scope").Where(scope => scope.QuerySelector(".badge") is not null).Select(scope => ((IHtmlInputElement)scope.QuerySelector("input")!).Value);
        Assert.Equal(["read:files"], marked);
        Assert.NotNull(document.QuerySelector(".facts .badge"));
        Assert.NotNull(Walk.CodeOf(await browser.PressAsync(page, "allow")));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync([.. Request("openid read:files", s_drive.Identifier, Seed.Api.Identifier), new("prompt", "none")])));
    }

    [Fact]
    public async Task What_was_allowed_without_a_resource_is_asked_again_with_one()
    {
        using var browser = await BrowserAsync();
        await browser.PressAsync(await browser.OpenAsync(Request("openid read:files")), "allow");

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(Request("openid read:files"))));
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenAsync(Request("openid read:files", Seed.Api.Identifier))));
    }

    [Fact]
    public async Task What_is_declined_at_one_resource_is_no_longer_allowed_at_another()
    {
        using var browser = await BrowserAsync();
        await browser.PressAsync(await browser.OpenAsync(Request("openid read:files", Seed.Api.Identifier)), "allow");
        await browser.AllowWithoutAsync(await browser.OpenAsync(Request("openid read:files", s_drive.Identifier)), "read:files");

        var tokens = await browser.TokensOf(s_client, await browser.AuthorizeAsync(Request("openid read:files", Seed.Api.Identifier)));
        Assert.Equal("openid", tokens.GetProperty("scope").GetString());

        // and once it is allowed anew in one place, the other place is new again
        var anew = await browser.OpenAsync([.. Request("openid read:files", s_drive.Identifier), new("prompt", "consent")]);
        Assert.NotNull(Walk.CodeOf(await browser.FollowAsync(await browser.SubmitAsync(anew, ("decision", "allow"), ("scope", "read:files")))));
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenAsync(Request("openid read:files", Seed.Api.Identifier))));
    }

    [Fact]
    public async Task A_resource_taken_from_the_client_while_a_person_decides_is_not_given()
    {
        var client = s_client with { ClientId = "loses-one" };
        await app.SaveAsync(client);
        using var browser = await BrowserAsync();
        var page = await browser.OpenAsync(TestBrowser.Request(client, "openid read:files").With("resource", s_drive.Identifier));

        await app.SaveAsync(client with { Resources = [Seed.Api.Identifier] });
        var answer = await browser.PressAsync(page, "allow");

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(Walk.CodeOf(answer));
    }

    private async Task<TestBrowser> BrowserAsync()
    {
        await app.SaveAsync(s_drive);
        await app.SaveAsync(s_client);
        return await app.NewSessionAsync(await app.NewUserAsync());
    }

    private static KeyValuePair<string, string>[] Request(string scope, params string[] resources) =>
        [.. TestBrowser.Request(s_client, scope), .. resources.Select(resource => KeyValuePair.Create("resource", resource))];
}
