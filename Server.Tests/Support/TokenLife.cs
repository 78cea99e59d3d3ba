using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Support;

/// <summary>Whether a token lives, asked at every place of the server that has a word on it.</summary>
internal static class TokenLife
{
    /// <summary>The access token is taken by userinfo (where it is for userinfo), by the server's one door, and by introspection where the server offers it.</summary>
    /// <param name="app">The server.</param>
    /// <param name="client">The token's client; confidential, so that it may ask.</param>
    /// <param name="accessToken">The token.</param>
    /// <param name="node">Another server on the same database; null for the first.</param>
    /// <returns>Each place with its verdict.</returns>
    public static async Task<IReadOnlyDictionary<string, bool>> OfAccessTokenAsync(this AuthCoreApp app, Client client, string accessToken, WebApplicationFactory<Program>? node = null)
    {
        var services = node?.Services ?? app.Services;
        var verdicts = new Dictionary<string, bool>(StringComparer.Ordinal);
        using var browser = app.CreateBrowser(node);
        var read = (await services.GetRequiredService<AccessTokens>().ReadAsync(accessToken, CancellationToken.None)).Try(out var facts, out _);
        if (!read || facts!.GrantId is null)
        {
            verdicts["the door"] = read;
        }

        if (!read || (facts!.Audience.Contains(app.Issuer) && facts.Scope.Contains(Scope.OpenId)))
        {
            verdicts["userinfo"] = await browser.UserInfoStatusAsync(accessToken) == HttpStatusCode.OK;
        }

        if (await app.IntrospectAsync(client, accessToken, node) is { } active)
        {
            verdicts["introspection"] = active;
        }

        return verdicts;
    }

    /// <summary>Whether introspection calls the token active; null where the server offers none, or not to this client.</summary>
    public static async Task<bool?> IntrospectAsync(this AuthCoreApp app, Client client, string token, WebApplicationFactory<Program>? node = null)
    {
        using var http = app.CreateClient(node);
        var document = JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId));
        if (client.IsPublic || !document.TryGetProperty("introspection_endpoint", out var endpoint))
        {
            return null;
        }

        using var browser = app.CreateBrowser(node);
        var answer = await browser.SendAsync(
            HttpMethod.Post, endpoint.GetString()!, [new("token", token)], ("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("active").GetBoolean();
    }

    /// <summary>Fails unless the access token is dead everywhere.</summary>
    public static async Task AssertDeadAsync(this AuthCoreApp app, Client client, string accessToken, WebApplicationFactory<Program>? node = null) =>
        Assert.DoesNotContain(await app.OfAccessTokenAsync(client, accessToken, node), verdict => verdict.Value);

    /// <summary>Fails unless the access token lives everywhere.</summary>
    public static async Task AssertAliveAsync(this AuthCoreApp app, Client client, string accessToken, WebApplicationFactory<Program>? node = null) =>
        Assert.DoesNotContain(await app.OfAccessTokenAsync(client, accessToken, node), verdict => !verdict.Value);
}
