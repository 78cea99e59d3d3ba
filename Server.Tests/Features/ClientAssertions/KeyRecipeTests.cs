using System.Text.RegularExpressions;
using AuthCore.Jose;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>The recipe of docs/configuration.md, applied as it stands but for the keys, and the calls it shows.</summary>
public sealed partial class KeyRecipeTests : IAsyncLifetime
{
    private static readonly SigningKey s_key = SigningKey.Create(SigningAlgorithm.ES256);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"authcore-recipe-{Environment.ProcessId}.yaml");
    private readonly AuthCoreApp _app = new();
    private int _ids;

    public async ValueTask InitializeAsync()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "configuration.md"))).ReplaceLineEndings("\n");
        var yaml = Recipe().Match(page).Groups["yaml"].Value;
        var ours = TestJwt.JsonOf(s_key.PublicJwk);
        foreach (var name in new[] { "x", "y" })
        {
            var theirs = Regex.Match(yaml, $"\"{name}\":\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value;
            yaml = yaml.Replace(theirs, ours[name]!.GetValue<string>(), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(_file, yaml);
        _app.Settings["AuthCore:Config"] = _file;
        await _app.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task The_recipe_of_the_page_works_as_it_is_written()
    {
        using var browser = _app.CreateBrowser();
        var service = await browser.PostAsync("/token", [.. Signed("key-job"), new("grant_type", "client_credentials"), new("scope", "read:invoices")]).ReadAsync();
        Assert.Equal(TokenAnswer.Ok, service.Verdict);
        Assert.Equal("https://invoices.example.com", TestBrowser.ClaimsOf(service.AccessToken).GetProperty("aud").GetString());

        var shop = (await _app.Get<ClientStore>().FindAsync("key-shop", TestContext.Current.CancellationToken))!;
        var code = await browser.GetCodeAsync(shop);
        var tokens = await browser.PostAsync("/token", [.. Signed("key-shop"), .. TestBrowser.Redeem(shop, code)]).ReadAsync();
        Assert.Equal(TokenAnswer.Ok, tokens.Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.PostAsync("/token", [.. Signed("key-shop"), .. TestBrowser.Refresh(tokens.RefreshToken)]).ReadAsync()).Verdict);
    }

    private Dictionary<string, string> Signed(string clientId)
    {
        var now = _app.Time!.GetUtcNow().ToUnixTimeSeconds();
        var claims = new System.Text.Json.Nodes.JsonObject { ["iss"] = clientId, ["sub"] = clientId, ["aud"] = _app.Issuer, ["jti"] = $"id {_ids++}", ["exp"] = now + 60 };
        return new(StringComparer.Ordinal)
        {
            ["client_assertion_type"] = AssertionServer.AssertionType,
            ["client_assertion"] = TestJwt.Sign(s_key, claims, ("kid", "2026-11")),
        };
    }

    [GeneratedRegex(@"<!-- recipe: keys\..*?```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Recipe();
}
