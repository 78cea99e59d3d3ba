using System.Collections.Concurrent;
using AuthCore.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace AuthCore.Tests.Support;

/// <summary>A real browser, started at the first use and shared by all tests of the run; classes take it in their constructor.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

    private static readonly string[] UsualPlaces =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    private readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>Where it is, or null.</summary>
    public static string? Executable { get; } = OnPath().Concat(UsualPlaces).FirstOrDefault(File.Exists);

    /// <summary>On a person's machine it may be missing, and the test is skipped; in CI it may not.</summary>
    public static void Demand()
    {
        const string missing = "Chromium is missing: install it, or put it on PATH as chromium";
        Assert.SkipWhen(Executable is null && Environment.GetEnvironmentVariable("CI") != "true", missing);
        Assert.True(Executable is not null, missing);
    }

    /// <summary>A browser of its own for one test: no cookie, no storage, no cache of another.</summary>
    /// <param name="origins">The servers it may talk to; requests to others are noted.</param>
    /// <param name="options">For example a small window, a theme, or no JavaScript.</param>
    public async Task<WatchedBrowser> OpenAsync(IReadOnlyCollection<string> origins, BrowserNewContextOptions? options = null)
    {
        Demand();
        var context = await (await _started.Value).Browser.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        return new WatchedBrowser(context, origins);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            var (driver, browser) = await _started.Value;
            await browser.DisposeAsync();
            driver.Dispose();
        }
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments }));
    }

    private static IEnumerable<string> OnPath() =>
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        from name in new[] { "chromium", "chromium-browser", "google-chrome", "chrome.exe" }
        select Path.Combine(folder, name);
}

/// <summary>One person's browser, and what went on in it that a person does not see.</summary>
public sealed class WatchedBrowser : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<string> _foreign = new();

    internal WatchedBrowser(IBrowserContext context, IReadOnlyCollection<string> origins)
    {
        Context = context;
        context.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                _violations.Enqueue(message.Text);
            }
            else if (message.Type == "error")
            {
                _errors.Enqueue($"{message.Text} {message.Location}");
            }
        };
        context.WebError += (_, error) => _errors.Enqueue(error.Error);
        context.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !origins.Any(origin => request.Url.StartsWith(origin + "/", StringComparison.Ordinal)))
            {
                _foreign.Enqueue(request.Url);
            }
        };
    }

    /// <summary>Its cookies and tabs.</summary>
    public IBrowserContext Context { get; }

    /// <summary>What the console showed as an error, and what no script caught.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>What a Content-Security-Policy refused.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Requests to servers that were not named.</summary>
    public IReadOnlyCollection<string> Foreign => _foreign;

    /// <summary>A new tab.</summary>
    public Task<IPage> OpenTabAsync() => Context.NewPageAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Context.CloseAsync());
}
