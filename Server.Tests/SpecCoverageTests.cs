using AuthCore.Tests.Support;

namespace AuthCore.Tests;

public sealed class SpecCoverageTests
{
    private static readonly IReadOnlySet<string> Tests = SpecMap.Tests(SourceTree.Read("Server.Tests"));

    public static TheoryData<string> Maps()
    {
        var features = new DirectoryInfo(Path.Combine(SourceTree.Root, "Server.Tests", "Features"));
        var maps = features.Exists ? features.GetFiles("SPECS.md", SearchOption.AllDirectories) : [];
        return ["docs/SPECS.md", .. maps.Select(map => Path.GetRelativePath(SourceTree.Root, map.FullName)).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void A_row_marked_done_names_what_exists(string map) =>
        Assert.Equal("", string.Join('\n', SpecMap.Faults(File.ReadAllText(Path.Combine(SourceTree.Root, map)), Exists, Tests)));

    [Fact]
    public void The_drafts_are_pinned() =>
        Assert.Contains("OAuth 2.1 = draft-16", File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "SPECS.md")), StringComparison.Ordinal);

    [Fact]
    public void This_very_test_is_found_among_the_tests() =>
        Assert.Contains($"{nameof(SpecCoverageTests)}.{nameof(This_very_test_is_found_among_the_tests)}", Tests);

    [Theory]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Runs | done |")]
    [InlineData("| RFC 1 §1 | rule | a.cs, `a.cs` | ATests.Runs, `ATests.Checks_rows` | done |")]
    [InlineData("| RFC 1 §1 | rule | a.cs | - | partial |")]
    [InlineData("| RFC 1 §1 | rule | b.cs | - | planned |")]
    [InlineData("| RFC 1 §1 | rule | - | - | no (not offered) |")]
    public void A_good_row_is_let_through(string row) => Assert.Empty(Faults(row));

    [Theory]
    [InlineData("| RFC 1 §1 | rule | b.cs | ATests.Runs | done |", "no file b.cs")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Walks | done |", "no test ATests.Walks")]
    [InlineData("| RFC 1 §1 | rule | a.cs | Runs | done |", "no test Runs")]
    [InlineData("| RFC 1 §1 | rule | a.cs | BTests.Runs | done |", "no test BTests.Runs")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Is_no_test | done |", "no test ATests.Is_no_test")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Is_skipped | done |", "no test ATests.Is_skipped")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Is_in_a_comment | done |", "no test ATests.Is_in_a_comment")]
    [InlineData("| RFC 1 §1 | rule | a.cs | - | done |", "done, but untested")]
    [InlineData("| RFC 1 §1 | rule | - | ATests.Runs | done |", "done, but where?")]
    [InlineData("| RFC 1 §1 | rule | b.cs | - | partial |", "no file b.cs")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Runs | finished |", "unknown state")]
    [InlineData("| RFC 1 §1 | rule | a.cs | ATests.Runs | |", "unknown state")]
    [InlineData("| RFC 1 §1 | rule | - | - | no |", "no, but why?")]
    [InlineData("| RFC 1 §1 | rule | - | - | no ( ) |", "no, but why?")]
    [InlineData("| RFC 1 §1 | rule | a.cs | done |", "4 cells, not 5")]
    [InlineData("| | rule | a.cs | ATests.Runs | done |", "no section or no rule")]
    [InlineData("text", "no rows")]
    public void A_bad_row_is_seen(string row, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Faults(row)), StringComparison.Ordinal);

    private static IReadOnlyList<string> Faults(string row)
    {
        var tests = SpecMap.Tests(
        [
            new SourceFile("ATests.cs",
                """
                public sealed class ATests
                {
                    [Fact]
                    public void Runs() { Is_no_test(); }

                    [Theory]
                    [InlineData("a")]
                    public async Task Checks_rows(string a) => await Task.Yield();

                    private void Is_no_test() { }

                    [Fact(Skip = "later")]
                    public void Is_skipped() { }

                    // [Fact] public void Is_in_a_comment() { }
                }
                """),
        ]);
        return SpecMap.Faults("| section | rule | file | test | state |\n|---|---|---|---|---|\n" + row, path => path == "a.cs", tests);
    }

    private static bool Exists(string path) =>
        File.Exists(Path.Combine(SourceTree.Root, path)) || Directory.Exists(Path.Combine(SourceTree.Root, path));
}
