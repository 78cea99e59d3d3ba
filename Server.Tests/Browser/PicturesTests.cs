using AuthCore.Tests.Support;
using Microsoft.Playwright;

namespace AuthCore.Tests.Browser;

/// <summary>The README's pictures. They are taken in every run, and kept where <c>AUTHCORE_PICTURES=1</c> asks for it.</summary>
[Collection(BrowserServer.Name)]
public sealed class PicturesTests(BrowserServer server, Chromium chromium)
{
    private const int Limit = 100 * 1024;

    [Fact]
    public async Task Login_and_consent_make_small_pictures()
    {
        var client = Seed.Web with { ClientId = "pictures", ClientName = "Photo Album", RedirectUris = ["https://photos.example/callback"] };
        await server.App.SaveAsync(client);
        var user = Seed.Alice with { Subject = "sub-pictures", Username = "alice.adams", Email = "alice.adams@example.com" };
        await server.App.SaveAsync(user);
        await using var browser = await server.OpenAsync(chromium, options: new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 640, Height = 400 },
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await browser.OpenTabAsync();
        await page.GotoAsync($"{server.Issuer}/authorize?{TestBrowser.Encode(TestBrowser.Request(client, "openid profile email read:files"))}");
        await page.FillAsync("#username", user.Username);
        await TakeAsync(page, "login.png");

        await page.SignInAsync(user);
        await page.ExpectHeadingAsync("Photo Album wants access");
        await TakeAsync(page, "consent.png");
    }

    private async Task TakeAsync(IPage page, string name)
    {
        // The port of this run is nobody's; the README's is 8080.
        await page.EvaluateAsync(
            "([ours, shown]) => document.querySelectorAll('strong').forEach(e => e.textContent = e.textContent.replaceAll(ours, shown))",
            new[] { new Uri(server.Issuer).Authority, "localhost:8080" });
        var picture = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true, Caret = ScreenshotCaret.Hide });
        Assert.InRange(picture.Length, 1024, Limit);
        if (Environment.GetEnvironmentVariable("AUTHCORE_PICTURES") == "1")
        {
            var folder = Directory.CreateDirectory(Path.Combine(SourceTree.Root, "docs", "pictures"));
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name), picture, TestContext.Current.CancellationToken);
        }
    }
}
