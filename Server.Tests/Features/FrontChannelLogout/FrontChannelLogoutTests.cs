using AuthCore.Features.FrontChannelLogout;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.FrontChannelLogout;

/// <summary>OpenID Connect Front-Channel Logout 1.0.</summary>
public sealed class FrontChannelLogoutTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_plain = Seed.FirstParty with { ClientId = "plain", RedirectUris = ["https://plain.example/cb"], FrontchannelLogoutUri = "https://plain.example/out" };

    private static readonly Client s_strict = Seed.FirstParty with
    {
        ClientId = "strict",
        RedirectUris = ["https://strict.example:8443/cb"],
        FrontchannelLogoutUri = "https://strict.example:8443/out?a=b",
        FrontchannelLogoutSessionRequired = true,
    };

    [Fact]
    [Proves("frontchannel_logout_supported", "true")]
    [Proves("frontchannel_logout_session_supported", "true")]
    public async Task Each_application_of_the_session_is_framed_with_issuer_and_session_where_it_wants_them()
    {
        var other = s_plain with { ClientId = "other", FrontchannelLogoutUri = "https://plain.example/other" };
        await SaveAsync(s_plain, s_strict, other);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await browser.GetCodeAsync(s_plain, "openid", user.Username);
        var tokens = await browser.GetTokensAsync(s_strict, "openid", user.Username);
        using var elsewhere = await app.NewSessionAsync(user);
        await elsewhere.GetCodeAsync(other, "openid", user.Username);
        var sid = TestBrowser.ClaimsOf(tokens.GetProperty("id_token").GetString()!).GetProperty("sid").GetString();

        var page = await SignOutAsync(browser);

        Assert.Equal(
            ["https://plain.example/out", $"https://strict.example:8443/out?a=b&iss=https%3A%2F%2Fissuer.test&sid={sid}"],
            (await Walk.DocumentOf(page)).QuerySelectorAll("iframe").Select(frame => frame.GetAttribute("src")));
        Assert.Contains("; frame-src https://plain.example https://strict.example:8443; ", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Refresh"));
        Assert.Contains("The applications you used are being told", await Walk.TextOf(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signed_in_nowhere_or_only_without_openid_gets_no_frames()
    {
        await SaveAsync(s_plain);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await browser.GetCodeAsync(s_plain, "read:files", user.Username);

        var page = await SignOutAsync(browser);

        Assert.Empty((await Walk.DocumentOf(page)).QuerySelectorAll("iframe"));
        Assert.DoesNotContain("frame-src", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_was_switched_off_is_not_framed()
    {
        var client = s_plain with { ClientId = "gone" };
        await SaveAsync(client);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await browser.GetCodeAsync(client, "openid", user.Username);
        await SaveAsync(client with { DisabledAt = app.Time!.GetUtcNow() });

        Assert.Empty((await Walk.DocumentOf(await SignOutAsync(browser))).QuerySelectorAll("iframe"));
    }

    [Fact]
    public async Task The_question_before_it_frames_nothing_and_a_second_sign_out_neither()
    {
        await SaveAsync(s_plain);
        var user = await app.NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        await browser.GetCodeAsync(s_plain, "openid", user.Username);
        var question = await browser.GetAsync("/logout");
        Assert.Empty((await Walk.DocumentOf(question)).QuerySelectorAll("iframe"));

        Assert.Single((await Walk.DocumentOf(await browser.SubmitAsync(question, ("decision", "signout")))).QuerySelectorAll("iframe"));

        Assert.Empty((await Walk.DocumentOf(await browser.SubmitAsync(question, ("decision", "signout")))).QuerySelectorAll("iframe"));
    }

    [Theory]
    [InlineData("https://a.example/out", false, "https://a.example/out")]
    [InlineData("https://a.example/out", true, "https://a.example/out?iss=https%3A%2F%2Fid.example%2Ftenant&sid=08a5019c-17e1-4977-8f42-65a12843ea02")]
    [InlineData("https://a.example/out?x=y", true, "https://a.example/out?x=y&iss=https%3A%2F%2Fid.example%2Ftenant&sid=08a5019c-17e1-4977-8f42-65a12843ea02")]
    [InlineData("https://a.example/out?", true, "https://a.example/out?iss=https%3A%2F%2Fid.example%2Ftenant&sid=08a5019c-17e1-4977-8f42-65a12843ea02")]
    public void Issuer_and_session_come_both_or_not_at_all_and_a_registered_query_stays(string registered, bool required, string expected) => Assert.Equal(
        expected,
        FrontChannelUri.For(
            s_plain with { FrontchannelLogoutUri = registered, FrontchannelLogoutSessionRequired = required }, "https://id.example/tenant", Guid.Parse("08a5019c-17e1-4977-8f42-65a12843ea02")));

    // §2: scheme, host and port of a redirect URI
    [Theory]
    [InlineData("https://plain.example/any/where?x=y", true)]
    [InlineData("https://plain.example:443/out", true)]
    [InlineData("https://plain.example:8443/out", false)]
    [InlineData("https://plain.example.evil.example/out", false)]
    [InlineData("https://sub.plain.example/out", false)]
    [InlineData("http://plain.example/out", false)]
    [InlineData("http://127.0.0.1/out", false)]
    public void A_frame_may_lead_only_to_where_sign_ins_lead(string uri, bool good)
    {
        var rules = new ClientMetadataRules(app.Get<ServerCapabilities>(), s_plain.Scope, s_plain.Resources);

        var faults = rules.Validate(s_plain with { FrontchannelLogoutUri = uri }).Errors;

        Assert.Equal(good, faults.Count == 0);
        Assert.All(faults, fault => Assert.Equal("frontchannel_logout_uri", fault.PropertyName));
    }

    private static async Task<HttpResponseMessage> SignOutAsync(TestBrowser browser) => await browser.SubmitAsync(await browser.GetAsync("/logout"), ("decision", "signout"));

    private async Task SaveAsync(params Client[] clients)
    {
        foreach (var client in clients)
        {
            await app.SaveAsync(client);
        }
    }
}
