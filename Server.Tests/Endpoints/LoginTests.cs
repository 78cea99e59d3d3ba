using System.Net;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class LoginTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Theory]
    [InlineData("{0}")]
    [InlineData("{1}")]
    [InlineData("  {0} ")]
    public async Task Username_and_email_sign_in_whatever_their_case(string form)
    {
        var user = await app.NewUserAsync();
        foreach (var name in new[] { string.Format(null, form, user.Username, user.Email), string.Format(null, form, user.Username, user.Email).ToUpperInvariant() })
        {
            using var browser = app.CreateBrowser();

            var answer = await TryAsync(browser, name, AuthCoreApp.Password);

            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.Contains(user.Name!, await Walk.TextOf(await browser.GetAsync("/")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_username_that_is_anothers_email_address_is_the_usernames()
    {
        var first = await app.NewUserAsync();
        var second = (await app.NewUserAsync()) with { Username = first.Email! };
        await app.SaveAsync(second);
        using var browser = app.CreateBrowser();

        await TryAsync(browser, first.Email!, AuthCoreApp.Password);

        Assert.Contains(second.Name!, await Walk.TextOf(await browser.GetAsync("/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_unknown_and_disabled_get_the_same_status_headers_and_page_and_the_same_work()
    {
        var (user, disabled) = (await app.NewUserAsync(), await app.NewUserAsync());
        await app.SaveAsync(disabled with { DisabledAt = app.Time!.GetUtcNow() });
        var withoutPassword = await app.NewUserAsync();
        await app.Get<UserStore>().ChangePasswordAsync(withoutPassword.Subject, null, app.Time!.GetUtcNow(), CancellationToken.None);

        var answers = new List<(string Answer, long Work)>();
        foreach (var (name, password) in new[]
        {
            (user.Username, "wrong"), ("nobody-at-all", "wrong"), ("nobody@example.com", AuthCoreApp.Password), (disabled.Username, AuthCoreApp.Password), (disabled.Username, "wrong"),
            (withoutPassword.Username, "wrong"), (user.Email!, "wrong"),
        })
        {
            using var browser = app.CreateBrowser();
            var before = app.Get<PasswordHasher>().WorkDone;
            var answer = await TryAsync(browser, name, password);
            answers.Add((await ComparableAsync(answer, name), app.Get<PasswordHasher>().WorkDone - before));
        }

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.StartsWith("422", answers[0].Answer, StringComparison.Ordinal);
        Assert.True(answers[0].Work > 0);
    }

    [Fact]
    public async Task A_wrong_password_makes_no_session_and_keeps_the_old_one()
    {
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);

        var answer = await TryAsync(browser, user.Username, "wrong");

        Assert.DoesNotContain("__Host-authcore-session", Walk.CookiesOf(answer).Keys);
        Assert.Contains(user.Name!, await Walk.TextOf(await browser.GetAsync("/")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(300)]
    public async Task Every_byte_of_a_long_password_counts(int length)
    {
        var user = await app.NewUserAsync();
        var password = new string('p', length) + "é";
        await SetPasswordAsync(user, password);

        foreach (var wrong in new[] { password[..^1], password[..^1] + "e", password + "x", password[..72] })
        {
            using var browser = app.CreateBrowser();
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TryAsync(browser, user.Username, wrong)).StatusCode);
        }

        using var right = app.CreateBrowser();
        Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(right, user.Username, password)).StatusCode);
    }

    [Theory]
    [InlineData(" leading and trailing ")]
    [InlineData("a+b&c=d%20;\"<>'\\")]
    [InlineData("пароль 🔑 密码")]
    public async Task A_password_is_checked_exactly_as_typed(string password)
    {
        var user = await app.NewUserAsync();
        await SetPasswordAsync(user, password);
        using var browser = app.CreateBrowser();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TryAsync(browser, user.Username, password.Trim() + ".")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TryAsync(browser, user.Username, password.ToUpperInvariant())).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await TryAsync(browser, user.Username, password)).StatusCode);
    }

    [Theory]
    [InlineData("username=alice%00&password=x", 400)]
    [InlineData("username=alice&password=correct%00", 400)]
    [InlineData("username=alice&password=%ff%fe", 400)]
    [InlineData("username=alice&password=%ed%a0%80", 400)]
    [InlineData("username=alice&password=%", 400)]
    [InlineData("username=alice&username=bob&password=x", 400)]
    [InlineData("username=alice&password=x&password=y", 400)]
    public async Task Bytes_that_are_no_text_and_fields_sent_twice_are_refused(string fields, int status)
    {
        using var browser = app.CreateBrowser();
        var (_, hidden) = await TestBrowser.ReadFormAsync(await browser.GetAsync("/login"));
        using var content = new StringContent($"{TestBrowser.Encode(hidden)}&{fields}", null, "application/x-www-form-urlencoded");

        var answer = await browser.Http.PostAsync(app.Issuer + "/login", content);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(Walk.CookiesOf(answer));
    }

    [Fact]
    public async Task A_password_of_five_megabytes_is_413_and_costs_no_hash()
    {
        using var browser = app.CreateBrowser();
        var page = await browser.GetAsync("/login");
        var before = app.Get<PasswordHasher>().WorkDone;

        var answer = await browser.SubmitAsync(page, ("username", "alice"), ("password", new string('x', 5_000_000)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(before, app.Get<PasswordHasher>().WorkDone);
    }

    [Theory]
    [InlineData(5000, "name")]
    [InlineData(15_000, "password")]
    public async Task What_no_account_can_have_is_answered_like_any_wrong_password(int length, string which)
    {
        using var browser = app.CreateBrowser();
        var text = new string('x', length);

        var answer = await TryAsync(browser, which == "name" ? text : "alice", which == "name" ? "wrong" : text);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("do not match", await Walk.TextOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("alice", null)]
    [InlineData(null, "password")]
    [InlineData("alice", "")]
    [InlineData("", "password")]
    public async Task Name_or_password_missing_is_asked_for_and_not_counted(string? name, string? password)
    {
        using var browser = app.CreateBrowser();
        var page = await browser.GetAsync("/login");
        var typed = new[] { ("username", name), ("password", password) }.Where(field => field.Item2 is not null).Select(field => (field.Item1, field.Item2!)).ToArray();

        for (var i = 0; i < 11; i++)
        {
            var answer = await browser.SubmitAsync(page, typed);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains("Enter your username", await Walk.TextOf(answer), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_typed_stays_encoded_in_the_name_and_never_in_the_password()
    {
        using var browser = app.CreateBrowser();

        var answer = await TryAsync(browser, "\"><script>alert(1)</script>", "typed-password");

        var document = await Walk.DocumentOf(answer);
        Assert.Empty(document.Scripts);
        Assert.Equal("\"><script>alert(1)</script>", document.QuerySelector("#username")!.GetAttribute("value"));
        Assert.False(document.QuerySelector("#password")!.HasAttribute("value"));
        Assert.DoesNotContain("typed-password", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/login?error=x&error_description=call+0900-12345&message=call+0900-12345")]
    [InlineData("/logout?message=call+0900-12345")]
    [InlineData("/?error_description=call+0900-12345")]
    [InlineData("/authorize?error_description=call+0900-12345&client_id=call+0900-12345")]
    [InlineData("/consent?i=call+0900-12345&error=call+0900-12345")]
    public async Task Text_of_the_url_is_never_shown(string url)
    {
        using var browser = app.CreateBrowser();

        Assert.DoesNotContain("0900", await (await browser.GetAsync(url)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing field")]
    [InlineData("wrong field")]
    [InlineData("another browser's field")]
    [InlineData("missing cookie")]
    [InlineData("wrong cookie")]
    public async Task Without_its_antiforgery_value_a_right_password_is_refused(string fault)
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        using var other = app.CreateBrowser();
        using var bare = app.CreateBrowser();
        var page = await browser.GetAsync("/login");
        var (_, fields) = await TestBrowser.ReadFormAsync(page);
        var token = fault switch
        {
            "missing field" => null,
            "wrong field" => "nonsense",
            "another browser's field" => (await TestBrowser.ReadFormAsync(await other.GetAsync("/login"))).Fields.Single(f => f.Key == "form_token").Value,
            _ => fields.Single(f => f.Key == "form_token").Value,
        };
        List<KeyValuePair<string, string>> form = [new("username", user.Username), new("password", AuthCoreApp.Password)];
        if (token is not null)
        {
            form.Add(new("form_token", token));
        }

        var answer = fault switch
        {
            "missing cookie" => await bare.PostAsync("/login", form),
            "wrong cookie" => await bare.SendAsync(HttpMethod.Post, app.Issuer + "/login", form, ("Cookie", "__Host-authcore-form=nonsense")),
            _ => await browser.PostAsync("/login", form),
        };

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("form_refused", (await Walk.DocumentOf(answer)).QuerySelector("dd code")!.TextContent);
        Assert.Empty(Walk.CookiesOf(answer));
    }

    [Theory]
    [InlineData("Origin", "https://evil.test", false)]
    [InlineData("Origin", "https://issuer.test.evil.test", false)]
    [InlineData("Origin", "http://issuer.test", false)]
    [InlineData("Origin", "https://issuer.test:8443", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Origin", "https://issuer.test", true)]
    [InlineData("Origin", "null", true)]   // our pages send no referrer
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    public async Task A_form_sent_from_another_site_is_refused_though_its_antiforgery_value_is_right(string header, string value, bool accepted)
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var (_, fields) = await TestBrowser.ReadFormAsync(await browser.GetAsync("/login"));

        var answer = await browser.SendAsync(
            HttpMethod.Post, app.Issuer + "/login", [.. fields, new("username", user.Username), new("password", AuthCoreApp.Password)], (header, value));

        Assert.Equal(accepted ? HttpStatusCode.SeeOther : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(accepted, Walk.CookiesOf(answer).ContainsKey("__Host-authcore-session"));
    }

    [Fact]
    public async Task Cancel_goes_back_to_the_client_with_access_denied_and_a_right_password_after_it_is_too_late()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        var page = await browser.OpenAsync(TestBrowser.Request(Seed.FirstParty));

        await browser.SubmitAsync(page, ("decision", "cancel"));
        var answer = await browser.SignInAtAsync(page, user);

        Assert.Equal("access_denied", Walk.ErrorOf(answer));
        Assert.Null(Walk.CodeOf(answer));
    }

    [Fact]
    public async Task Password_and_cookies_are_not_in_the_log()
    {
        var user = await app.NewUserAsync();
        using var browser = app.CreateBrowser();
        await TryAsync(browser, user.Username, "a-wrong-password");
        var answer = await TryAsync(browser, user.Username, AuthCoreApp.Password);

        string[] secrets = ["a-wrong-password", AuthCoreApp.Password, .. Walk.CookiesOf(answer).Values];
        Assert.All(app.Logs.Lines, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal)));
        Assert.Contains(app.Logs.Lines, line => line.Contains("login.succeeded for " + user.Subject, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pages_headers_forbid_everything_but_our_styles_and_the_checked_redirect_origin()
    {
        using var browser = app.CreateBrowser();

        var own = await browser.GetAsync("/login");
        var web = await browser.OpenAsync(TestBrowser.Request(Seed.Web));
        var loopback = await browser.OpenAsync(TestBrowser.Request(Seed.Native).With("redirect_uri", "http://127.0.0.1:5555/cb"));
        var scheme = await browser.OpenAsync(TestBrowser.Request(Seed.Native).With("redirect_uri", "com.example.app:/cb"));

        foreach (var (page, formAction) in new[] { (own, "'self'"), (web, "'self' https://app.example"), (loopback, "'self' http://127.0.0.1:5555"), (scheme, "'self' com.example.app:") })
        {
            Assert.Equal(
                $"default-src 'none'; style-src 'self'; img-src 'self'; form-action {formAction}; frame-ancestors 'none'; base-uri 'none'",
                page.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
            Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    private static async Task<HttpResponseMessage> TryAsync(TestBrowser browser, string name, string password) =>
        await browser.SubmitAsync(await browser.GetAsync("/login"), ("username", name), ("password", password));

    private async Task SetPasswordAsync(User user, string password) =>
        await app.Get<UserStore>().ChangePasswordAsync(
            user.Subject, await app.Get<PasswordHasher>().HashAsync(password, CancellationToken.None), app.Time!.GetUtcNow(), CancellationToken.None);

    // Everything a stranger sees, but for what differs in every answer and what was typed.
    private static async Task<string> ComparableAsync(HttpResponseMessage answer, string typed)
    {
        var document = await Walk.DocumentOf(answer);
        document.QuerySelector("[name=form_token]")!.SetAttribute("value", "");
        Assert.Equal(typed, document.QuerySelector("#username")!.GetAttribute("value"));
        document.QuerySelector("#username")!.SetAttribute("value", "");
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Content-Length").OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {(header.Key == "Set-Cookie" ? string.Join(',', Walk.CookiesOf(answer).Keys) : string.Join(',', header.Value))}");
        return $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n{document.DocumentElement.OuterHtml}";
    }
}
