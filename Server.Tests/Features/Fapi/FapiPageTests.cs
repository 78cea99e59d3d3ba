using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Fapi;

/// <summary>docs/fapi.md, held to the standards' lists and to the tests that are there.</summary>
public sealed class FapiPageTests
{
    private const string Operator = "operator";

    // How many items each list of the standard has; what is for clients only is not counted. 5.4.1 item 1 has three parts.
    private static readonly (string Section, int Items)[] s_security =
        [("5.2.1", 5), ("5.2.2", 1), ("5.2.3", 3), ("5.3.2.1", 14), ("5.3.2.2", 14), ("5.3.2.3", 1), ("5.3.4", 5), ("5.4.1-1.", 3), ("5.4.2", 3), ("5.4.3", 1)];

    private static readonly (string Section, int Items)[] s_messages = [("5.3.1", 5), ("5.3.3", 1), ("5.4.1", 1), ("5.5.1", 1), ("5.6.1", 1), ("6.2", 1)];

    // What no server can do alone.
    private static readonly string[] s_operators = ["5.2.1-2", "5.2.1-3", "5.2.1-4", "5.2.2-1", "5.2.3-2"];

    private static readonly string[] s_tables = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "fapi.md")).ReplaceLineEndings("\n").Split("\n## ")[1..3];

    private static readonly IReadOnlySet<string> s_tests = SpecMap.Tests(SourceTree.Read("Server.Tests"));

    [Fact]
    public void No_requirement_is_missing_and_none_is_there_twice()
    {
        Assert.Equal(Items(s_security).Concat(["5.4.1-2", "5.4.1-3", "5.4.1-4"]).Order(StringComparer.Ordinal), Rows(0).Select(row => row[0]).Order(StringComparer.Ordinal));
        Assert.Equal(Items(s_messages).Order(StringComparer.Ordinal), Rows(1).Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_row_names_a_test_that_exists_or_is_known_to_be_the_operators()
    {
        FapiServer.Demand();   // the tests of a feature go with it
        Assert.SkipUnless(Directory.Exists(Path.Combine(SourceTree.Root, "Server", "Features", "MutualTls")), "this server takes no certificates");
        foreach (var row in Rows(0).Concat(Rows(1)))
        {
            Assert.Equal(4, row.Length);
            Assert.All(row, cell => Assert.NotEmpty(cell));
            var named = row[3].Split(',', StringSplitOptions.TrimEntries);
            Assert.Equal("", string.Join(' ', named.Where(name => name != Operator && !s_tests.Contains(name)).Select(name => $"{row[0]} {name}")));
            Assert.True(named.Any(name => name != Operator) || s_operators.Contains(row[0]), $"{row[0]} has no test");
        }
    }

    private static IEnumerable<string> Items((string Section, int Items)[] lists) =>
        lists.SelectMany(list => Enumerable.Range(1, list.Items).Select(item => list.Section.EndsWith('.') ? $"{list.Section}{item}" : $"{list.Section}-{item}"));

    private static IEnumerable<string[]> Rows(int table) =>
        s_tables[table].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2])).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
}
