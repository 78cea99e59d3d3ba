using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Par;

/// <summary>The client's side of RFC 9126.</summary>
internal static class Pushing
{
    public const string Urn = "urn:ietf:params:oauth:request_uri:";

    /// <summary>POST /par as the client, by the method it is registered for.</summary>
    public static async Task<HttpResponseMessage> PostParAsync(
        this TestBrowser server, Client client, IEnumerable<KeyValuePair<string, string>> form, string secret = AuthCoreApp.Secret, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, server.Http.BaseAddress!.OriginalString.TrimEnd('/') + "/par");
        var fields = form.ToList();
        if (client.TokenEndpointAuthMethod == "client_secret_basic")
        {
            message.Headers.Add("Authorization", TestBrowser.Basic(client.ClientId, secret));
        }
        else if (client.TokenEndpointAuthMethod == "client_secret_post")
        {
            fields.Add(KeyValuePair.Create("client_secret", secret));
        }

        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Content = new FormUrlEncodedContent(fields);
        return await server.Http.SendAsync(message);
    }

    /// <summary>Pushes the request; the parameters that the browser is to bring.</summary>
    public static async Task<Dictionary<string, string>> PushAsync(this TestBrowser server, Client client, IEnumerable<KeyValuePair<string, string>>? request = null)
    {
        var answer = await server.PostParAsync(client, request ?? TestBrowser.Request(client));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.Created
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["client_id"] = client.ClientId, ["request_uri"] = JsonElement.Parse(body).GetProperty("request_uri").GetString()! }
            : throw new InvalidOperationException(body);
    }

    /// <summary>The page that leads nowhere, with the code it names for the people who run the application.</summary>
    public static async Task AssertDeadEndAsync(HttpResponseMessage page, string code = "invalid_request_uri")
    {
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Null(page.Headers.Location);
        Assert.Contains($"<code>{code}</code>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
