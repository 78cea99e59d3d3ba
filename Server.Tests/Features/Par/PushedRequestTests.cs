using System.Net;
using AuthCore.Features.Par;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Par;

/// <summary>RFC 9126 §4: what a browser can do with a <c>request_uri</c>.</summary>
public sealed class PushedRequestTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task A_pushed_request_leads_to_tokens_as_any_other()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web);

        var answer = await browser.CompleteAsync(await browser.PushAsync(Seed.Web, request));

        Assert.StartsWith("https://app.example/cb?code=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(request["state"], TestBrowser.QueryOf(answer)["state"]);
        var tokens = await browser.TokensOf(Seed.Web, answer);
        Assert.Equal(request["nonce"], TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("nonce").GetString());
        Assert.True(tokens.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task What_stands_beside_the_request_uri_does_not_count()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var pushed = await browser.PushAsync(Seed.FirstParty);

        var answer = await browser.AuthorizeAsync(
        [
            .. pushed, new("redirect_uri", "https://evil.example/cb"), new("state", "evil"), new("scope", "openid address"), new("response_type", "token"), new("response_mode", "form_post"),
            new("prompt", "login"), new("nonce", "evil"), new("code_challenge", "evil"), new("resource", "https://unknown.test"), new("max_age", "0"), new("scope", "twice"), new("i", "evil"),
        ]);

        Assert.StartsWith("https://app.example/cb?code=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(TestBrowser.Request(Seed.FirstParty)["state"], TestBrowser.QueryOf(answer)["state"]);
        var tokens = await browser.TokensOf(Seed.FirstParty, answer);
        Assert.Equal("openid profile offline_access", tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_reload_before_the_answer_comes_to_the_same_place_and_one_after_it_to_none()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var pushed = await browser.PushAsync(Seed.Web);

        var first = await browser.OpenAsync(pushed);
        var again = await browser.OpenAsync(pushed);
        Assert.Equal("/login", Walk.PathOf(again));
        Assert.Equal(Walk.InteractionOf(first), Walk.InteractionOf(again));

        var consent = await browser.SignInAtAsync(first, user);
        Assert.Equal("/consent", Walk.PathOf(consent));
        Assert.Equal("/consent", Walk.PathOf(await browser.OpenAsync(pushed)));
        var answer = await browser.PressAsync(consent, "allow");
        Assert.NotNull(Walk.CodeOf(answer));

        await Pushing.AssertDeadEndAsync(await browser.OpenAsync(pushed));
        await browser.TokensOf(Seed.Web, answer);   // the code is as good as it was
    }

    [Fact]
    public async Task It_is_spent_by_a_code_at_once_by_a_refusal_and_by_an_error()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var atOnce = await browser.PushAsync(Seed.FirstParty);
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(atOnce)));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(atOnce));

        var denied = await browser.PushAsync(Seed.Web);
        Assert.Equal("access_denied", Walk.ErrorOf(await browser.PressAsync(await browser.OpenAsync(denied), "deny")));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(denied));

        using var stranger = app.CreateBrowser();
        var silent = await stranger.PushAsync(Seed.Web, TestBrowser.Request(Seed.Web).With("prompt", "none"));
        Assert.Equal("login_required", Walk.ErrorOf(await stranger.AuthorizeAsync(silent)));
        await Pushing.AssertDeadEndAsync(await stranger.AuthorizeAsync(silent));
    }

    [Fact]
    public async Task It_belongs_to_the_first_browser_that_brings_it()
    {
        var user = await app.NewUserAsync();
        using var victim = await app.NewSessionAsync(user);
        using var attacker = app.CreateBrowser();
        var pushed = await attacker.PushAsync(Seed.FirstParty);
        var first = await attacker.OpenAsync(pushed);

        // Session fixation: the link, followed by somebody who is signed in, gives no code for the attacker's request.
        await Pushing.AssertDeadEndAsync(await victim.AuthorizeAsync(pushed));
        await Pushing.AssertDeadEndAsync(await victim.GetAsync("/authorize?i=" + Walk.InteractionOf(first)), "interaction_unknown");
        Assert.NotNull(Walk.CodeOf(await attacker.SignInAtAsync(first, user)));
    }

    [Fact]
    public async Task It_is_of_no_use_under_another_client_and_stays_usable_by_its_own()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var pushed = await browser.PushAsync(Seed.FirstParty);

        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(pushed.With("client_id", Seed.Web.ClientId)));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(pushed.With("client_id", "nobody")), "invalid_request");
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(pushed.With("client_id", null)), "invalid_request");
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(pushed)));
    }

    [Fact]
    public async Task It_is_taken_until_its_last_second_also_by_its_own_browser_whose_sign_in_goes_on()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        using var late = app.CreateBrowser();
        var begun = await browser.PushAsync(Seed.FirstParty);
        var never = await late.PushAsync(Seed.FirstParty);

        app.Time!.Advance(TimeSpan.FromSeconds(59));
        var page = await browser.OpenAsync(begun);
        Assert.Equal("/login", Walk.PathOf(page));
        app.Time.Advance(TimeSpan.FromSeconds(1));

        await Pushing.AssertDeadEndAsync(await late.AuthorizeAsync(never));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(begun));
        app.Time.Advance(TimeSpan.FromSeconds(598));   // the interaction began when the browser came, not when the client pushed
        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(page, user)));
    }

    public static TheoryData<string> NotOurs =>
    [
        Pushing.Urn, Pushing.Urn + "x", Pushing.Urn + "ac_par_", Pushing.Urn + "ac_par_" + new string('A', 64), Pushing.Urn + "ac_int_" + new string('A', 64),
        Pushing.Urn + "ac_par_" + new string('A', 63), Pushing.Urn + "ac_par_" + new string('A', 65), Pushing.Urn + "ac_code_" + new string('A', 64), Pushing.Urn + "%00", Pushing.Urn + "'; drop table interactions",
    ];

    [Theory]
    [MemberData(nameof(NotOurs))]
    public async Task One_that_this_server_never_gave_out_is_invalid_request_uri_whatever_stands_beside_it(string uri)
    {
        using var browser = app.CreateBrowser();

        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync([KeyValuePair.Create("client_id", "web"), KeyValuePair.Create("request_uri", uri)]));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("request_uri", uri)));
    }

    [Theory]
    [InlineData("https://app.example/request.jwt")]
    [InlineData("http://127.0.0.1:1/request.jwt")]
    [InlineData("URN:ietf:params:oauth:request_uri:x")]
    [InlineData("urn:ietf:params:oauth:request_urix")]
    [InlineData("data:text/plain,x")]
    public async Task One_that_would_have_to_be_fetched_is_not_supported(string uri)
    {
        using var browser = app.CreateBrowser();

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web).With("request_uri", uri));

        Assert.Equal("request_uri_not_supported", Walk.ErrorOf(answer));
    }

    [Fact]
    public async Task One_that_was_changed_in_any_way_is_refused_and_the_right_one_still_works()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var pushed = await browser.PushAsync(Seed.FirstParty);
        var uri = pushed["request_uri"];

        foreach (var changed in new[] { uri[..^1], uri + "A", uri[..^1] + (uri[^1] == 'A' ? 'B' : 'A'), uri[..60] + (uri[60] == 'A' ? 'B' : 'A') + uri[61..], uri + " " })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.AuthorizeAsync([KeyValuePair.Create("client_id", pushed["client_id"]), KeyValuePair.Create("request_uri", changed)])).StatusCode);
        }

        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(pushed)));
    }

    [Fact]
    public async Task The_interactions_own_handle_does_not_begin_it()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var pushed = await browser.PushAsync(Seed.FirstParty);
        Assert.True(RequestUri.TryParse(pushed["request_uri"], out var handle));

        var aside = await browser.GetAsync("/authorize?i=" + RequestUri.InteractionOf(handle).Value);

        await Pushing.AssertDeadEndAsync(aside, "interaction_unknown");
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(pushed)));
    }

    [Fact]
    public async Task Twice_or_beside_a_request_object_it_is_invalid_request()
    {
        using var browser = app.CreateBrowser();
        var pushed = await browser.PushAsync(Seed.Web);

        var twice = await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("request_uri", pushed["request_uri"]), new("request_uri", pushed["request_uri"])]);
        Assert.Equal("invalid_request", Walk.ErrorOf(twice));
        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync([.. pushed, new("request", "a.b.c")]), "invalid_request");
    }

    [Fact]
    public async Task A_sign_in_between_push_and_browser_does_not_count_as_one_that_was_asked_for()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var pushed = await browser.PushAsync(Seed.FirstParty, TestBrowser.Request(Seed.FirstParty).With("prompt", "login"));
        app.Time!.Advance(TimeSpan.FromSeconds(5));
        await browser.SignInAsync(user.Username);
        app.Time.Advance(TimeSpan.FromSeconds(5));

        var page = await browser.OpenAsync(pushed);

        Assert.Equal("/login", Walk.PathOf(page));
        app.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(Walk.CodeOf(await browser.SignInAtAsync(page, user)));
    }

    [Fact]
    public async Task A_cross_site_post_comes_again_by_get()
    {
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var pushed = await browser.PushAsync(Seed.FirstParty);

        var answer = await browser.PostAsync("/authorize", pushed);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/authorize?" + TestBrowser.Encode(pushed), answer.Headers.Location!.OriginalString);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.NotNull(Walk.CodeOf(await browser.FollowAsync(answer)));
    }

    [Fact]
    public async Task What_changed_since_the_push_is_asked_again()
    {
        var client = Seed.FirstParty with { ClientId = "par-changing" };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());

        async Task<HttpResponseMessage> AfterAsync(Client changed)
        {
            await app.SaveAsync(client);
            var pushed = await browser.PushAsync(client);
            await app.SaveAsync(changed);
            return await browser.AuthorizeAsync(pushed);
        }

        await Pushing.AssertDeadEndAsync(await AfterAsync(client with { RedirectUris = ["https://app.example/other"] }), "invalid_request");
        await Pushing.AssertDeadEndAsync(await AfterAsync(client with { Scope = ["openid"] }), "invalid_request");
        await Pushing.AssertDeadEndAsync(await AfterAsync(client with { DisabledAt = app.Time!.GetUtcNow() }), "invalid_request");
        Assert.NotNull(Walk.CodeOf(await AfterAsync(client)));
    }

    // RFC 9126 §4, §6
    [Fact]
    public async Task A_client_that_must_push_is_refused_otherwise()
    {
        var client = Seed.FirstParty with { ClientId = "par-must", RequirePushedAuthorizationRequests = true };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await app.NewUserAsync());
        var request = TestBrowser.Request(client);

        foreach (var answer in new[] { await browser.AuthorizeAsync(request), await browser.PostAsync("/authorize", request) })
        {
            Assert.Equal("invalid_request", Walk.ErrorOf(answer));
            Assert.Equal(request["state"], TestBrowser.QueryOf(answer)["state"]);
        }

        await Pushing.AssertDeadEndAsync(await browser.AuthorizeAsync(request.With("redirect_uri", "https://evil.example/")), "invalid_request");
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(await browser.PushAsync(client))));
    }

    [Fact]
    public async Task Of_two_answers_made_to_meet_one_goes_out()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var pushed = await browser.PushAsync(Seed.FirstParty);
        await browser.OpenAsync(pushed);
        await browser.SignInAsync(user.Username);
        Assert.True(RequestUri.TryParse(pushed["request_uri"], out var handle));

        await using var rows = await RowLock.TakeAsync(app.ConnectionString, "select id from interactions where id = @id for update", handle.Id);
        var both = new[] { browser.AuthorizeAsync(pushed), browser.AuthorizeAsync(pushed) };
        await rows.WaitersAsync(2);
        await rows.ReleaseAsync();

        var answers = await Task.WhenAll(both);
        Assert.Single(answers, answer => Walk.CodeOf(answer) is not null);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_two_browsers_made_to_meet_on_two_nodes_one_has_the_request()
    {
        await using var node = app.StartSecondNode();
        using var one = app.CreateBrowser();
        using var other = app.CreateBrowser(node);
        var pushed = await one.PushAsync(Seed.Web);
        Assert.True(RequestUri.TryParse(pushed["request_uri"], out var handle));

        await using var rows = await RowLock.TakeAsync(app.ConnectionString, "select id from interactions where id = @id for update", handle.Id);
        var both = new[] { one.AuthorizeAsync(pushed), other.AuthorizeAsync(pushed) };
        await rows.WaitersAsync(2);
        await rows.ReleaseAsync();

        var answers = await Task.WhenAll(both);
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        await Pushing.AssertDeadEndAsync(Assert.Single(answers, answer => answer.StatusCode != HttpStatusCode.SeeOther));
    }

    [Fact]
    public async Task Nothing_that_was_pushed_is_in_a_cookie_on_a_page_or_in_the_log_and_the_request_uri_is_nowhere()
    {
        string[] values = ["pushed-state-7391", "pushed-nonce-7392", "pushed-acr-7393", "pushed-ui-7394"];
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(Seed.Web).With("state", values[0]).With("nonce", values[1]).With("acr_values", values[2]).With("ui_locales", values[3]);
        var pushed = await browser.PushAsync(Seed.Web, request);
        var secret = pushed["request_uri"][Pushing.Urn.Length..];

        var first = await browser.AuthorizeAsync(pushed);
        var login = await browser.FollowAsync(first);
        var consent = await browser.SignInAtAsync(login, user);
        var cookies = string.Join('\n', new[] { first, login, consent }.SelectMany(answer => Walk.CookiesOf(answer).Values));
        var pages = await login.Content.ReadAsStringAsync() + await consent.Content.ReadAsStringAsync() + login.RequestMessage!.RequestUri + consent.RequestMessage!.RequestUri;

        Assert.Contains(Walk.CookiesOf(first), cookie => cookie.Key.Contains("authcore-browser", StringComparison.Ordinal));
        foreach (var value in values.Append(secret).Append(TestBrowser.Challenge))
        {
            Assert.DoesNotContain(value, cookies, StringComparison.Ordinal);
            Assert.DoesNotContain(value, pages, StringComparison.Ordinal);
            Assert.DoesNotContain(app.Logs.Lines, line => line.Contains(value, StringComparison.Ordinal));
        }

        Assert.Equal(0, await app.Get<Database>().FindAsync<long>("select count(*) from interactions i where i::text like '%' || @secret || '%'", new { secret }, TestContext.Current.CancellationToken));
    }
}
