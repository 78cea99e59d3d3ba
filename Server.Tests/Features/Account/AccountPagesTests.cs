using AuthCore.Features.Account;
using AuthCore.Tests.Web;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Tests.Features.Account;

/// <summary>The pages by themselves, with the worst that others can put on them.</summary>
public sealed class AccountPagesTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ApplicationEntry s_entry = new() { ClientId = "photos", Name = "Photos", Host = "photos.example", May = ["See your profile"], Since = When.DayOf(s_now, s_now) };

    private static readonly ApplicationsModel s_applications = new()
    {
        Action = "/account/applications",
        Antiforgery = DeliveredPage.Antiforgery,
        Session = Guid.Empty,
        UserName = "alice",
        StartHref = "/",
        RunsOutAfter = "15 minutes",
        Applications = [s_entry],
    };

    private static readonly SessionsModel s_sessions = new()
    {
        Action = "/account/sessions",
        Antiforgery = DeliveredPage.Antiforgery,
        Session = Guid.Empty,
        UserName = "alice",
        StartHref = "/",
        Sessions = [new SessionEntry { Id = Guid.Empty, Device = "Firefox on Windows", IsThis = true, Started = When.Of(s_now, s_now), LastSeen = When.Of(s_now, s_now) }],
    };

    [Fact]
    public async Task Text_of_others_stays_text()
    {
        var evil = DeliveredPage.Hostile;
        var page = await DeliveredPage.GetAsync(PageResult.Of<ApplicationsPage, ApplicationsModel>(s_applications with
        {
            UserName = evil,
            WithdrawnName = evil,
            Links = [new PageLink("/a", evil)],
            Applications = [s_entry with { ClientId = evil, Name = evil, Host = evil, May = [evil], Resources = [evil], Remarks = [evil] }],
        }));

        Assert.Empty(page.Document.QuerySelectorAll("script, [onfocus], [onclick]"));
        Assert.Equal(evil.Replace("\r\n", "\n", StringComparison.Ordinal), page.One("input[name=client]").GetAttribute("value")!.Replace("\r\n", "\n", StringComparison.Ordinal));
        Assert.All(page.Document.QuerySelectorAll("h2 bdi"), name => Assert.InRange(name.TextContent.Length, 1, 100));
    }

    [Fact]
    public async Task Forms_stay_on_this_server_and_no_script_runs()
    {
        foreach (var result in new[] { PageResult.Of<ApplicationsPage, ApplicationsModel>(s_applications), PageResult.Of<SessionsPage, SessionsModel>(s_sessions) })
        {
            var page = await DeliveredPage.GetAsync(result);

            Assert.Contains("form-action 'self';", page.Policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", page.Policy, StringComparison.Ordinal);
            Assert.Equal("no-store", page.Response.Headers.CacheControl.ToString());
            Assert.Equal("DENY", page.Response.Headers.XFrameOptions.ToString());
            Assert.All(page.Document.QuerySelectorAll("form"), form => Assert.Equal("post", form.GetAttribute("method")));
        }
    }

    [Fact]
    public async Task Every_button_says_which_application_it_is_about()
    {
        var page = await DeliveredPage.GetAsync(PageResult.Of<ApplicationsPage, ApplicationsModel>(s_applications with { Applications = [s_entry, s_entry with { ClientId = "b", Name = "Mail" }] }));

        var buttons = page.Document.QuerySelectorAll("button[value=withdraw]");
        Assert.Equal(["Photos", "Mail"], buttons.Select(button => page.Document.GetElementById(button.GetAttribute("aria-describedby")!)!.TextContent.Trim()));
    }

    [Fact]
    public async Task The_page_one_is_on_is_marked_among_the_links()
    {
        var page = await DeliveredPage.GetAsync(PageResult.Of<SessionsPage, SessionsModel>(s_sessions with { Links = [new PageLink("/a", "One"), new PageLink("/b", "Two", IsCurrent: true)] }));

        Assert.Equal("Two", page.Text("nav [aria-current=page]"));
    }
}
