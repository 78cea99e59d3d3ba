using System.Security.Cryptography;
using System.Text;
using AuthCore.Web;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthCore.Tests.Web;

public sealed class PageResultTests
{
    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Hostile_text_stays_text_on_every_page(string name)
    {
        var page = await DeliveredPage.GetAsync(Samples.Hostile(name));

        var scripts = page.Document.QuerySelectorAll("script").Select(script => script.OuterHtml);
        Assert.Equal(string.Equals(name, "formpost", StringComparison.Ordinal) ? [AutoSubmit.Element] : [], scripts, StringComparer.Ordinal);
        Assert.DoesNotContain(page.Document.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)));
        Assert.DoesNotContain(page.Document.All, element => element.HasAttribute("style"));
        Assert.DoesNotContain(
            page.Document.QuerySelectorAll("a"),
            link => !link.GetAttribute("href")!.StartsWith('/') && !link.GetAttribute("href")!.StartsWith("https://", StringComparison.Ordinal));
        Assert.Single(page.Document.QuerySelectorAll("title"));
        Assert.DoesNotContain('\u202E', page.Document.Title!);
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Every_page_is_uncached_unframed_and_refers_nobody(string name)
    {
        var page = await DeliveredPage.GetAsync(Samples.Hostile(name));

        var headers = page.Response.Headers;
        Assert.Equal("text/html; charset=utf-8", page.Response.ContentType);
        Assert.Equal("no-store", headers.CacheControl);
        Assert.Equal("DENY", headers.XFrameOptions);
        Assert.Equal("nosniff", headers.XContentTypeOptions);
        Assert.Equal("no-referrer", headers["Referrer-Policy"]);
        Assert.False(headers.ContainsKey("blazor-enhanced-nav"));
        Assert.StartsWith("default-src 'none'; ", page.Policy, StringComparison.Ordinal);
        Assert.EndsWith("; frame-ancestors 'none'; base-uri 'none'", page.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page.Policy, StringComparison.Ordinal);
        Assert.All(page.Policy, character => Assert.InRange(character, ' ', '~'));
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Every_page_is_one_document_in_a_language_with_one_first_heading_and_landmarks(string name)
    {
        var page = await DeliveredPage.GetAsync(Samples.Hostile(name));

        Assert.StartsWith("<!DOCTYPE html>", page.Html, StringComparison.Ordinal);
        Assert.Equal("en", page.Document.DocumentElement.GetAttribute("lang"));
        Assert.Equal("width=device-width, initial-scale=1", page.One("meta[name=viewport]").GetAttribute("content"));
        Assert.Single(page.Document.QuerySelectorAll("h1"));
        Assert.Single(page.Document.QuerySelectorAll("main"));
        var ids = page.Document.QuerySelectorAll("[id]").Select(element => element.Id).ToList();
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Every_control_has_a_name_and_every_description_exists(string name)
    {
        var page = await DeliveredPage.GetAsync(Samples.Hostile(name));

        Assert.All(
            page.Document.QuerySelectorAll("input:not([type=hidden])"),
            input => Assert.NotNull(page.Document.QuerySelector($"label[for='{input.Id}']")));
        Assert.All(page.Document.QuerySelectorAll("button, a, summary"), control => Assert.NotEmpty(control.TextContent.Trim()));
        Assert.All(
            page.Document.QuerySelectorAll("[aria-describedby]").SelectMany(input => input.GetAttribute("aria-describedby")!.Split(' ')),
            id => Assert.NotNull(page.Document.GetElementById(id)));
    }

    [Theory]
    [InlineData("https://id.example.com", "")]
    [InlineData("https://id.example.com/", "")]
    [InlineData("https://id.example.com/auth", "/auth")]
    public async Task Nothing_is_loaded_but_our_own_assets_below_the_issuers_path(string issuer, string pathBase)
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null), issuer);

        Assert.Equal(
            [pathBase + PageAssets.StyleSheet.Path, pathBase + PageAssets.Icon.Path],
            page.Document.QuerySelectorAll("link, img, iframe, object, embed, audio, video").Select(element => element.GetAttribute("href")),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_host_a_person_should_see_is_the_configured_issuers_with_its_port()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null), "http://localhost:8080/auth");

        Assert.Equal("You are at localhost:8080", page.Text("footer"));
        Assert.Equal("Your password goes only to localhost:8080. The address bar should say the same.", page.Text("#trust"));
    }

    [Fact]
    public async Task A_page_with_a_form_names_the_redirect_origin_and_no_other()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Consent, "https://app.example:8443/cb?x=1"));

        Assert.Contains("; form-action 'self' https://app.example:8443; ", page.Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_without_a_form_may_post_nowhere()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(ErrorPages.NotFound(Samples.Occasion)));

        Assert.Contains("; form-action 'none'; ", page.Policy, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("form"));
    }

    [Fact]
    public async Task A_redirect_uri_with_a_line_break_adds_nothing_to_the_header()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, "https://app.example\r\nSet-Cookie: a=b/cb"));

        Assert.Contains("; form-action 'self'; ", page.Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_a_sign_in_or_out_keep_their_opener_and_the_start_page_does_not()
    {
        var login = await DeliveredPage.GetAsync(PageResult.For(Samples.Login, null));
        var signOut = await DeliveredPage.GetAsync(PageResult.For(Samples.SignOut));
        var start = await DeliveredPage.GetAsync(PageResult.For(Samples.Start));

        Assert.Equal("unsafe-none", login.Response.Headers["Cross-Origin-Opener-Policy"]);
        Assert.Equal("unsafe-none", signOut.Response.Headers["Cross-Origin-Opener-Policy"]);
        Assert.Equal("same-origin", start.Response.Headers["Cross-Origin-Opener-Policy"]);
    }

    // Front-Channel Logout §2
    [Fact]
    public async Task Frames_of_a_sign_out_are_hidden_and_their_origins_are_the_only_ones_that_may_be_framed()
    {
        string[] frames = ["https://one.example/out?a=b", "https://two.example:8443/out", "https://one.example/other", "http://[::1]:9000/out"];

        var page = await DeliveredPage.GetAsync(PageResult.For(new SignedOutModel { ClientName = "One", ContinueUri = "https://one.example/bye?state=a%3Bb", Frames = frames }));

        Assert.Contains("; frame-src https://one.example https://two.example:8443 http://*:9000; ", page.Policy, StringComparison.Ordinal);
        var found = page.Document.QuerySelectorAll("iframe");
        Assert.Equal(frames, found.Select(frame => frame.GetAttribute("src")));
        Assert.All(found, frame => Assert.True(frame.HasAttribute("hidden")));
        Assert.All(found, frame => Assert.Equal("allow-forms allow-same-origin allow-scripts", frame.GetAttribute("sandbox")));   // none may lead the whole window away
        Assert.Equal("3; url=https://one.example/bye?state=a%3Bb", page.Response.Headers["Refresh"]);
        Assert.Equal("https://one.example/bye?state=a%3Bb", page.One("a.primary").GetAttribute("href"));
    }

    [Fact]
    public async Task Without_frames_a_sign_out_may_frame_nothing_and_the_browser_stays()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(new SignedOutModel { ClientName = "One", ContinueUri = "https://one.example/bye" }));

        Assert.DoesNotContain("frame-src", page.Policy, StringComparison.Ordinal);
        Assert.False(page.Response.Headers.ContainsKey("Refresh"));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("https://a@evil.example/")]
    [InlineData("https://one.example\r\nx: y/")]
    [InlineData("https://*.example/out")]
    public async Task An_address_that_no_policy_can_name_is_neither_framed_nor_gone_to(string uri)
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(new SignedOutModel { ContinueUri = uri, Frames = [uri] }));

        Assert.Empty(page.Document.QuerySelectorAll("iframe, a"));
        Assert.DoesNotContain("frame-src", page.Policy, StringComparison.Ordinal);
        Assert.False(page.Response.Headers.ContainsKey("Refresh"));
    }

    [Fact]
    public async Task Head_gets_the_headers_and_no_body()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.Start), method: "HEAD");

        Assert.Equal(200, page.Response.StatusCode);
        Assert.NotEqual(0, page.Response.ContentLength);
        Assert.Empty(page.Html);
    }

    [Fact]
    public async Task A_page_that_cannot_be_rendered_sends_nothing()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(PageFrame.For("https://id.example.com")).BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };

        await Assert.ThrowsAnyAsync<Exception>(() => PageResult.For(Samples.Consent with { Scopes = null! }, null).ExecuteAsync(http));

        Assert.Null(http.Response.ContentType);
        Assert.Empty(http.Response.Headers);
    }

    [Fact]
    public async Task The_form_post_page_posts_to_the_client_only_and_allows_its_one_script_by_hash()
    {
        var page = await DeliveredPage.GetAsync(PageResult.For(Samples.FormPost));

        var script = page.One("script").TextContent;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"; script-src 'sha256-{hash}'; ", page.Policy, StringComparison.Ordinal);
        Assert.Contains("; form-action https://app.example:8443; ", page.Policy, StringComparison.Ordinal);
        Assert.Equal("https://app.example:8443/cb", page.One("form").GetAttribute("action"));
        Assert.Equal("secret-code", page.One("input[name=code]").GetAttribute("value"));
        Assert.Equal("\"><b>'&", page.One("input[name=state]").GetAttribute("value"));
        Assert.Equal("Continue", page.Text("button"));
    }

    [Fact]
    public async Task Only_the_form_post_page_allows_a_script()
    {
        foreach (var name in Samples.Names.Select(row => row.Data).Where(name => !string.Equals(name, "formpost", StringComparison.Ordinal)))
        {
            var page = await DeliveredPage.GetAsync(Samples.Hostile(name));

            Assert.DoesNotContain("script-src", page.Policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Records_that_hold_a_secret_do_not_print_it()
    {
        Assert.DoesNotContain("token-value", Samples.Login.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-code", Samples.FormPost.ToString(), StringComparison.Ordinal);
    }
}
