using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>The recipe for a native application, held to the truth: its entry is applied, and its requests are sent as they stand.</summary>
public sealed partial class NativeAppRecipeTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "recipes", "native-app-with-dpop.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_entry_is_applied_and_the_requests_get_what_the_recipe_says()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(SourceTree.Root, "Server", "Features", "Config")), "this server reads no file");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Yaml().Match(s_page).Groups["yaml"].Value, TestContext.Current.CancellationToken);
        try
        {
            await using var app = new AuthCoreApp { Seeded = false, Settings = { ["AuthCore:Config"] = file } };
            await app.InitializeAsync();
            await app.SaveAsync(Seed.Alice);
            await FollowAsync(app);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task FollowAsync(AuthCoreApp app)
    {
        var key = ProofKey.Create();
        using var browser = app.CreateBrowser();
        var known = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["thumbprint"] = key.Thumbprint,
            ["challenge"] = TestBrowser.Challenge,
            ["verifier"] = TestBrowser.Verifier,
        };
        var requests = Http().Matches(s_page).Select(match => match.Groups["request"].Value.Split('\n').Select(line => line.TrimStart()).ToArray()).ToArray();
        Assert.Equal(5, requests.Length);

        var query = Fill(requests[0][0], known).Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        known["code"] = Walk.CodeOf(await browser.CompleteAsync(query))!;

        var refused = await SendAsync(requests[1]);
        Assert.Equal((HttpStatusCode.BadRequest, "use_dpop_nonce"), (refused.StatusCode, await TestBrowser.ErrorOf(refused)));
        known["nonce"] = DpopSteps.NonceOf(refused)!;

        var tokens = JsonElement.Parse(await (await SendAsync(requests[2])).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("DPoP", tokens.GetProperty("token_type").GetString());
        known["access_token"] = tokens.GetProperty("access_token").GetString()!;
        known["refresh_token"] = tokens.GetProperty("refresh_token").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(requests[3])).StatusCode);
        var next = JsonElement.Parse(await (await SendAsync(requests[4])).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("DPoP", next.GetProperty("token_type").GetString());
        Assert.NotEqual(known["refresh_token"], next.GetProperty("refresh_token").GetString());

        async Task<HttpResponseMessage> SendAsync(string[] lines)
        {
            var (method, path) = (lines[0].Split(' ')[0], lines[0].Split(' ')[1]);
            var isForResource = lines.Any(line => line.StartsWith("Authorization:", StringComparison.Ordinal));
            known["proof"] = key.Prove(method, app.Issuer + path, app.Time!.GetUtcNow(), isForResource ? known["access_token"] : null, known.GetValueOrDefault("nonce"));
            var blank = Array.IndexOf(lines, "");
            using var message = new HttpRequestMessage(new HttpMethod(method), app.Issuer + path);
            if (method == "POST")
            {
                message.Content = new StringContent(Fill(lines[blank + 1], known), null, "application/x-www-form-urlencoded");
            }

            foreach (var header in lines[1..(method == "POST" ? blank : lines.Length)].Where(line => line.Contains(": ", StringComparison.Ordinal)).Select(line => line.Split(": ", 2)).Where(header => header[0] != "Content-Type"))
            {
                message.Headers.TryAddWithoutValidation(header[0], Fill(header[1], known));
            }

            return await browser.Http.SendAsync(message);
        }
    }

    private static string Fill(string text, Dictionary<string, string> known) => Blank().Replace(text, match => known[match.Groups["name"].Value]);

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"```http\n(?<request>.*?)\n\s*```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Http();

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blank();
}
