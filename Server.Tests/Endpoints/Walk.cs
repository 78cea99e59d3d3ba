using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>Single steps of a person's way through the pages.</summary>
internal static class Walk
{
    private static int s_users;

    /// <summary>A person nobody has met: no session, no consent, no wrong password yet.</summary>
    public static async Task<User> NewUserAsync(this AuthCoreApp app)
    {
        var number = Interlocked.Increment(ref s_users);
        var user = Seed.Alice with { Subject = $"sub-{number}", Username = $"user{number}", Email = $"user{number}@example.com", Name = $"Person {number}" };
        await app.SaveAsync(user);
        return user;
    }

    /// <summary>A browser in which the person is signed in.</summary>
    public static async Task<TestBrowser> NewSessionAsync(this AuthCoreApp app, User user)
    {
        var browser = app.CreateBrowser();
        await browser.SignInAsync(user.Username);
        app.Time!.Advance(TimeSpan.FromSeconds(5));
        return browser;
    }

    /// <summary>The request with one parameter changed, or without it.</summary>
    public static Dictionary<string, string> With(this Dictionary<string, string> request, string name, string? value)
    {
        var changed = new Dictionary<string, string>(request, StringComparer.Ordinal);
        changed.Remove(name);
        if (value is not null)
        {
            changed[name] = value;
        }

        return changed;
    }

    /// <summary>The request, as far as it goes without a person.</summary>
    public static async Task<HttpResponseMessage> OpenAsync(this TestBrowser browser, IEnumerable<KeyValuePair<string, string>> request) =>
        await browser.FollowAsync(await browser.AuthorizeAsync(request));

    /// <summary>Types name and password into the page and goes on.</summary>
    public static async Task<HttpResponseMessage> SignInAtAsync(this TestBrowser browser, HttpResponseMessage page, User user) =>
        await browser.FollowAsync(await browser.SubmitAsync(page, ("username", user.Username), ("password", AuthCoreApp.Password)));

    /// <summary>Presses a button of the page and goes on.</summary>
    public static async Task<HttpResponseMessage> PressAsync(this TestBrowser browser, HttpResponseMessage page, string decision) =>
        await browser.FollowAsync(await browser.SubmitAsync(page, ("decision", decision)));

    /// <summary>Allows what is left after unticking, and goes on.</summary>
    public static async Task<HttpResponseMessage> AllowWithoutAsync(this TestBrowser browser, HttpResponseMessage page, params string[] unticked)
    {
        var (action, fields) = await TestBrowser.ReadFormAsync(page);
        fields.RemoveAll(field => field.Key == "scope" && unticked.Contains(field.Value));
        fields.Add(KeyValuePair.Create("decision", "allow"));
        return await browser.FollowAsync(await browser.PostAsync(action, fields));
    }

    /// <summary>Comes back to /authorize with the interaction, as after a step.</summary>
    public static async Task<HttpResponseMessage> OpenInteractionAsync(this TestBrowser browser, string interaction) =>
        await browser.FollowAsync(await browser.GetAsync("/authorize?i=" + Uri.EscapeDataString(interaction)));

    /// <summary>Redeems the code of the answer.</summary>
    public static async Task<System.Text.Json.JsonElement> TokensOf(this TestBrowser browser, Client client, HttpResponseMessage answer)
    {
        var response = await browser.TokenAsync(client, TestBrowser.Redeem(client, CodeOf(answer)!));
        var body = await response.Content.ReadAsStringAsync();
        return response.StatusCode == HttpStatusCode.OK ? System.Text.Json.JsonElement.Parse(body) : throw new InvalidOperationException(body);
    }

    /// <summary>Sends a request with headers of one's own.</summary>
    public static async Task<HttpResponseMessage> SendAsync(this TestBrowser browser, HttpMethod method, string url, IEnumerable<KeyValuePair<string, string>>? form, params (string Name, string Value)[] headers)
    {
        using var message = new HttpRequestMessage(method, url) { Content = form is null ? null : new FormUrlEncodedContent(form) };
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await browser.Http.SendAsync(message);
    }

    /// <summary>Base64url of a text.</summary>
    public static string Base64Url(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Where the browser stands.</summary>
    public static string PathOf(HttpResponseMessage page) => page.RequestMessage!.RequestUri!.AbsolutePath;

    /// <summary>The interaction the page belongs to.</summary>
    public static string InteractionOf(HttpResponseMessage page) => Uri.UnescapeDataString(page.RequestMessage!.RequestUri!.Query["?i=".Length..]);

    /// <summary>What the answer sets, by name.</summary>
    public static Dictionary<string, string> CookiesOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var lines)
            ? lines.Select(line => line.Split(';')[0].Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
            : [];

    /// <summary>The page as a document.</summary>
    public static async Task<IHtmlDocument> DocumentOf(HttpResponseMessage page) =>
        await new HtmlParser().ParseDocumentAsync(await page.Content.ReadAsStringAsync());

    /// <summary>The page's text as a person reads it.</summary>
    public static async Task<string> TextOf(HttpResponseMessage page) => (await DocumentOf(page)).Body!.TextContent;

    /// <summary>The answer to the client, by whichever response mode; the target first.</summary>
    public static async Task<(string Target, Dictionary<string, string> Fields)> AnswerOf(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.SeeOther)
        {
            return (response.Headers.Location!.OriginalString, TestBrowser.QueryOf(response));
        }

        var form = (await DocumentOf(response)).Forms.Single();
        return (form.GetAttribute("action")!, form.Elements.OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value, StringComparer.Ordinal));
    }

    /// <summary>The error in the answer to the client; null where there is none.</summary>
    public static string? ErrorOf(HttpResponseMessage response) => TestBrowser.QueryOf(response).GetValueOrDefault("error");

    /// <summary>The code in the answer to the client; null where there is none.</summary>
    public static string? CodeOf(HttpResponseMessage response) => TestBrowser.QueryOf(response).GetValueOrDefault("code");
}
