using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 9470 from end to end, on a server whose userinfo demands much and which has a further step for some people.</summary>
public sealed class StepUpTests(StepUpTests.Server server) : IClassFixture<StepUpTests.Server>
{
    private const string One = "urn:authcore:acr:1";
    private const string Two = "urn:authcore:acr:2";
    private const string EssentialTwo = """{"id_token":{"acr":{"essential":true,"value":"urn:authcore:acr:2"}}}""";

    private static readonly Client Client = Seed.FirstParty;

    private AuthCoreApp App => server.App;

    [Fact]
    public async Task A_weak_and_then_an_old_sign_in_are_told_what_would_do_and_it_does()
    {
        var user = await NewUserAsync();
        using var browser = await App.NewSessionAsync(user);
        var weak = await browser.TokensOf(Client, await browser.AuthorizeAsync(TestBrowser.Request(Client)));

        var refused = await browser.UserInfoAsync(weak.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("insufficient_user_authentication", await TestBrowser.ErrorOf(refused));
        Assert.Equal(
            "Bearer realm=\"authcore\", error=\"insufficient_user_authentication\", error_description=\"The user must sign in again, more recently or in a stronger way.\", "
            + "acr_values=\"urn:authcore:acr:2\", max_age=\"300\"",
            refused.Headers.WwwAuthenticate.Single().ToString());

        var strong = await browser.TokensOf(Client, await TakeStepAsync(browser, user, TestBrowser.Request(Client).With("claims", EssentialTwo)));
        var access = strong.GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(weak.GetProperty("access_token").GetString()!)).StatusCode);

        App.Time!.Advance(TimeSpan.FromSeconds(296));   // 301 since the sign-in
        Assert.Equal("insufficient_user_authentication", await TestBrowser.ErrorOf(await browser.UserInfoAsync(access)));
        var refreshed = JsonElement.Parse(await (await browser.TokenAsync(Client, TestBrowser.Refresh(strong.GetProperty("refresh_token").GetString()!))).Content.ReadAsStringAsync());
        Assert.Equal("insufficient_user_authentication", await TestBrowser.ErrorOf(await browser.UserInfoAsync(refreshed.GetProperty("access_token").GetString()!)));

        // what the challenge asks for is what authorize understands
        Assert.Equal("/login", Walk.PathOf(await browser.OpenAsync(TestBrowser.Request(Client).With("max_age", "300").With("acr_values", Two))));
    }

    [Fact]
    public async Task Both_tokens_tell_how_and_when_also_after_a_refresh()
    {
        var user = await NewUserAsync();
        using var browser = await App.NewSessionAsync(user);
        var signedInAt = App.Time!.GetUtcNow().AddSeconds(-5).ToUnixTimeSeconds();
        var client = Client with { ClientId = "wants-auth-time", RequireAuthTime = true };
        await App.SaveAsync(client);

        var first = await browser.TokensOf(client, await TakeStepAsync(browser, user, TestBrowser.Request(client).With("claims", EssentialTwo)));
        App.Time.Advance(TimeSpan.FromMinutes(1));
        var second = JsonElement.Parse(await (await browser.TokenAsync(client, TestBrowser.Refresh(first.GetProperty("refresh_token").GetString()!))).Content.ReadAsStringAsync());

        foreach (var token in new[] { first, second }.SelectMany(t => new[] { t.GetProperty("id_token"), t.GetProperty("access_token") }))
        {
            var claims = TestBrowser.ClaimsOf(token.GetString()!);
            Assert.Equal(Two, claims.GetProperty("acr").GetString());
            Assert.Equal(["pwd", "otp"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
            Assert.Equal(signedInAt, claims.GetProperty("auth_time").GetInt64());
        }
    }

    [Fact]
    public async Task A_step_is_offered_where_it_is_open_and_whoever_comes_back_without_it_is_sent_there_again()
    {
        using var browser = await App.NewSessionAsync(await NewUserAsync());

        var page = await browser.OpenAsync(TestBrowser.Request(Client).With("claims", EssentialTwo));

        Assert.Equal("/test/step", Walk.PathOf(page));
        Assert.Equal("/test/step", Walk.PathOf(await browser.OpenInteractionAsync(Walk.InteractionOf(page))));
        Assert.Equal("login_required", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Client).With("claims", EssentialTwo).With("prompt", "none"))));
        Assert.Equal("/test/step", Walk.PathOf(await browser.OpenAsync(TestBrowser.Request(Client).With("acr_values", Two))));
    }

    [Fact]
    public async Task An_essential_acr_that_this_person_cannot_reach_is_an_error_and_a_voluntary_one_is_not()
    {
        using var browser = await App.NewSessionAsync(await App.NewUserAsync());

        Assert.Equal("unmet_authentication_requirements", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Client).With("claims", EssentialTwo))));
        Assert.Equal("unmet_authentication_requirements", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Client, "read:files").With("acr_values", Two))));
        var tokens = await browser.TokensOf(Client, await browser.AuthorizeAsync(TestBrowser.Request(Client).With("acr_values", Two)));
        Assert.Equal(One, TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("acr").GetString());
        Assert.Equal(One, TestBrowser.ClaimsOf(tokens.GetProperty("access_token").GetString()!).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task An_essential_acr_that_nobody_can_reach_is_an_error_before_anybody_types_a_password()
    {
        using var browser = App.CreateBrowser();

        Assert.Equal("unmet_authentication_requirements", Walk.ErrorOf(await browser.AuthorizeAsync(
            TestBrowser.Request(Client).With("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:gold"]}}}"""))));
    }

    [Fact]
    public async Task Default_acr_values_count_where_a_request_says_nothing()
    {
        var client = Client with { ClientId = "careful", DefaultAcrValues = [Two] };
        await App.SaveAsync(client);
        using var browser = await App.NewSessionAsync(await NewUserAsync());

        Assert.Equal("/test/step", Walk.PathOf(await browser.OpenAsync(TestBrowser.Request(client))));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(client).With("acr_values", One))));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(client).With("prompt", "none"))));
    }

    [Fact]
    public async Task What_the_steps_give_is_advertised_and_may_be_a_clients_default()
    {
        using var http = App.CreateClient();
        var document = JsonElement.Parse(await http.GetStringAsync(App.Issuer + DiscoveryTests.OpenId));
        var rules = new ClientMetadataRules(App.Get<ServerCapabilities>(), Client.Scope, Client.Resources);

        Assert.Equal([One, Two], document.GetProperty("acr_values_supported").EnumerateArray().Select(value => value.GetString()!));
        Assert.True(rules.Validate(Client with { DefaultAcrValues = [Two, One] }).IsValid);
        Assert.Equal(["default_acr_values"], rules.Validate(Client with { DefaultAcrValues = [Two, "urn:gold"] }).Errors.Select(error => error.PropertyName));
    }

    [Fact]
    public async Task Consent_tells_which_claims_the_application_calls_essential()
    {
        using var browser = await App.NewSessionAsync(await App.NewUserAsync());

        var page = await browser.OpenAsync(TestBrowser.Request(Seed.Web, "openid").With("claims", """{"userinfo":{"email":{"essential":true},"name":null,"shoe_size":{"essential":true}}}"""));

        var said = (await Walk.DocumentOf(page)).QuerySelectorAll(".scope").Where(scope => scope.TextContent.Contains("needs this for what you are about to do", StringComparison.Ordinal));
        Assert.Equal(["claim:email"], said.Select(scope => scope.QuerySelector("input")!.GetAttribute("value")!));
    }

    private async Task<User> NewUserAsync()
    {
        var user = await App.NewUserAsync();
        server.Step.Open.TryAdd(user.Subject, true);
        return user;
    }

    // What the page of a step does: the session is worth more, and the way goes on at /authorize.
    private async Task<HttpResponseMessage> TakeStepAsync(TestBrowser browser, User user, Dictionary<string, string> request)
    {
        var page = await browser.OpenAsync(request);
        Assert.Equal("/test/step", Walk.PathOf(page));
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        Assert.Equal(1, await connection.ExecuteAsync("update sessions set acr = @Two, amr = '{pwd,otp}' where subject = @Subject", new { Two, user.Subject }));
        return await browser.OpenInteractionAsync(Walk.InteractionOf(page));
    }

    /// <summary>A step that is open to those named.</summary>
    internal sealed class StepOfSome : ILoginStep
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, bool> Open { get; } = new(StringComparer.Ordinal);

        public string Acr => Two;

        public string Path => "/test/step";

        public ValueTask<bool> IsOpenToAsync(string subject, CancellationToken ct) => new(Open.ContainsKey(subject));
    }

    public sealed class Server : IAsyncLifetime
    {
        public Server()
        {
            App = new AuthCoreApp { ServicesChange = services => services.AddSingleton<ILoginStep>(Step) };
            App.Settings["AuthCore:UserInfo:MaxAge"] = "300";
            App.Settings["AuthCore:UserInfo:AcrValues"] = Two;
        }

        public AuthCoreApp App { get; }

        internal StepOfSome Step { get; } = new();

        public ValueTask InitializeAsync() => App.InitializeAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
