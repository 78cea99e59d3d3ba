using System.Net;
using System.Text.Json;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>The recipe for a native application, held to the truth: its entry is applied, and its requests are sent as they stand.</summary>
public sealed class NativeAppRecipeTests
{
    [Fact]
    public async Task The_entry_is_applied_and_the_requests_get_what_the_recipe_says()
    {
        Recipe.Demand();
        var recipe = Recipe.Read("native-app-with-dpop.md");
        Assert.Equal(5, recipe.Count);
        await using var app = new AuthCoreApp();
        await recipe.StartAsync(app);
        var key = ProofKey.Create();
        using var browser = app.CreateBrowser();
        recipe.Known["thumbprint"] = key.Thumbprint;

        recipe.Known["code"] = Walk.CodeOf(await browser.CompleteAsync(recipe.QueryOf(0)))!;
        var refused = await SendAsync(1);
        Assert.Equal((HttpStatusCode.BadRequest, "use_dpop_nonce"), (refused.StatusCode, await TestBrowser.ErrorOf(refused)));
        recipe.Known["nonce"] = DpopSteps.NonceOf(refused)!;

        var tokens = JsonElement.Parse(await (await SendAsync(2)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("DPoP", tokens.GetProperty("token_type").GetString());
        recipe.Known["access_token"] = tokens.GetProperty("access_token").GetString()!;
        recipe.Known["refresh_token"] = tokens.GetProperty("refresh_token").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(3)).StatusCode);
        var next = JsonElement.Parse(await (await SendAsync(4)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("DPoP", next.GetProperty("token_type").GetString());
        Assert.NotEqual(recipe.Known["refresh_token"], next.GetProperty("refresh_token").GetString());

        Task<HttpResponseMessage> SendAsync(int number)
        {
            var (method, path) = recipe.TargetOf(number);
            recipe.Known["proof"] = key.Prove(method, app.Issuer + path, app.Time!.GetUtcNow(), recipe.PresentsToken(number) ? recipe.Known["access_token"] : null, recipe.Known.GetValueOrDefault("nonce"));
            return recipe.SendAsync(number, browser, app.Issuer);
        }
    }
}
