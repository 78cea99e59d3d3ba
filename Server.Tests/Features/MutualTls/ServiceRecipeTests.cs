using System.Text.RegularExpressions;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>The recipe for a service, held to the truth: its settings and entries are applied, and its requests are sent as they stand.</summary>
public sealed partial class ServiceRecipeTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "recipes", "service-with-mtls.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_entries_are_applied_and_the_requests_get_what_the_recipe_says()
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(SourceTree.Root, "Server", "Features", "Config")), "this server reads no file");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Yaml().Match(s_page).Groups["yaml"].Value, TestContext.Current.CancellationToken);
        await using var server = new MutualTlsServer("https://id.example.com");
        foreach (Match setting in Setting().Matches(s_page))
        {
            var key = setting.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal);
            if (!key.EndsWith("TRUSTEDCAS:0", StringComparison.Ordinal))   // the file is the test's
            {
                server.App.Settings[key] = setting.Groups["value"].Value;
            }
        }

        server.App.Settings["AuthCore:Config"] = file;
        server.App.Seeded = false;
        server.Source.Serve("https://partner.example.net/jwks.json", TestAuthority.SetOf(withCertificate: true, MutualTlsServer.OwnCertificate));
        await server.InitializeAsync();
        File.Delete(file);

        using var job = MutualTlsServer.Root.Issue(new Wanted { Subject = "CN=nightly-job,O=Example,C=DE" });
        var calls = Http().Matches(s_page);
        Assert.Equal(3, calls.Count);
        foreach (var (call, certificate) in calls.Zip([job, MutualTlsServer.OwnCertificate]))
        {
            var answer = await SendAsync(server, call, certificate);
            Assert.Equal((TokenAnswer.Ok, MutualTlsServer.Bound(certificate)), (answer.Verdict, MutualTlsServer.ConfirmationOf(answer)));
            Assert.Equal("https://invoices.example.com", TestBrowser.ClaimsOf(answer.AccessToken).GetProperty("aud").GetString());
        }

        Assert.Equal(TokenAnswer.InvalidClient, (await SendAsync(server, calls[2], job)).Verdict);
    }

    private static Task<TokenAnswer> SendAsync(MutualTlsServer server, Match call, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        var form = call.Groups["form"].Value.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        return server.SendAsync(HttpMethod.Post, call.Groups["path"].Value, certificate, form, call.Groups["origin"].Value).ReadAsync();
    }

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"^(?<key>AUTHCORE__\w+)=(?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"```http\n\s*POST (?<origin>https://[^/\s]+)(?<path>\S+)\n.*?\n\n\s*(?<form>\S+)\n\s*```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Http();
}
