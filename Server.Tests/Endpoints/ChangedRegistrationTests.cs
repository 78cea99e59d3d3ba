using System.Net;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>What waits for a person, or for its client, is judged by the client's entry as it is when it goes on.</summary>
public sealed class ChangedRegistrationTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_before = Seed.FirstParty with { ClientId = "changing", RequirePkce = false };

    private static readonly Dictionary<string, Func<Client, Client>> s_changes = new(StringComparer.Ordinal)
    {
        ["a response mode it may no longer ask for"] = client => client with { ResponseModes = ["form_post"] },
        ["PKCE"] = client => client with { RequirePkce = true },
        ["pushed requests"] = client => client with { RequirePushedAuthorizationRequests = true },
        ["a scope that was taken away"] = client => client with { Scope = ["openid"] },
        ["a redirect URI that was taken away"] = client => client with { RedirectUris = ["https://other.example/cb"] },
    };

    public static TheoryData<string> Changes => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_request_that_waits_ends_where_it_would_not_be_taken_any_more(string change)
    {
        await app.SaveAsync(s_before);
        using var browser = app.CreateBrowser();
        var login = await browser.FollowAsync(await browser.AuthorizeAsync(WithoutPkce()));
        Assert.Equal("/login", Walk.PathOf(login));

        await app.SaveAsync(s_changes[change](s_before));
        var answer = await browser.FollowAsync(await browser.SubmitAsync(login, ("username", (await app.NewUserAsync()).Username), ("password", AuthCoreApp.Password)));

        Assert.Null(Walk.CodeOf(answer));
        Assert.Contains("registration changed", await Walk.TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_without_a_challenge_is_nothing_once_the_client_needs_one()
    {
        await app.SaveAsync(s_before);
        using var browser = app.CreateBrowser();
        var code = Walk.CodeOf(await browser.CompleteAsync(WithoutPkce(), (await app.NewUserAsync()).Username))!;
        var redeem = TestBrowser.Redeem(s_before, code).Where(pair => pair.Key != "code_verifier").ToDictionary();

        await app.SaveAsync(s_before with { RequirePkce = true });
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.TokenAsync(s_before, redeem).ReadAsync()).Verdict);

        await app.SaveAsync(s_before);
        Assert.Equal(TokenAnswer.Ok, (await browser.TokenAsync(s_before, redeem).ReadAsync()).Verdict);   // and nothing was lost
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_certificates_come_a_client_that_demands_bound_tokens_gets_none(bool isPublic)
    {
        var client = (isPublic ? Seed.Spa : Seed.FirstParty) with { ClientId = $"bound-{isPublic}", RequireConsent = false };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(client);
        await app.SaveAsync(client with { TlsClientCertificateBoundAccessTokens = true });

        var refused = await browser.RefreshAsync(client, tokens.RefreshToken);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), refused.Verdict);
        await app.SaveAsync(client);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    private static Dictionary<string, string> WithoutPkce()
    {
        var request = TestBrowser.Request(s_before);
        request.Remove("code_challenge");
        request.Remove("code_challenge_method");
        return request;
    }
}
