using System.Net;
using System.Text;
using AuthCore.Endpoints;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Features.Logout;

/// <summary>A server whose sessions of people called "framed…" have a frame to load.</summary>
public sealed class EndSessionServer : IAsyncLifetime
{
    public AuthCoreApp App { get; } = new() { ServicesChange = services => services.AddSingleton<ISignOutFrames, Frames>() };

    public Client Client { get; } = Seed.FirstParty with
    {
        ClientId = "leaver",
        ClientName = "The Leaver",
        PostLogoutRedirectUris = ["https://app.example/bye", "com.example.app:/bye"],
        ApplicationType = "native",
    };

    public async ValueTask InitializeAsync()
    {
        await App.InitializeAsync();
        await App.SaveAsync(Client);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private sealed class Frames : ISignOutFrames
    {
        public Task<IReadOnlyList<string>> FindAsync(SessionRow session, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<string>>(session.Username.StartsWith("framed", StringComparison.Ordinal) ? ["https://other.example/out"] : []);
    }
}

/// <summary>RP-Initiated Logout 1.0 over HTTP.</summary>
public sealed class EndSessionTests(EndSessionServer server) : IClassFixture<EndSessionServer>
{
    private const string Bye = "https://app.example/bye";
    private const string State = "a state; with +&= and é";

    private AuthCoreApp App => server.App;

    [Fact]
    [Proves("end_session_endpoint")]
    public async Task A_hint_of_this_session_signs_out_without_a_question_and_goes_back_with_the_state()
    {
        var (browser, hint, user) = await SignedInAsync();
        var metadata = System.Text.Json.JsonElement.Parse(await browser.Http.GetStringAsync(App.Issuer + DiscoveryTests.OpenId));
        Assert.Equal(App.Issuer + "/end-session", metadata.GetProperty("end_session_endpoint").GetString());

        var answer = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye), ("state", State)));

        Assert.Equal((HttpStatusCode.SeeOther, $"{Bye}?state={Uri.EscapeDataString(State)}"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        var deletion = answer.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith("__Host-authcore-session=;", StringComparison.Ordinal));
        Assert.Contains("expires=Thu, 01 Jan 1970", deletion, StringComparison.OrdinalIgnoreCase);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task An_expired_hint_is_as_good()
    {
        var (browser, hint, user) = await SignedInAsync();
        App.Time!.Advance(TimeSpan.FromHours(7));

        var answer = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));

        Assert.Equal(Bye, answer.Headers.Location!.OriginalString);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task Without_an_address_the_person_ends_on_our_page()
    {
        var (browser, hint, user) = await SignedInAsync();

        var page = await browser.GetAsync(Url(("id_token_hint", hint), ("state", State)));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("You are signed out", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    // A cross-site POST brings no Lax cookie
    [Fact]
    public async Task A_post_from_another_site_is_decided_at_the_get_that_follows_with_nothing_to_read_in_its_url()
    {
        var (browser, hint, user) = await SignedInAsync();
        using var bare = App.CreateBrowser();

        var posted = await bare.PostAsync("/end-session", Form(("id_token_hint", hint), ("post_logout_redirect_uri", Bye), ("state", State)));
        Assert.True(await IsSignedInAsync(browser, user));
        var next = posted.Headers.Location!.OriginalString;
        var answer = await browser.GetAsync(next);

        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.StartsWith("/end-session/confirm?r=", next, StringComparison.Ordinal);
        Assert.DoesNotContain(hint.Split('.')[1], next, StringComparison.Ordinal);
        Assert.DoesNotContain("app.example", next, StringComparison.Ordinal);
        Assert.Equal($"{Bye}?state={Uri.EscapeDataString(State)}", answer.Headers.Location!.OriginalString);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task Without_a_hint_the_person_is_asked_and_the_answer_goes_back()
    {
        var (browser, _, user) = await SignedInAsync();

        var page = await browser.GetAsync(Url(("client_id", server.Client.ClientId), ("post_logout_redirect_uri", Bye), ("state", State)));
        var text = await Walk.TextOf(page);
        Assert.Contains($"You are signed in as {user.Name}", text, StringComparison.Ordinal);
        Assert.Contains("The Leaver asks to sign you out", text, StringComparison.Ordinal);
        Assert.DoesNotContain("another sign-in", text, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' https://app.example;", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(browser, user));

        var answer = await browser.SubmitAsync(page, ("decision", "signout"));

        Assert.Equal($"{Bye}?state={Uri.EscapeDataString(State)}", answer.Headers.Location!.OriginalString);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Theory]
    [InlineData("stay")]
    [InlineData("")]
    [InlineData("SIGNOUT")]
    public async Task Any_other_answer_signs_nobody_out_and_leads_nowhere(string decision)
    {
        var (browser, _, user) = await SignedInAsync();
        var page = await browser.GetAsync(Url(("client_id", server.Client.ClientId), ("post_logout_redirect_uri", Bye)));

        var answer = await browser.SubmitAsync(page, ("decision", decision));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task With_no_parameter_at_all_the_person_is_asked_and_stays_here()
    {
        var (browser, _, user) = await SignedInAsync();

        var page = await browser.SubmitAsync(await browser.GetAsync("/end-session"), ("decision", "signout"));

        Assert.Contains("You are signed out", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task A_hint_of_another_persons_session_asks_and_ends_neither()
    {
        var (others, hint, other) = await SignedInAsync();
        var (browser, _, user) = await SignedInAsync();

        var page = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("seems to mean another sign-in", await Walk.TextOf(page), StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(browser, user));
        Assert.True(await IsSignedInAsync(others, other));
        browser.Dispose();
        others.Dispose();
    }

    [Fact]
    public async Task A_hint_of_the_same_persons_session_before_asks()
    {
        var (browser, hint, user) = await SignedInAsync();
        await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));
        await browser.SignInAsync(user.Username);

        var page = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    // §4: it is no error to ask for what is done already
    [Fact]
    public async Task Who_is_not_signed_in_goes_back_with_a_hint_and_without_one_by_a_link()
    {
        var (browser, hint, _) = await SignedInAsync();
        browser.Dispose();
        using var empty = App.CreateBrowser();

        var hinted = await empty.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye), ("state", "s")));
        var unhinted = await empty.GetAsync(Url(("client_id", server.Client.ClientId), ("post_logout_redirect_uri", Bye), ("state", "s")));

        Assert.Equal(Bye + "?state=s", hinted.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, unhinted.StatusCode);
        Assert.False(unhinted.Headers.Contains("Refresh"));
        Assert.Equal(Bye + "?state=s", (await Walk.DocumentOf(unhinted)).QuerySelector("a.primary")!.GetAttribute("href"));
    }

    [Fact]
    public async Task An_application_on_a_phone_is_gone_back_to_by_its_own_scheme()
    {
        var (browser, hint, _) = await SignedInAsync();

        var answer = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", "com.example.app:/bye")));

        Assert.Equal("com.example.app:/bye", answer.Headers.Location!.OriginalString);
        browser.Dispose();
    }

    [Fact]
    public async Task With_frames_to_load_the_browser_waits_for_them_before_it_goes_back()
    {
        var user = Seed.Alice with { Subject = "sub-framed", Username = "framed", Email = null };
        await App.SaveAsync(user);
        var (browser, hint, _) = await SignedInAsync(user);

        var page = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye), ("state", "s")));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("3; url=https://app.example/bye?state=s", page.Headers.GetValues("Refresh").Single());
        Assert.Equal("https://other.example/out", (await Walk.DocumentOf(page)).QuerySelector("iframe")!.GetAttribute("src"));
        Assert.False(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task A_session_that_has_run_out_is_ended_by_its_hint_with_its_frames_and_by_no_other_request()
    {
        var user = Seed.Alice with { Subject = "sub-framed-late", Username = "framed-late", Email = null };
        await App.SaveAsync(user);
        var (browser, hint, _) = await SignedInAsync(user);
        var (others, foreign, _) = await SignedInAsync();
        App.Time!.Advance(TimeSpan.FromHours(9));
        foreach (var request in new[] { Url(("client_id", server.Client.ClientId), ("logout_hint", user.Username)), Url(("id_token_hint", foreign), ("post_logout_redirect_uri", Bye)) })
        {
            var answer = await browser.GetAsync(request);
            Assert.DoesNotContain(user.Name!, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(await HasEndedAsync(user));
        }

        var page = await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));

        Assert.Equal("3; url=" + Bye, page.Headers.GetValues("Refresh").Single());
        Assert.True(await HasEndedAsync(user));
        browser.Dispose();
        others.Dispose();
    }

    private static readonly string[] s_badRequests =
    [
        "post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F&id_token_hint=HINT",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye%2F&id_token_hint=HINT",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye%3Fx%3Dy&id_token_hint=HINT",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fcb&id_token_hint=HINT",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&id_token_hint=HINT&client_id=web",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=web",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=nobody",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=leaver&id_token_hint=FORGED",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=leaver&id_token_hint=ACCESS",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=leaver&id_token_hint=FOREIGN",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=leaver&id_token_hint=UNSIGNED",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&client_id=leaver&client_id=leaver",
        "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&id_token_hint=HINT",
        "id_token_hint=x",
        "id_token_hint=a.b.c",
    ];

    [Fact]
    public async Task What_is_wrong_is_a_page_never_a_redirect_and_ends_nothing()
    {
        var (browser, hint, user) = await SignedInAsync();
        var access = (await browser.GetTokensAsync(server.Client, "openid", user.Username)).GetProperty("access_token").GetString();
        foreach (var bad in s_badRequests)
        {
            var query = bad.Replace("HINT", hint, StringComparison.Ordinal).Replace("FORGED", hint[..^6] + "AAAAAA", StringComparison.Ordinal).Replace("ACCESS", access, StringComparison.Ordinal)
                .Replace("FOREIGN", await ForeignAsync(hint), StringComparison.Ordinal).Replace("UNSIGNED", $"{Walk.Base64Url("""{"alg":"none","typ":"JWT"}""")}.{hint.Split('.')[1]}.", StringComparison.Ordinal);

            var got = await browser.GetAsync("/end-session?" + query);
            var posted = await browser.Http.PostAsync(App.Issuer + "/end-session", new StringContent(query, Encoding.UTF8, "application/x-www-form-urlencoded"));

            foreach (var page in new[] { got, posted })
            {
                Assert.Equal((bad, HttpStatusCode.BadRequest), (bad, page.StatusCode));
                Assert.Null(page.Headers.Location);
                var document = await Walk.DocumentOf(page);
                Assert.DoesNotContain("evil.example", document.Source.Text, StringComparison.Ordinal);
                Assert.Equal("/logout", document.QuerySelector("a.primary")!.GetAttribute("href"));   // §4: who wanted to be signed out still can be
            }
        }

        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task A_client_switched_off_meanwhile_is_not_gone_back_to()
    {
        var (browser, _, _) = await SignedInAsync();
        var client = server.Client with { ClientId = "going" };
        await App.SaveAsync(client);
        var page = await browser.GetAsync(Url(("client_id", "going"), ("post_logout_redirect_uri", Bye)));
        await App.SaveAsync(client with { DisabledAt = App.Time!.GetUtcNow() });

        var answer = await browser.SubmitAsync(page, ("decision", "signout"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        browser.Dispose();
    }

    [Fact]
    public async Task Whoever_signed_in_since_the_page_was_shown_is_asked_anew()
    {
        var (browser, _, _) = await SignedInAsync();
        var page = await browser.GetAsync(Url(("client_id", server.Client.ClientId), ("post_logout_redirect_uri", Bye)));
        var second = await App.NewUserAsync();
        await browser.SignInAsync(second.Username);

        var answer = await browser.FollowAsync(await browser.SubmitAsync(page, ("decision", "signout")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"You are signed in as {second.Name}", await Walk.TextOf(answer), StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(browser, second));
        browser.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAA")]
    [InlineData("%%%")]
    [InlineData("TAMPERED")]
    [InlineData("OLD")]
    public async Task A_sealed_request_that_is_changed_invented_or_old_is_refused(string value)
    {
        var (browser, hint, user) = await SignedInAsync();
        var posted = await browser.PostAsync("/end-session", Form(("id_token_hint", hint), ("post_logout_redirect_uri", Bye)));
        var url = posted.Headers.Location!.OriginalString;
        if (value == "OLD")
        {
            App.Time!.Advance(TimeSpan.FromSeconds(601));
        }

        url = value switch
        {
            "OLD" => url,
            "TAMPERED" => url[..^3] + (url[^3] == 'A' ? 'B' : 'A') + url[^2..],
            _ => "/end-session/confirm?r=" + value,
        };
        var answer = await browser.GetAsync(url);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("nonsense", null, null)]
    [InlineData("right", "Origin", "https://evil.test")]
    [InlineData("right", "Sec-Fetch-Site", "cross-site")]
    public async Task An_answer_that_is_not_from_our_page_signs_nobody_out(string? token, string? header, string? value)
    {
        var (browser, _, user) = await SignedInAsync();
        var (_, fields) = await TestBrowser.ReadFormAsync(await browser.GetAsync(Url(("client_id", server.Client.ClientId))));
        var form = fields.Where(field => field.Key != "form_token").Append(new("decision", "signout")).ToList();
        if (token is not null)
        {
            form.Add(new("form_token", token == "right" ? fields.Single(field => field.Key == "form_token").Value : token));
        }

        var answer = await browser.SendAsync(HttpMethod.Post, App.Issuer + "/end-session/confirm", form, header is null ? [] : [(header, value!)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task A_request_that_may_sign_out_is_answered_to_get_and_post_only()
    {
        var (browser, hint, user) = await SignedInAsync();
        foreach (var method in new[] { "HEAD", "PUT", "DELETE" })
        {
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await browser.SendAsync(new HttpMethod(method), App.Issuer + Url(("id_token_hint", hint)), null)).StatusCode);
        }

        var json = await browser.Http.PostAsync(App.Issuer + "/end-session", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.True(await IsSignedInAsync(browser, user));
        browser.Dispose();
    }

    [Fact]
    public async Task The_hint_and_the_state_are_not_logged()
    {
        var (browser, hint, user) = await SignedInAsync();
        await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/"), ("state", "the-very-state")));
        await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Bye), ("state", "the-very-state")));

        var sid = TestBrowser.ClaimsOf(hint).GetProperty("sid").GetString()!;
        Assert.Contains(user.Subject, Assert.Single(App.Logs.Lines, line => line.Contains("session.ended " + sid, StringComparison.Ordinal)), StringComparison.Ordinal);   // and once
        Assert.DoesNotContain(App.Logs.Lines, line => line.Contains(hint.Split('.')[2], StringComparison.Ordinal) || line.Contains("the-very-state", StringComparison.Ordinal));
        browser.Dispose();
    }

    private Task<bool> HasEndedAsync(User user) =>
        App.Get<Database>().FindAsync<bool>("select ended_at is not null from sessions where subject = @Subject", new { user.Subject }, CancellationToken.None);

    private async Task<(TestBrowser Browser, string Hint, User User)> SignedInAsync(User? user = null)
    {
        user ??= await App.NewUserAsync();
        var browser = await App.NewSessionAsync(user);
        var tokens = await browser.TokensOf(server.Client, await browser.CompleteAsync(TestBrowser.Request(server.Client), user.Username));
        return (browser, tokens.GetProperty("id_token").GetString()!, user);
    }

    private static async Task<bool> IsSignedInAsync(TestBrowser browser, User user) =>
        (await Walk.TextOf(await browser.GetAsync("/"))).Contains($"You are signed in as {user.Name}.", StringComparison.Ordinal);

    // The same claims under a key that is not the server's, with the server's key named in the header.
    private async Task<string> ForeignAsync(string hint)
    {
        var kid = System.Text.Json.JsonElement.Parse(CanonicalBase64Url.Decode(hint.Split('.')[0])!).GetProperty("kid").GetString();
        Assert.NotNull(await App.Get<SigningKeys>().FindAsync(kid, CancellationToken.None));
        using var key = SigningKey.Create(SigningAlgorithm.All.Single(algorithm => algorithm.Name == "RS256"));
        var signed = Jws.Sign(key, "JWT", CanonicalBase64Url.Decode(hint.Split('.')[1])!);
        return $"{hint.Split('.')[0]}.{signed.Split('.')[1]}.{signed.Split('.')[2]}";
    }

    private static string Url(params (string Name, string Value)[] parameters) => "/end-session?" + TestBrowser.Encode(Form(parameters));

    private static IEnumerable<KeyValuePair<string, string>> Form(params (string Name, string Value)[] parameters) => parameters.Select(p => KeyValuePair.Create(p.Name, p.Value));
}
