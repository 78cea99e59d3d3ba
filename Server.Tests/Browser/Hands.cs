using AuthCore.Protocol;
using AuthCore.Tests.Support;
using Microsoft.Playwright;

namespace AuthCore.Tests.Browser;

/// <summary>What a person does at our pages.</summary>
internal static class Hands
{
    public const string Allow = "button[value=allow]";
    public const string Deny = "button[value=deny]";
    public const string Primary = "button.primary";

    /// <summary>Types both and presses the button.</summary>
    public static async Task SignInAsync(this IPage page, User user, string password = AuthCoreApp.Password)
    {
        await page.FillAsync("#username", user.Username);
        await page.FillAsync("#password", password);
        await page.ClickAsync(Primary);
    }

    /// <summary>Until the application's page shows.</summary>
    public static Task ArriveAsync(this IPage page) => Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Welcome back");

    /// <summary>Our page's heading, once it is there.</summary>
    public static Task ExpectHeadingAsync(this IPage page, string words) => Assertions.Expect(page.Locator("h1")).ToContainTextAsync(words);
}
