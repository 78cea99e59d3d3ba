using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuthCore.Tests.Support;

/// <summary>A page of docs/recipes: the file that it shows, and its requests, whose blanks such as <c>{code}</c> are filled with what is known so far.</summary>
internal sealed partial class Recipe
{
    private readonly string _yaml;
    private readonly string[][] _requests;

    private Recipe(string page)
    {
        _yaml = Yaml().Match(page).Groups["yaml"].Value;
        _requests = [.. Http().Matches(page).Select(match => match.Groups["request"].Value.Split('\n').Select(line => line.TrimStart()).ToArray())];
    }

    /// <summary>How many requests the page shows.</summary>
    public int Count => _requests.Length;

    /// <summary>What the blanks are filled with.</summary>
    public Dictionary<string, string> Known { get; } = new(StringComparer.Ordinal) { ["challenge"] = TestBrowser.Challenge, ["verifier"] = TestBrowser.Verifier };

    /// <summary>The page of this name.</summary>
    public static Recipe Read(string name) => new(File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "recipes", name)).ReplaceLineEndings("\n"));

    /// <summary>Skips the test of a recipe where a server reads no file.</summary>
    public static void Demand() => Assert.SkipUnless(Directory.Exists(Path.Combine(SourceTree.Root, "Server", "Features", "Config")), "this server reads no file");

    /// <summary>Applies the page's file at the start of a server that knows nothing else, with this key of EC in place of those shown, and saves Alice.</summary>
    public async Task StartAsync(AuthCoreApp app, JsonObject? key = null)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, key is null ? _yaml : Member().Replace(_yaml, match => $"{match.Groups["before"].Value}{key[match.Groups["name"].Value]!.GetValue<string>()}"));
            (app.Seeded, app.Settings["AuthCore:Config"]) = (false, file);
            await app.InitializeAsync();
            await app.SaveAsync(Seed.Alice);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The method and the path of a request.</summary>
    public (string Method, string Path) TargetOf(int number) => (_requests[number][0].Split(' ')[0], _requests[number][0].Split(' ')[1]);

    /// <summary>Whether a request presents an access token.</summary>
    public bool PresentsToken(int number) => _requests[number].Any(line => line.StartsWith("Authorization:", StringComparison.Ordinal));

    /// <summary>The parameters of the request that goes by the browser.</summary>
    public Dictionary<string, string> QueryOf(int number)
    {
        Assert.StartsWith("GET /authorize?", _requests[number][0], StringComparison.Ordinal);
        return Fill(TargetOf(number).Path).Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
    }

    /// <summary>Sends a request as it stands.</summary>
    public async Task<HttpResponseMessage> SendAsync(int number, TestBrowser browser, string issuer)
    {
        var lines = _requests[number];
        var (method, path) = TargetOf(number);
        var blank = Array.IndexOf(lines, "");
        using var message = new HttpRequestMessage(new HttpMethod(method), issuer + path);
        if (blank >= 0)
        {
            message.Content = new StringContent(Fill(lines[blank + 1]), null, "application/x-www-form-urlencoded");
        }

        foreach (var header in lines[1..(blank < 0 ? lines.Length : blank)].Select(line => line.Split(": ", 2)).Where(header => header[0] != "Content-Type"))
        {
            message.Headers.TryAddWithoutValidation(header[0], Fill(header[1]));
        }

        return await browser.Http.SendAsync(message);
    }

    private string Fill(string text) => Blank().Replace(text, match => Known[match.Groups["name"].Value]);

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"(?<before>^[ -]*(?<name>x|y|kid): ).*", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Member();

    [GeneratedRegex(@"```http\n(?<request>.*?)\n\s*```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Http();

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blank();
}
