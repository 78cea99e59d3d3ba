using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>The recipe for a client of FAPI 2.0, held to the truth: its entries are applied, and its requests are sent as they stand.</summary>
public sealed class FapiRecipeTests
{
    [Fact]
    public async Task The_entries_are_applied_and_the_requests_get_what_the_recipe_says()
    {
        FapiServer.Demand();
        Recipe.Demand();
        var recipe = Recipe.Read("fapi-client.md");
        Assert.Equal(9, recipe.Count);
        await using var app = new AuthCoreApp();
        var server = new FapiServer { App = app };
        await recipe.StartAsync(app, TestJwt.JsonOf(FapiServer.Key.PublicJwk));
        using var browser = app.CreateBrowser();
        var clients = await Task.WhenAll(new[] { "budget", "payments" }.Select(id => app.Get<ClientStore>().FindAsync(id, TestContext.Current.CancellationToken)));

        foreach (var (client, first) in new[] { (clients[0]!, 0), (clients[1]!, 5) })
        {
            recipe.Known["request"] = server.RequestObject(client, null, ("dpop_jkt", FapiServer.ProofKey.PublicJwk.Thumbprint()));

            var pushed = await SendAsync(client, first, HttpStatusCode.Created);
            recipe.Known["request_uri"] = Uri.EscapeDataString(JsonElement.Parse(pushed).GetProperty("request_uri").GetString()!);
            var answer = await browser.CompleteAsync(recipe.QueryOf(first + 1));
            Assert.Equal(client.RequireSignedRequestObject ? ["response"] : ["code", "iss", "state"], TestBrowser.QueryOf(answer).Keys.Order());
            var said = FapiServer.ReadAnswer(answer);
            Assert.Equal(app.Issuer, said["iss"]);
            recipe.Known["code"] = said["code"];

            var tokens = JsonElement.Parse(await SendAsync(client, first + 2, HttpStatusCode.OK));
            Assert.Equal("DPoP", tokens.GetProperty("token_type").GetString());
            (recipe.Known["access_token"], recipe.Known["refresh_token"]) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
            var next = await SendAsync(client, first + 3, HttpStatusCode.OK);
            if (client.RequireSignedIntrospection)
            {
                Assert.Equal("ES256", FapiServer.AlgorithmOf(next));
                Assert.True(TestBrowser.ClaimsOf(next).GetProperty("token_introspection").GetProperty("active").GetBoolean());
                continue;
            }

            var refreshed = JsonElement.Parse(await SendAsync(client, first + 4, HttpStatusCode.OK));
            Assert.Equal(recipe.Known["refresh_token"], refreshed.GetProperty("refresh_token").GetString());
        }

        async Task<string> SendAsync(Client client, int number, HttpStatusCode status)
        {
            var (method, path) = recipe.TargetOf(number);
            recipe.Known["assertion"] = server.Assertion(client);
            recipe.Known["proof"] = server.Proof(method, path, accessToken: recipe.PresentsToken(number) ? recipe.Known["access_token"] : null);
            var response = await recipe.SendAsync(number, browser, app.Issuer);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, body);
            return body;
        }
    }
}
