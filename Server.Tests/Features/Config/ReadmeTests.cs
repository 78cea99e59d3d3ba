using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Config;

/// <summary>The README's walks, run as they are printed: its blocks by a shell, its address by a browser, against the demo configuration.</summary>
public sealed class ReadmeTests : IAsyncLifetime
{
    private const string Printed = "http://localhost:8080";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Readme = File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"));

    private readonly KestrelApp server = new();

    public async ValueTask InitializeAsync()
    {
        server.App.Settings["AuthCore:Config"] = Path.Combine(SourceTree.Root, "Server", "Features", "Config", "demo.yaml");
        server.App.Seeded = false;
        await server.InitializeAsync();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_walks_of_the_readme_give_tokens()
    {
        DemandShell();
        var address = await SignInAsync(Blocks("text").Single(block => block.StartsWith(Printed + "/authorize?", StringComparison.Ordinal)));

        var answers = await RunAsync(string.Join("\nprintf '\\n----\\n'\n", Blocks("sh")), address, TestContext.Current.CancellationToken);

        Assert.Collection(
            answers.Split("\n----\n"),
            code => Assert.NotNull(Text(Json(code), "id_token")),
            userInfo => Assert.Equal("Alice Adams", Text(Json(userInfo), "name")),
            refreshed => Assert.NotEqual(Text(Json(answers), "refresh_token"), Text(Json(refreshed), "refresh_token")),
            machine => Assert.Equal("read:files", Text(Json(machine), "scope")));
    }

    [Fact]
    public void Every_file_the_readme_links_to_exists() => Assert.All(
        Regex.Matches(Readme, @"\]\((?<path>[^)]+)\)", RegexOptions.ExplicitCapture, Limit).Select(link => link.Groups["path"].Value),
        path => Assert.True(Path.Exists(Path.Combine(SourceTree.Root, path)), path));

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(Readme, $@"^```{language}\n(?<text>.*?)^```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, Limit).Select(block => block.Groups["text"].Value.Trim())];

    /// <summary>What a person does in the browser.</summary>
    /// <returns>What the address bar says at the end.</returns>
    private async Task<string> SignInAsync(string url)
    {
        using var browser = server.CreateBrowser();
        var login = await browser.FollowAsync(await browser.GetAsync(Here(url)));
        var consent = await browser.FollowAsync(await browser.SubmitAsync(login, ("username", "alice"), ("password", "alice-password")));
        var answer = await browser.FollowAsync(await browser.SubmitAsync(consent, ("decision", "allow")));
        return answer.Headers.Location!.OriginalString;
    }

    private async Task<string> RunAsync(string script, string input, CancellationToken ct)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-eu", "-c", Here(script)]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        await shell.StandardInput.WriteLineAsync(input);
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);
        Assert.Equal(0, shell.ExitCode);
        return output;
    }

    private string Here(string text) => text.Replace(Printed, server.Issuer, StringComparison.Ordinal);

    // the first object in it: a prompt stands before the first answer
    private static JsonElement Json(string output)
    {
        var line = output.Split('\n').First(line => line.Contains('{', StringComparison.Ordinal));
        return JsonElement.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..]);
    }

    private static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>On a person's machine there may be no sh or curl; in CI there are.</summary>
    private static void DemandShell()
    {
        if (!Runs("sh", "-c", ":") || !Runs("curl", "--version"))
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", "sh or curl is missing");
            Assert.Fail("sh or curl is missing");
        }
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
