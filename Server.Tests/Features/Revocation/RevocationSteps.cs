using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.AspNetCore.Mvc.Testing;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>What these tests do again and again.</summary>
internal static class RevocationSteps
{
    /// <summary>POST /revoke as the client: by the method it is registered for.</summary>
    public static async Task<HttpResponseMessage> RevokeAsync(
        this AuthCoreApp app, Client client, string token, string? hint = null, WebApplicationFactory<Program>? node = null)
    {
        List<KeyValuePair<string, string>> form = [new("token", token)];
        if (hint is not null)
        {
            form.Add(new("token_type_hint", hint));
        }

        if (client.IsPublic)
        {
            form.Add(new("client_id", client.ClientId));
        }

        using var browser = app.CreateBrowser(node);
        return await browser.SendAsync(
            HttpMethod.Post, app.Issuer + "/revoke", form, client.IsPublic ? [] : [("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret))]);
    }

    /// <summary>The tokens of somebody new.</summary>
    public static async Task<TokenAnswer> BeginAsync(this AuthCoreApp app, Client client, string scope = "openid offline_access")
    {
        using var browser = app.CreateBrowser();
        return await browser.BeginAsync(client, scope, (await app.NewUserAsync()).Username);
    }

    /// <summary>The access token of a client that acts for itself.</summary>
    public static async Task<string> MachineAsync(this AuthCoreApp app, Client client)
    {
        using var browser = app.CreateBrowser();
        return (await browser.AskAsync(client, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" })).AccessToken;
    }

    /// <summary>A copy of the client for each form of access token that the server makes.</summary>
    public static async Task<IReadOnlyList<Client>> InEveryFormAsync(this AuthCoreApp app, Client client)
    {
        var copies = app.Get<ServerCapabilities>().AccessTokenFormats.Select(format => client with { ClientId = $"{client.ClientId}-{format}", AccessTokenFormat = format }).ToArray();
        foreach (var copy in copies)
        {
            await app.SaveAsync(copy);
        }

        return copies;
    }
}
