using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>The recipe for a client of FAPI 2.0, held to the truth: its entries are applied, and its requests are sent as they stand.</summary>
public sealed partial class FapiRecipeTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "recipes", "fapi-client.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_entries_are_applied_and_the_requests_get_what_the_recipe_says()
    {
        FapiServer.Demand();
        Assert.SkipUnless(Directory.Exists(Path.Combine(SourceTree.Root, "Server", "Features", "Config")), "this server reads no file");
        var file = Path.GetTempFileName();
        var ours = TestJwt.JsonOf(FapiServer.Key.PublicJwk);
        var yaml = Member().Replace(Yaml().Match(s_page).Groups["yaml"].Value, match => $"{match.Groups["name"].Value}: {ours[match.Groups["name"].Value]!.GetValue<string>()}");
        await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
        try
        {
            await using var server = new FapiServer { App = new AuthCoreApp { Seeded = false, Settings = { ["AuthCore:Config"] = file } } };
            await server.App.InitializeAsync();
            await server.App.SaveAsync(Seed.Alice);
            await FollowAsync(server);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task FollowAsync(FapiServer server)
    {
        var app = server.App;
        using var browser = app.CreateBrowser();
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { ["challenge"] = TestBrowser.Challenge, ["verifier"] = TestBrowser.Verifier };
        var requests = Http().Matches(s_page).Select(match => match.Groups["request"].Value.Split('\n').Select(line => line.TrimStart()).ToArray()).ToArray();
        Assert.Equal(9, requests.Length);
        var clients = await Task.WhenAll(new[] { "budget", "payments" }.Select(id => app.Get<ClientStore>().FindAsync(id, TestContext.Current.CancellationToken)));

        foreach (var (client, calls) in new[] { (clients[0]!, requests[..5]), (clients[1]!, requests[5..]) })
        {
            known["request"] = server.RequestObject(client, null, ("dpop_jkt", FapiServer.ProofKey.PublicJwk.Thumbprint()));

            var pushed = await SendAsync(client, calls[0], HttpStatusCode.Created);
            known["request_uri"] = Uri.EscapeDataString(JsonElement.Parse(pushed).GetProperty("request_uri").GetString()!);
            Assert.StartsWith("GET ", calls[1][0], StringComparison.Ordinal);
            var query = Fill(calls[1][0], known).Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
            var answer = await browser.CompleteAsync(query);
            Assert.Equal(client.RequireSignedRequestObject ? ["response"] : ["code", "iss", "state"], TestBrowser.QueryOf(answer).Keys.Order());
            var said = FapiServer.ReadAnswer(answer);
            Assert.Equal(app.Issuer, said["iss"]);
            known["code"] = said["code"];

            var tokens = JsonElement.Parse(await SendAsync(client, calls[2], HttpStatusCode.OK));
            Assert.Equal("DPoP", tokens.GetProperty("token_type").GetString());
            (known["access_token"], known["refresh_token"]) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
            var next = await SendAsync(client, calls[3], HttpStatusCode.OK);
            if (client.RequireSignedIntrospection)
            {
                Assert.Equal("ES256", FapiServer.AlgorithmOf(next));
                Assert.True(TestBrowser.ClaimsOf(next).GetProperty("token_introspection").GetProperty("active").GetBoolean());
                continue;
            }

            var refreshed = JsonElement.Parse(await SendAsync(client, calls[4], HttpStatusCode.OK));
            Assert.Equal(known["refresh_token"], refreshed.GetProperty("refresh_token").GetString());
        }

        async Task<string> SendAsync(Client client, string[] lines, HttpStatusCode status)
        {
            var (method, path) = (lines[0].Split(' ')[0], lines[0].Split(' ')[1]);
            known["assertion"] = server.Assertion(client);
            known["proof"] = server.Proof(method, path, accessToken: lines.Any(line => line.StartsWith("Authorization:", StringComparison.Ordinal)) ? known["access_token"] : null);
            var blank = Array.IndexOf(lines, "");
            using var message = new HttpRequestMessage(new HttpMethod(method), app.Issuer + path);
            if (blank >= 0)
            {
                message.Content = new StringContent(Fill(lines[blank + 1], known), null, "application/x-www-form-urlencoded");
            }

            foreach (var header in lines[1..(blank < 0 ? lines.Length : blank)].Where(line => !line.StartsWith("Content-Type", StringComparison.Ordinal)).Select(line => line.Split(": ", 2)))
            {
                message.Headers.TryAddWithoutValidation(header[0], Fill(header[1], known));
            }

            var response = await browser.Http.SendAsync(message);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, body);
            return body;
        }
    }

    private static string Fill(string text, Dictionary<string, string> known) => Blank().Replace(text, match => known[match.Groups["name"].Value]);

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"\b(?<name>x|y|kid): .*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Member();

    [GeneratedRegex(@"```http\n(?<request>.*?)\n\s*```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Http();

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blank();
}
