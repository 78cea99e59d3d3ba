using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AuthCore.Protocol;

namespace AuthCore.Tests.Support;

/// <summary>A browser and the application behind it: keeps cookies, reads forms, follows redirects of the server only.</summary>
public sealed class TestBrowser(HttpClient http, string issuer) : IDisposable
{
    /// <summary>RFC 7636 appendix B.</summary>
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    /// <summary>RFC 7636 appendix B.</summary>
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly string _path = new Uri(issuer).AbsolutePath.TrimEnd('/');

    /// <summary>The client underneath: cookies kept, redirects not followed.</summary>
    public HttpClient Http => http;

    /// <summary>A valid authorization request of the client; tests change single parameters.</summary>
    public static Dictionary<string, string> Request(Client client, string scope = "openid profile offline_access") => new(StringComparer.Ordinal)
    {
        ["client_id"] = client.ClientId,
        ["redirect_uri"] = client.RedirectUris[0],
        ["response_type"] = "code",
        ["scope"] = scope,
        ["state"] = "a state; with +&= and é",
        ["nonce"] = "a-nonce",
        ["code_challenge"] = Challenge,
        ["code_challenge_method"] = "S256",
    };

    /// <summary>Sends the request by GET.</summary>
    public Task<HttpResponseMessage> AuthorizeAsync(IEnumerable<KeyValuePair<string, string>> request) => GetAsync("/authorize?" + Encode(request));

    /// <summary>GET of a path or of an absolute URL of the issuer.</summary>
    public Task<HttpResponseMessage> GetAsync(string url) => http.GetAsync(Resolve(url));

    /// <summary>POST of a form.</summary>
    public Task<HttpResponseMessage> PostAsync(string url, IEnumerable<KeyValuePair<string, string>> fields) =>
        http.PostAsync(Resolve(url), new FormUrlEncodedContent(fields));

    /// <summary>Follows redirects while they stay on the server; the answer that leaves it, or the page.</summary>
    public async Task<HttpResponseMessage> FollowAsync(HttpResponseMessage response)
    {
        for (var hops = 0; hops < 10 && response.Headers.Location is { } location && (!location.IsAbsoluteUri || location.ToString().StartsWith(issuer + "/", StringComparison.Ordinal)); hops++)
        {
            Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
            response = await GetAsync(location.ToString());
        }

        return response;
    }

    /// <summary>The page's last form (the one that goes forward), with hidden fields, ticked boxes, and what was typed.</summary>
    public static async Task<(string Action, List<KeyValuePair<string, string>> Fields)> ReadFormAsync(HttpResponseMessage page)
    {
        var html = await page.Content.ReadAsStringAsync();
        var document = await new HtmlParser().ParseDocumentAsync(html);
        var form = document.Forms is [.., var last] ? last : throw new InvalidOperationException($"No form in: {html}");
        var fields = form.Elements.OfType<IHtmlInputElement>()
            .Where(input => input.Name is not null && !input.IsDisabled && (input.Type is "hidden" || (input.Type is "checkbox" && input.IsChecked)))
            .Select(input => KeyValuePair.Create(input.Name!, input.Value)).ToList();
        return (form.GetAttribute("action")!, fields);
    }

    /// <summary>Fills the page's last form and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(HttpResponseMessage page, params (string Name, string Value)[] typed)
    {
        var (action, fields) = await ReadFormAsync(page);
        fields.AddRange(typed.Select(t => KeyValuePair.Create(t.Name, t.Value)));
        return await PostAsync(action, fields);
    }

    /// <summary>Signs in at the start page, for AuthCore itself.</summary>
    public async Task SignInAsync(string username = "alice", string password = AuthCoreApp.Password)
    {
        var answer = await SubmitAsync(await GetAsync("/login"), ("username", username), ("password", password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    /// <summary>Goes through sign-in and consent as they come, ticking what is asked.</summary>
    /// <returns>The answer that goes to the client.</returns>
    public async Task<HttpResponseMessage> CompleteAsync(IEnumerable<KeyValuePair<string, string>> request, string username = "alice")
    {
        var response = await FollowAsync(await AuthorizeAsync(request));
        for (var steps = 0; steps < 4 && response.StatusCode == HttpStatusCode.OK; steps++)
        {
            var path = response.RequestMessage!.RequestUri!.AbsolutePath[_path.Length..];
            response = await FollowAsync(path switch
            {
                "/login" => await SubmitAsync(response, ("username", username), ("password", AuthCoreApp.Password)),
                "/consent" => await SubmitAsync(response, ("decision", "allow")),
                "/select-account" => await SubmitAsync(response, ("decision", "continue")),
                _ => throw new InvalidOperationException($"Stopped at {path}."),
            });
        }

        return response;
    }

    /// <summary>The whole way to a code.</summary>
    public async Task<string> GetCodeAsync(Client client, string scope = "openid profile offline_access", string username = "alice")
    {
        var response = await CompleteAsync(Request(client, scope), username);
        var answer = QueryOf(response);
        return answer.TryGetValue("code", out var code) ? code : throw new InvalidOperationException($"No code: {(int)response.StatusCode} {response.Headers.Location}");
    }

    /// <summary>The whole way to tokens.</summary>
    public async Task<JsonElement> GetTokensAsync(Client client, string scope = "openid profile offline_access", string username = "alice")
    {
        var code = await GetCodeAsync(client, scope, username);
        var response = await TokenAsync(client, Redeem(client, code));
        var body = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? JsonElement.Parse(body) : throw new InvalidOperationException(body);
    }

    /// <summary>A valid token request for a code.</summary>
    public static Dictionary<string, string> Redeem(Client client, string code) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = "authorization_code",
        ["code"] = code,
        ["redirect_uri"] = client.RedirectUris[0],
        ["code_verifier"] = Verifier,
    };

    /// <summary>A valid token request for a refresh token.</summary>
    public static Dictionary<string, string> Refresh(string refreshToken) => new(StringComparer.Ordinal) { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };

    /// <summary>POST /token as the client: by the method it is registered for.</summary>
    public Task<HttpResponseMessage> TokenAsync(Client client, IEnumerable<KeyValuePair<string, string>> fields, string secret = AuthCoreApp.Secret)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, issuer + "/token");
        var all = fields.ToList();
        switch (client.TokenEndpointAuthMethod)
        {
            case "client_secret_basic":
                message.Headers.Add("Authorization", Basic(client.ClientId, secret));
                break;
            case "client_secret_post":
                all.AddRange([KeyValuePair.Create("client_id", client.ClientId), KeyValuePair.Create("client_secret", secret)]);
                break;
            default:
                all.Add(KeyValuePair.Create("client_id", client.ClientId));
                break;
        }

        message.Content = new FormUrlEncodedContent(all);
        return http.SendAsync(message);
    }

    /// <summary>GET /userinfo with the token in the header.</summary>
    public Task<HttpResponseMessage> UserInfoAsync(string accessToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, issuer + "/userinfo");
        message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + accessToken);
        return http.SendAsync(message);
    }

    /// <summary>RFC 6749 §2.3.1: both halves form-urlencoded, then base64.</summary>
    public static string Basic(string clientId, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(clientId)}:{WebUtility.UrlEncode(secret)}"));

    /// <summary>The parameters of the Location, decoded.</summary>
    public static Dictionary<string, string> QueryOf(HttpResponseMessage response)
    {
        var query = response.Headers.Location is { IsAbsoluteUri: true } location ? location.ToString().Split('?', 2).ElementAtOrDefault(1) ?? "" : "";
        return Parameters.Parse(Encoding.UTF8.GetBytes(response.Headers.Location?.OriginalString.Split('?', 2).ElementAtOrDefault(1) ?? query)).Try(out var parameters, out _)
            ? parameters.Pairs.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal)
            : [];
    }

    /// <summary>The <c>error</c> member of a JSON answer.</summary>
    public static async Task<string?> ErrorOf(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetString();

    /// <summary>The claims of a JWT, unverified.</summary>
    public static JsonElement ClaimsOf(string jwt) => JsonElement.Parse(AuthCore.Jose.CanonicalBase64Url.Decode(jwt.Split('.')[1])!);

    // What tests name stands under the issuer's path; what the server's pages name has that path already.
    private string Resolve(string url) =>
        url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal) ? url
            : _path.Length > 0 && url.StartsWith(_path + "/", StringComparison.Ordinal) ? issuer[..^_path.Length] + url
            : issuer + url;

    /// <summary>Form encoding.</summary>
    public static string Encode(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
