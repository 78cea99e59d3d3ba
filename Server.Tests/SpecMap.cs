using System.Text.RegularExpressions;
using AuthCore.Tests.Support;

namespace AuthCore.Tests;

/// <summary>A table of <c>| section | rule | file | test | state |</c>, and what is wrong with it.</summary>
internal static class SpecMap
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="map">The text of a SPECS.md.</param>
    /// <param name="exists">Whether the repository has this path.</param>
    /// <param name="tests">Every <c>Class.Method</c> that a runner would run.</param>
    public static IReadOnlyList<string> Faults(string map, Func<string, bool> exists, IReadOnlySet<string> tests)
    {
        var rows = map.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith('|') && !IsHead(line)).ToArray();
        return rows.Length == 0 ? ["no rows"] : [.. rows.SelectMany(row => RowFaults(row, exists, tests).Select(fault => $"{fault}: {row}"))];
    }

    /// <summary>Facts and theories that are not skipped, by class and method.</summary>
    public static IReadOnlySet<string> Tests(IEnumerable<SourceFile> sources)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            string? type = null;
            foreach (var match in Regex.EnumerateMatches(source.Code, @"\bclass\s+\w+|\[(?:Fact|Theory)\b(?!\(Skip)[\s\S]*?\b(?:void|Task|ValueTask)\s+\w+\s*\(", RegexOptions.ExplicitCapture, Limit))
            {
                var name = source.Code.AsSpan(match.Index, match.Length).TrimEnd('(').TrimEnd().ToString().Split([' ', '\n'])[^1];
                if (source.Code[match.Index] != '[')
                {
                    type = name;
                }
                else
                {
                    found.Add($"{type}.{name}");
                }
            }
        }

        return found;
    }

    private static bool IsHead(string line) =>
        line.StartsWith("| section |", StringComparison.Ordinal) || line.StartsWith("|---", StringComparison.Ordinal);

    private static string[] RowFaults(string row, Func<string, bool> exists, IReadOnlySet<string> tests)
    {
        var cells = row.Trim('|').Split('|', StringSplitOptions.TrimEntries);
        if (cells.Length != 5)
        {
            return [$"{cells.Length} cells, not 5"];
        }

        if (cells[0].Length == 0 || cells[1].Length == 0)
        {
            return ["no section or no rule"];
        }

        var files = Names(cells[2]);
        var named = Names(cells[3]);
        string[] missing =
        [
            .. files.Where(file => !exists(file)).Select(file => "no file " + file),
            .. named.Where(test => !tests.Contains(test)).Select(test => "no test " + test),
        ];

        return cells[4] switch
        {
            "planned" => [],
            "partial" => missing,
            "done" => [.. missing, .. files.Length == 0 ? ["done, but where?"] : Array.Empty<string>(), .. named.Length == 0 ? ["done, but untested"] : Array.Empty<string>()],
            var state when Regex.IsMatch(state, @"^no \(.*\w.*\)$", RegexOptions.None, Limit) => [],
            var state when state == "no" || state.StartsWith("no ", StringComparison.Ordinal) => ["no, but why?"],
            _ => ["unknown state"],
        };
    }

    private static string[] Names(string cell) =>
        [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim('`')).Where(name => name != "-")];
}
