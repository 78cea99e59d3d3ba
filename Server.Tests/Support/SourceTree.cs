using System.Text.RegularExpressions;

namespace AuthCore.Tests.Support;

/// <summary>A source file by its path from the repository's root, with forward slashes.</summary>
public sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The text without comments; prose may name anything.</summary>
    public string Code { get; } = Tokens().Replace(Text, match => match.Groups["comment"].Success ? " " : match.Value);

    /// <summary>Strings are matched only so that a <c>//</c> inside one is not taken for a comment.</summary>
    [GeneratedRegex(
        """(?<raw>"{3,})[\s\S]*?\k<raw>|(?:@\$?|\$@)"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\[^'\n]{1,8}|[^'\\\n])'|(?<comment>//[^\n]*|/\*[\s\S]*?\*/|@\*[\s\S]*?\*@)""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Tokens();
}

/// <summary>The repository this test assembly was built from.</summary>
internal static class SourceTree
{
    private static readonly string[] Built = ["bin", "obj", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>The C# and Razor sources under a folder of the root.</summary>
    public static IReadOnlyList<SourceFile> Read(string folder) =>
        [.. Files(new DirectoryInfo(Path.Combine(Root, folder)))
            .Where(file => file.Extension is ".cs" or ".razor")
            .Select(file => new SourceFile(Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'), File.ReadAllText(file.FullName)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)];

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(child => !Built.Contains(child.Name)).SelectMany(Files));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AuthCore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests are to run from inside a clone: no AuthCore.sln above " + AppContext.BaseDirectory);
    }
}
