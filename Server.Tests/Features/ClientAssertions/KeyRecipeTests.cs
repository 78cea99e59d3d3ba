using System.Net;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>The recipe for a web application with a key, held to the truth: its entries are applied, and its requests are sent as they stand.</summary>
public sealed class KeyRecipeTests
{
    private static readonly SigningKey s_key = SigningKey.Create(SigningAlgorithm.ES256);

    private readonly Recipe _recipe = Recipe.Read("web-app-with-a-key.md");
    private int _ids;

    [Fact]
    public async Task The_entries_are_applied_and_the_requests_get_what_the_recipe_says()
    {
        Recipe.Demand();
        Assert.Equal(5, _recipe.Count);
        await using var app = new AuthCoreApp();
        await _recipe.StartAsync(app, TestJwt.JsonOf(s_key.PublicJwk));
        using var browser = app.CreateBrowser();

        _recipe.Known["code"] = Walk.CodeOf(await browser.CompleteAsync(_recipe.QueryOf(0)))!;
        var tokens = await TokenAsync(1, "key-shop");
        (_recipe.Known["access_token"], _recipe.Known["refresh_token"]) = (tokens.AccessToken, tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, (await _recipe.SendAsync(2, browser, app.Issuer)).StatusCode);
        Assert.NotEqual(tokens.RefreshToken, (await TokenAsync(3, "key-shop")).RefreshToken);

        var service = await TokenAsync(4, "key-job");
        Assert.Equal("https://invoices.example.com", TestBrowser.ClaimsOf(service.AccessToken).GetProperty("aud").GetString());
        Assert.Equal(TokenAnswer.InvalidClient, (await _recipe.SendAsync(4, browser, app.Issuer).ReadAsync()).Verdict);   // the same assertion again

        async Task<TokenAnswer> TokenAsync(int number, string clientId)
        {
            _recipe.Known["assertion"] = Assertion(app, clientId);
            var answer = await _recipe.SendAsync(number, browser, app.Issuer).ReadAsync();
            Assert.Equal(TokenAnswer.Ok, answer.Verdict);
            return answer;
        }
    }

    private string Assertion(AuthCoreApp app, string clientId)
    {
        var claims = new JsonObject { ["iss"] = clientId, ["sub"] = clientId, ["aud"] = app.Issuer, ["jti"] = $"id {_ids++}", ["exp"] = app.Time!.GetUtcNow().ToUnixTimeSeconds() + 60 };
        return TestJwt.Sign(s_key, claims);
    }
}
