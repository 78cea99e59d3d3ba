using System.Net;
using System.Text.Json;
using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using AuthCore.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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

        var strong = await browser.TokensOf(Client, await TakeStepAsync(browser, TestBrowser.Request(Client).With("claims", EssentialTwo)));
        var access = strong.GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(access)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(weak.GetProperty("access_token").GetString()!)).StatusCode);

        App.Time!.Advance(TimeSpan.FromSeconds(301));
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
        var provenAt = App.Time!.GetUtcNow().ToUnixTimeSeconds();   // by the step, five seconds after the password
        var client = Client with { ClientId = "wants-auth-time", RequireAuthTime = true };
        await App.SaveAsync(client);

        var first = await browser.TokensOf(client, await TakeStepAsync(browser, TestBrowser.Request(client).With("claims", EssentialTwo)));
        App.Time.Advance(TimeSpan.FromMinutes(1));
        var second = JsonElement.Parse(await (await browser.TokenAsync(client, TestBrowser.Refresh(first.GetProperty("refresh_token").GetString()!))).Content.ReadAsStringAsync());

        foreach (var token in new[] { first, second }.SelectMany(t => new[] { t.GetProperty("id_token"), t.GetProperty("access_token") }))
        {
            var claims = TestBrowser.ClaimsOf(token.GetString()!);
            Assert.Equal(Two, claims.GetProperty("acr").GetString());
            Assert.Equal(["pwd", "otp"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
            Assert.Equal(provenAt, claims.GetProperty("auth_time").GetInt64());
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

    // RFC 9470 §4: a client that does what the challenge says comes back with a token that will do, or with an error; it never asks for ever
    [Fact]
    public async Task Whoever_follows_the_challenge_of_userinfo_is_satisfied_at_the_first_try()
    {
        var user = await NewUserAsync();
        using var browser = await App.NewSessionAsync(user);
        var weak = await browser.TokensOf(Client, await browser.AuthorizeAsync(TestBrowser.Request(Client)));
        App.Time!.Advance(TimeSpan.FromHours(1));
        weak = JsonElement.Parse(await (await browser.TokenAsync(Client, TestBrowser.Refresh(weak.GetProperty("refresh_token").GetString()!))).Content.ReadAsStringAsync());
        var challenge = (await browser.UserInfoAsync(weak.GetProperty("access_token").GetString()!)).Headers.WwwAuthenticate.Single().Parameter!;
        string Asked(string name) => challenge.Split(name + "=\"")[1].Split('"')[0];

        var request = TestBrowser.Request(Client).With("acr_values", Asked("acr_values")).With("max_age", Asked("max_age"));
        var step = await browser.SignInAtAsync(await browser.OpenAsync(request), user);   // first the password, which is too old; then the step, which is missing
        step = await browser.FollowAsync(step);
        Assert.Equal("/test/step", Walk.PathOf(step));
        var back = await browser.PostAsync(step.RequestMessage!.RequestUri!.PathAndQuery, []);
        var strong = await browser.TokensOf(Client, await browser.GetAsync(back.Headers.Location!.OriginalString));

        Assert.Equal(HttpStatusCode.OK, (await browser.UserInfoAsync(strong.GetProperty("access_token").GetString()!)).StatusCode);
    }

    // else whoever follows the challenge would ask for ever
    [Fact]
    public void A_server_without_a_step_that_gives_what_its_userinfo_demands_does_not_start()
    {
        var options = App.Get<AuthCoreOptions>();
        Assert.Contains("AUTHCORE__USERINFO__ACRVALUES__0", Assert.Throws<StartupException>(() => new LoginSteps([], options)).Message, StringComparison.Ordinal);
        Assert.Equal([One, Two], new LoginSteps([server.Step], options).Means.Possible);
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

    private static async Task<HttpResponseMessage> TakeStepAsync(TestBrowser browser, Dictionary<string, string> request)
    {
        var page = await browser.OpenAsync(request);
        Assert.Equal("/test/step", Walk.PathOf(page));
        return await browser.PostAsync(page.RequestMessage!.RequestUri!.PathAndQuery, []) is { StatusCode: HttpStatusCode.SeeOther } back ? await browser.GetAsync(back.Headers.Location!.OriginalString) : page;
    }

    /// <summary>A step that is open to those named.</summary>
    internal sealed class StepOfSome : ILoginStep
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, bool> Open { get; } = new(StringComparer.Ordinal);

        public string Acr => Two;

        public string Path => "/test/step";

        public ValueTask<bool> IsOpenToAsync(string subject, CancellationToken ct) => new(Open.ContainsKey(subject));
    }

    /// <summary>
    /// The page of a step, with no more of the core than any feature has: it finds interaction and session, takes whatever it is shown for a proof, raises the
    /// session, and sends the person back to where it is decided what comes next.
    /// </summary>
    internal sealed class StepPage : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map("/test/step", page => page.Run(ServeAsync));
            next(app);
        };

        private static async Task ServeAsync(HttpContext http)
        {
            var (services, ct) = (http.RequestServices, http.RequestAborted);
            var (pages, sessions, cookies) = (services.GetRequiredService<BrowserPages>(), services.GetRequiredService<Sessions>(), services.GetRequiredService<Cookies>());
            var (browser, handle) = (pages.BrowserOf(http), http.Request.Query["i"].ToString());
            var found = await services.GetRequiredService<Interactions>().FindAsync(handle, browser, ct);
            if (BrowserPages.IsStuck(http, found, out var stuck))
            {
                await stuck.ExecuteAsync(http);
                return;
            }

            if (HttpMethods.IsPost(http.Request.Method) && await sessions.FindAsync(browser.SessionCookie, ct) is { } session)
            {
                var user = await services.GetRequiredService<UserStore>().FindForLoginAsync(session.Username, ct);
                var cookie = await sessions.TryBeginAsync(new ProvenUser(session.Subject, user!.Endings, Two, [.. session.Amr, "otp"], Device: null), session, ct);
                cookies.Set(http, cookies.Session, cookie!.Value);
                await new SeeOther(pages.Path("/authorize", handle)).ExecuteAsync(http);
            }
        }
    }

    public sealed class Server : IAsyncLifetime
    {
        public Server()
        {
            App = new AuthCoreApp { ServicesChange = services => services.AddSingleton<ILoginStep>(Step).AddSingleton<IStartupFilter, StepPage>() };
            App.Settings["AuthCore:UserInfo:MaxAge"] = "300";
            App.Settings["AuthCore:UserInfo:AcrValues"] = Two;
        }

        public AuthCoreApp App { get; }

        internal StepOfSome Step { get; } = new();

        public ValueTask InitializeAsync() => App.InitializeAsync();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
