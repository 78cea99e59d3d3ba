using System.Text.RegularExpressions;
using AuthCore.Tests.Support;

namespace AuthCore.Tests;

/// <summary>Rules that hold for every line of the server, read from the source text.</summary>
public sealed class SourceRulesTests
{
    private static readonly IReadOnlyList<SourceFile> s_server = SourceTree.Read("Server");

    /// <summary>RFC 6819 §5.1.4.1.2: what a statement is put together from is named here, and nothing of a request is among it.</summary>
    [Fact]
    public void No_statement_is_put_together_from_anything_but_constants()
    {
        string[] constants = ["Columns", "GrantRow.Columns", "GrantRow.Joins", "UserRow.Columns", "IsOpen", "EndingStore.OfUser", "IsOfChain", "RefreshTokenStore.IsOfChain"];
        var pieces = s_server.Where(file => file.Path.StartsWith("Server/Stores/", StringComparison.Ordinal) || file.Path.EndsWith("Store.cs", StringComparison.Ordinal))
            .SelectMany(file => Interpolations(file.Text)).ToArray();

        Assert.NotEmpty(pieces);
        Assert.Empty(pieces.Except(constants));
    }

    [Fact]
    public void The_reader_of_statements_sees_a_value_put_into_one() =>
        Assert.Equal(["name"], Interpolations("x($\"select 1 from clients where name = '{name}'\");"));

    /// <summary>CWE-1333: an expression that cannot backtrack, or is given little time.</summary>
    [Fact]
    public void Every_regular_expression_runs_in_linear_time()
    {
        var expressions = s_server.SelectMany(file => Lines(file.Text, "GeneratedRegex(", "new Regex(", "Regex.IsMatch(", "Regex.Match(", "Regex.Replace(")).ToArray();

        Assert.NotEmpty(expressions);
        Assert.All(expressions, line => Assert.Contains("NonBacktracking", line, StringComparison.Ordinal));
    }

    /// <summary>OAuth 2.1 §7.5.3: no redirect of ours can repeat a POST.</summary>
    [Fact]
    public void No_redirect_is_made_but_by_SeeOther() => Assert.Empty(
        s_server.SelectMany(file => Lines(file.Text, "Results.Redirect", "TypedResults.Redirect", "Response.Redirect", "Status307", "Status308", "Results.LocalRedirect")));

    private static IEnumerable<string> Interpolations(string text) =>
        Regex.Matches(text, "\\$\"{1,3}[^;]*?\\b(select|insert|update|delete|where)\\b[^;]*?;", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .SelectMany(statement => Regex.Matches(statement.Value, "\\{(?<piece>[A-Za-z_.]+)\\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
            .Select(piece => piece.Groups["piece"].Value).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(string text, params string[] marks) =>
        text.Split('\n').Where(line => marks.Any(mark => line.Contains(mark, StringComparison.Ordinal)) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
