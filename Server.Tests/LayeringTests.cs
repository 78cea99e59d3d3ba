using AuthCore.Tests.Support;

namespace AuthCore.Tests;

public sealed class LayeringTests
{
    /// <summary>Each file that is longer than 200 lines, and why it is not two files.</summary>
    private static readonly Dictionary<string, string> LongFor = new(StringComparer.Ordinal)
    {
        ["Server/Jose/Jwk.cs"] = "one key type: both kinds are read, written, hashed and used side by side, so that neither forgets a check of the other",
        ["Server/Protocol/Client.cs"] = "one record: a line for each name of the client metadata registry",
    };

    private static readonly IReadOnlyList<SourceFile> Server = SourceTree.Read("Server");

    // the samples below name features, so this file cannot be asked not to
    private static readonly IReadOnlyList<SourceFile> Tests =
        [.. SourceTree.Read("Server.Tests").Where(file => file.Path != "Server.Tests/LayeringTests.cs")];

    [Fact]
    public void Arrows_point_down_only() => Assert.Equal("", Lines(Layering.ArrowsUp(Server)));

    [Fact]
    public void Protocol_and_Jose_are_pure() => Assert.Equal("", Lines(Layering.Impurities(Server)));

    [Fact]
    public void Only_Program_names_a_feature() => Assert.Equal("", Lines(Layering.FeaturesNamed([.. Server, .. Tests])));

    [Fact]
    public void A_file_of_more_than_200_lines_has_a_reason() => Assert.Equal("", Lines(Layering.TooLong(Server, LongFor)));

    [Fact]
    public void The_sources_are_found() => Assert.Contains(Server, file => file.Path == "Server/Program.cs");

    [Theory]
    [InlineData("Protocol/A.cs", "using AuthCore.Flows;")]
    [InlineData("Protocol/A.cs", "using AuthCore.Options;")]
    [InlineData("Jose/A.cs", "using AuthCore.Protocol;")]
    [InlineData("Stores/A.cs", "using static AuthCore.Keys.Handle;")]
    [InlineData("Options/A.cs", "using S = AuthCore.Stores.Database;")]
    [InlineData("Keys/A.cs", "namespace AuthCore.Keys; using Flows;")]
    [InlineData("Flows/A.cs", "class A { AuthCore.Web.Cookies? cookies; }")]
    [InlineData("Web/A.cs", "class A { object a = global::AuthCore.Flows.SignIn; }")]
    [InlineData("Web/Pages/A.razor", "@using AuthCore.Flows")]
    [InlineData("Web/Pages/A.razor", "@inject Stores.Database Database")]
    [InlineData("Endpoints/A.cs", "class A { string a = \"//\"; Features.Device.Codes? codes; }")]
    [InlineData("Flows/A.cs", "namespace AuthCore.Endpoints;")]
    [InlineData("Flows/A.cs", "class A { Task<IResult> Handle(HttpContext http); }")]
    [InlineData("Flows/A.cs", "global using AuthCore.Keys;")]
    [InlineData("Helpers/A.cs", "class A;")]
    [InlineData("Usings.cs", "class A;")]
    public void An_arrow_up_is_seen(string path, string text) => Assert.NotEmpty(Layering.ArrowsUp(
    [
        new SourceFile("Server/" + path, text),
        new SourceFile("Server/Stores/Database.cs", "namespace AuthCore.Stores; class Database;"),
        new SourceFile("Server/Features/Device/Codes.cs", "namespace AuthCore.Features.Device; class Codes;"),
    ]));

    [Theory]
    [InlineData("Endpoints/A.cs", "using AuthCore.Web; using AuthCore.Flows; using AuthCore.Protocol;")]
    [InlineData("Keys/A.cs", "using AuthCore.Stores; // never AuthCore.Flows")]
    [InlineData("Keys/A.cs", "/* like AuthCore.Web */ class A { string a = \"https://x\"; }")]
    [InlineData("Jose/A.cs", "class A { List<Jwk> Keys = []; Jwk First() => Keys.First(); }")]
    [InlineData("Features/Device/A.cs", "using AuthCore.Endpoints; using AuthCore.Features.Device;")]
    [InlineData("Program.cs", "using AuthCore.Features.Device;")]
    [InlineData("Options/A.cs", "class A { string a = \"AuthCore.Section\"; }")]
    public void An_arrow_down_is_not_taken_for_one_up(string path, string text) => Assert.Empty(Layering.ArrowsUp(
    [
        new SourceFile("Server/" + path, text),
        new SourceFile("Server/Keys/Handle.cs", "namespace AuthCore.Keys; class Handle;"),
    ]));

    [Theory]
    [InlineData("using Microsoft.AspNetCore.Http;")]
    [InlineData("using System.Net.Http;")]
    [InlineData("class A(HttpContext http);")]
    [InlineData("using Npgsql;")]
    [InlineData("using Dapper;")]
    [InlineData("using System.Data;")]
    [InlineData("class A(TimeProvider time);")]
    [InlineData("class A { object a = DateTimeOffset.UtcNow; }")]
    [InlineData("class A { object a = DateTime.Now; }")]
    [InlineData("class A { object a = RandomNumberGenerator.GetBytes(32); }")]
    [InlineData("class A { object a = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32); }")]
    [InlineData("class A { object a = Random.Shared; }")]
    [InlineData("class A { object a = Guid.NewGuid(); }")]
    [InlineData("class A { object a = Guid.CreateVersion7( ); }")]
    [InlineData("class A(ILogger<A> log);")]
    [InlineData("class A(IConfiguration configuration);")]
    [InlineData("class A(IOptionsMonitor<A> options);")]
    [InlineData("class A { object a = File.ReadAllText(\"a\"); }")]
    [InlineData("class A { object a = Environment.GetEnvironmentVariable(\"A\"); }")]
    public void An_impurity_is_seen_in_both_pure_rooms_and_in_no_other(string text)
    {
        Assert.NotEmpty(Layering.Impurities([new SourceFile("Server/Protocol/A.cs", text)]));
        Assert.NotEmpty(Layering.Impurities([new SourceFile("Server/Jose/A.cs", text)]));
        Assert.Empty(Layering.Impurities([new SourceFile("Server/Keys/A.cs", text)]));
    }

    [Theory]
    [InlineData("using System.Security.Cryptography; class A { object a = SHA256.HashData([]); }")]
    [InlineData("class A { object a = Guid.CreateVersion7(now); object profile = Profile.None; }")]
    [InlineData("/// <summary>Unlike DateTimeOffset.UtcNow, takes now.</summary>\nclass A;")]
    public void What_only_looks_impure_is_let_through(string text) =>
        Assert.Empty(Layering.Impurities([new SourceFile("Server/Protocol/A.cs", text)]));

    [Theory]
    [InlineData("Server/Flows/A.cs", "class A(Features.Device.Codes codes);")]
    [InlineData("Server/Features/Par/A.cs", "using AuthCore.Features.Device;")]
    [InlineData("Server.Tests/Flows/ATests.cs", "using AuthCore.Features.Device;")]
    [InlineData("Server.Tests/Features/Par/ATests.cs", "using AuthCore.Tests.Features.Device;")]
    [InlineData("Server/Program.cs", "using AuthCore.Features.Device;\nFeatures.Device.A.Add();\nFeatures.Device.A.Map();")]
    public void A_feature_named_outside_its_folder_is_seen(string path, string text) =>
        Assert.NotEmpty(Layering.FeaturesNamed([new SourceFile(path, text)]));

    [Theory]
    [InlineData("Server/Features/Device/A.cs", "namespace AuthCore.Features.Device;")]
    [InlineData("Server.Tests/Features/Device/ATests.cs", "using AuthCore.Features.Device;\nnamespace AuthCore.Tests.Features.Device;")]
    [InlineData("Server/Program.cs", "Features.Device.A.Add();\nFeatures.Device.A.Map();\nFeatures.Par.A.Add();\nFeatures.Par.A.Map();")]
    public void A_feature_may_name_itself_and_Program_may_name_it_twice(string path, string text) =>
        Assert.Empty(Layering.FeaturesNamed([new SourceFile(path, text)]));

    [Fact]
    public void A_long_file_needs_a_reason_and_a_reason_needs_a_long_file()
    {
        SourceFile[] files = [new("long.cs", new string('\n', 201)), new("short.cs", new string('\n', 200))];

        Assert.Single(TooLong());
        Assert.Single(TooLong(("long.cs", " ")));
        Assert.Empty(TooLong(("long.cs", "one table")));
        Assert.Single(TooLong(("long.cs", "one table"), ("short.cs", "gone")));

        IReadOnlyList<string> TooLong(params (string Path, string Why)[] reasons) =>
            Layering.TooLong(files, reasons.ToDictionary(reason => reason.Path, reason => reason.Why, StringComparer.Ordinal));
    }

    // an empty text is compared, since a failed comparison shows the whole text
    private static string Lines(IEnumerable<string> violations) => string.Join('\n', violations);
}
