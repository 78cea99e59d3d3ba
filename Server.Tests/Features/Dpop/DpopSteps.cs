using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>Requests that carry proofs.</summary>
internal static class DpopSteps
{
    public static readonly (HttpStatusCode, string?) InvalidProof = (HttpStatusCode.BadRequest, "invalid_dpop_proof");
    public static readonly (HttpStatusCode, string?) UseNonce = (HttpStatusCode.BadRequest, "use_dpop_nonce");

    /// <summary>A good proof for the token endpoint, but for what the changes change.</summary>
    public static string ForToken(this ProofKey key, AuthCoreApp app, string? nonce = null, Action<System.Text.Json.Nodes.JsonObject>? claims = null) =>
        key.Prove("POST", app.Issuer + "/token", app.Time!.GetUtcNow(), nonce: nonce, claims: claims);

    /// <summary>POST /token with these proofs, as the client.</summary>
    public static async Task<TokenAnswer> AskAsync(this TestBrowser browser, AuthCoreApp app, Client client, Dictionary<string, string> fields, params string[] proofs)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, app.Issuer + "/token");
        if (client.IsPublic)
        {
            fields["client_id"] = client.ClientId;
        }
        else
        {
            message.Headers.Add("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret));
        }

        message.Content = new FormUrlEncodedContent(fields);
        message.Headers.TryAddWithoutValidation("DPoP", proofs);
        return await browser.Http.SendAsync(message).ReadAsync();
    }

    /// <summary>Client credentials.</summary>
    public static Task<TokenAnswer> CredentialsAsync(this TestBrowser browser, AuthCoreApp app, Client client, params string[] proofs) =>
        browser.AskAsync(app, client, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }, proofs);

    /// <summary>A code, of a request that may name a key.</summary>
    public static async Task<string> CodeAsync(this TestBrowser browser, Client client, string? jkt = null, string scope = "openid profile offline_access") =>
        Walk.CodeOf(await browser.CompleteAsync(TestBrowser.Request(client, scope).With("dpop_jkt", jkt)))!;

    /// <summary>The whole way to tokens that are bound to the key.</summary>
    public static async Task<TokenAnswer> BeginAsync(this TestBrowser browser, AuthCoreApp app, Client client, ProofKey key) =>
        await browser.AskAsync(app, client, TestBrowser.Redeem(client, await browser.CodeAsync(client)), key.ForToken(app));

    /// <summary>A refresh with these proofs.</summary>
    public static Task<TokenAnswer> RefreshAsync(this TestBrowser browser, AuthCoreApp app, Client client, string refreshToken, params string[] proofs) =>
        browser.AskAsync(app, client, TestBrowser.Refresh(refreshToken), proofs);

    /// <summary>Userinfo with the header as given, and these proofs.</summary>
    public static Task<HttpResponseMessage> UserInfoAsync(
        this TestBrowser browser, AuthCoreApp app, string? authorization, string[] proofs, IEnumerable<KeyValuePair<string, string>>? form = null) =>
        browser.SendAsync(
            form is null ? HttpMethod.Get : HttpMethod.Post, app.Issuer + "/userinfo", form,
            [.. authorization is null ? [] : new[] { ("Authorization", authorization) }, .. proofs.Select(proof => ("DPoP", proof))]);

    /// <summary>A good proof for userinfo, but for what the changes change.</summary>
    public static string ForUserInfo(
        this ProofKey key, AuthCoreApp app, string accessToken, string? nonce = null, string method = "GET", Action<System.Text.Json.Nodes.JsonObject>? claims = null) =>
        key.Prove(method, app.Issuer + "/userinfo", app.Time!.GetUtcNow(), accessToken, nonce, claims);

    /// <summary>POST /par as a confidential client, with these proofs; null where this server has no such endpoint.</summary>
    public static async Task<HttpResponseMessage?> PushAsync(
        this TestBrowser browser, AuthCoreApp app, Client client, IEnumerable<KeyValuePair<string, string>> request, params string[] proofs)
    {
        var answer = await browser.SendAsync(
            HttpMethod.Post, app.Issuer + "/par", request,
            [("Authorization", TestBrowser.Basic(client.ClientId, AuthCoreApp.Secret)), .. proofs.Select(proof => ("DPoP", proof))]);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : answer;
    }

    /// <summary>A good proof for a push, but for what the changes change.</summary>
    public static string ForPush(this ProofKey key, AuthCoreApp app, string? nonce = null, Action<System.Text.Json.Nodes.JsonObject>? claims = null) =>
        key.Prove("POST", app.Issuer + "/par", app.Time!.GetUtcNow(), nonce: nonce, claims: claims);

    public static string TypeOf(TokenAnswer answer) => answer.Body.GetProperty("token_type").GetString()!;

    /// <summary>The <c>cnf</c> of a JWT access token, or null.</summary>
    public static string? ConfirmationOf(TokenAnswer answer) =>
        TestBrowser.ClaimsOf(answer.AccessToken).TryGetProperty("cnf", out JsonElement confirmation) ? confirmation.GetRawText() : null;

    public static string? NonceOf(HttpResponseMessage response) => response.Headers.TryGetValues("DPoP-Nonce", out var values) ? values.Single() : null;
}
