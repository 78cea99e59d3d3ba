using System.Net;
using AuthCore.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace AuthCore.Tests.Web;

public sealed class PageAssetsTests
{
    [Fact]
    public void The_style_sheet_is_under_fifteen_kilobytes() => Assert.InRange(PageAssets.StyleSheet.Length, 1, 15_000);

    [Fact]
    public async Task Assets_may_be_kept_for_ever_and_only_under_the_name_of_their_content()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        using var sheet = await client.GetAsync(new Uri(PageAssets.StyleSheet.Path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var other = await client.GetAsync(new Uri("/assets/authcore.0000000000000000.css", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, sheet.StatusCode);
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", sheet.Headers.GetValues("Cache-Control")));
        Assert.Equal("text/css; charset=utf-8", sheet.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(sheet.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task The_style_sheet_loads_nothing_itself()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        var css = await client.GetStringAsync(new Uri(PageAssets.StyleSheet.Path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.DoesNotContain("url(", css, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", css, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_not_a_page_gets_the_strictest_headers_and_https_only_where_the_issuer_has_it(bool https)
    {
        await using var app = await StartAsync(https);
        using var client = app.GetTestClient();

        using var response = await client.GetAsync(new Uri("/nowhere", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(SecurityHeaders.NoContent, Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal(https, response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task An_answer_to_a_fault_has_them_too()
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();

        using var response = await client.GetAsync(new Uri("/fault", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
    }

    private static async Task<WebApplication> StartAsync(bool https = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseSecurityHeaders(https);
        app.UseExceptionHandler(handler => handler.Run(_ => Task.CompletedTask));
        app.MapPageAssets();
        app.MapGet("/fault", void () => throw new InvalidOperationException("a fault of ours"));
        await app.StartAsync();
        return app;
    }
}
