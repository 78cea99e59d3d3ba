using System.Text.RegularExpressions;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace AuthCore.Tests.Features.Config;

/// <summary>The page for operators, held to the truth.</summary>
public sealed partial class ConfigurationPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "configuration.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_example_is_a_file_that_is_applied_outside_Development()
    {
        await using var server = await ConfigHarness.CreateAsync();
        server.IsDevelopment = false;
        server.Environment["JOB_SECRET"] = "0123456789abcdef0123456789abcdef";
        server.Environment["ANN_PASSWORD"] = "a password of her own";

        await server.ApplyAsync(Example().Match(Page).Groups["yaml"].Value);

        Assert.Equal(5, (await server.Clients.ListAsync(TestContext.Current.CancellationToken)).Count);
        Assert.True(await server.SignsInAsync("ann", "a password of her own"));
        Assert.Equal("1042", (await server.UserAsync("ann")).Subject);
        Assert.NotNull((await server.UserAsync("ben")).DisabledAt);
    }

    [Fact]
    public void Every_key_of_a_client_is_on_the_page()
    {
        var names = typeof(Client).GetProperties().Where(property => property.CanWrite).Select(property => Snake().Replace(property.Name, "_$0").ToLowerInvariant());
        string[] written = ["registered_by", "secrets", "disabled_at"];   // under other keys, or by us

        Assert.Equal("", string.Join(' ', names.Except(written).Where(name => !Page.Contains($"`{name}`", StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_recipe_is_named_on_the_page_and_in_the_index()
    {
        var recipes = Directory.GetFiles(Path.Combine(SourceTree.Root, "docs", "recipes"), "*.md").Select(path => "recipes/" + Path.GetFileName(path)).ToArray();
        var index = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "README.md"));

        Assert.Equal(4, recipes.Length);
        Assert.Equal("", string.Join(' ', recipes.Where(recipe => !Page.Contains($"({recipe})", StringComparison.Ordinal) || !index.Contains($"({recipe})", StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_default_of_the_table_of_variables_is_the_servers()
    {
        var settings = Variables().Matches(Page).ToDictionary(row => row.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal), row => (string?)row.Groups["value"].Value);
        settings["AuthCore:Issuer"] = "https://id.example.com";
        settings["AuthCore:Database"] = "Host=db.example.com";
        settings["AuthCore:MasterKey"] = Convert.ToBase64String(new byte[32]);
        var written = OptionsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), isDevelopment: false);

        var otherwise = new AuthCoreOptions { Issuer = "", Database = "", MasterKey = [] };
        Assert.Equal(2 + 10 + 4 + 2, settings.Count - 3);
        Assert.Equal(otherwise.Lifetimes, written.Lifetimes);
        Assert.Equal(otherwise.Lockout, written.Lockout);
        Assert.Equal(otherwise.PasswordHashing, written.PasswordHashing);
        Assert.Equal(otherwise.Acr, written.Acr);
    }

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex(@"^\| `(?<name>AUTHCORE__(LIFETIMES|LOCKOUT|PASSWORDHASHING|ACR)__[A-Z]+)` \| `?(?<value>[\w:]+)`? \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variables();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex Snake();
}
