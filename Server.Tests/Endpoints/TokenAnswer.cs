using System.Net;
using System.Text.Json;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>An answer of the token endpoint, read once.</summary>
internal sealed record TokenAnswer(HttpResponseMessage Http, JsonElement Body)
{
    public static readonly (HttpStatusCode, string?) Ok = (HttpStatusCode.OK, null);
    public static readonly (HttpStatusCode, string?) InvalidGrant = (HttpStatusCode.BadRequest, "invalid_grant");
    public static readonly (HttpStatusCode, string?) InvalidRequest = (HttpStatusCode.BadRequest, "invalid_request");
    public static readonly (HttpStatusCode, string?) InvalidScope = (HttpStatusCode.BadRequest, "invalid_scope");
    public static readonly (HttpStatusCode, string?) InvalidTarget = (HttpStatusCode.BadRequest, "invalid_target");
    public static readonly (HttpStatusCode, string?) InvalidClient = (HttpStatusCode.Unauthorized, "invalid_client");
    public static readonly (HttpStatusCode, string?) UnauthorizedClient = (HttpStatusCode.BadRequest, "unauthorized_client");
    public static readonly (HttpStatusCode, string?) UnsupportedGrantType = (HttpStatusCode.BadRequest, "unsupported_grant_type");
    public static readonly (HttpStatusCode, string?) Unavailable = (HttpStatusCode.ServiceUnavailable, "temporarily_unavailable");

    public (HttpStatusCode Status, string? Error) Verdict => (Http.StatusCode, Member("error"));

    public string AccessToken => Member("access_token")!;

    public string RefreshToken => Member("refresh_token")!;

    public string IdToken => Member("id_token")!;

    public string? Scope => Member("scope");

    public bool Has(string member) => Body.TryGetProperty(member, out _);

    private string? Member(string name) => Body.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>What the tests of the token endpoint do again and again.</summary>
internal static class TokenSteps
{
    /// <summary>POST /token; a change without a value leaves the parameter out.</summary>
    public static async Task<TokenAnswer> AskAsync(
        this TestBrowser browser, Client client, Dictionary<string, string> fields, params (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            fields.Remove(name);
            if (value is not null)
            {
                fields[name] = value;
            }
        }

        return await browser.TokenAsync(client, fields).ReadAsync();
    }

    public static Task<TokenAnswer> RedeemAsync(this TestBrowser browser, Client client, string code, params (string Name, string? Value)[] changes) =>
        browser.AskAsync(client, TestBrowser.Redeem(client, code), changes);

    public static Task<TokenAnswer> RefreshAsync(this TestBrowser browser, Client client, string refreshToken, params (string Name, string? Value)[] changes) =>
        browser.AskAsync(client, TestBrowser.Refresh(refreshToken), changes);

    /// <summary>The whole way to the first tokens.</summary>
    public static async Task<TokenAnswer> BeginAsync(this TestBrowser browser, Client client, string scope = "openid profile offline_access", string username = "alice") =>
        await browser.RedeemAsync(client, await browser.GetCodeAsync(client, scope, username));

    public static async Task SignOutAsync(this TestBrowser browser) =>
        await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

    public static async Task<HttpStatusCode> UserInfoStatusAsync(this TestBrowser browser, string accessToken) =>
        (await browser.UserInfoAsync(accessToken)).StatusCode;

    public static async Task<TokenAnswer> ReadAsync(this Task<HttpResponseMessage> sent)
    {
        var response = await sent;
        return new TokenAnswer(response, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>The family a code or refresh token belongs to.</summary>
    public static Guid GrantOf(string handle) =>
        Handle.TryParse(HandleKind.Code, handle, out var parsed) || Handle.TryParse(HandleKind.RefreshToken, handle, out parsed)
            ? parsed.Id
            : throw new ArgumentException("Neither a code nor a refresh token.", nameof(handle));
}
