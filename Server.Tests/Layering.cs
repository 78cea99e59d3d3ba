using System.Text.RegularExpressions;
using AuthCore.Tests.Support;

namespace AuthCore.Tests;

/// <summary>The three laws of the house, read from the source text. Each check returns its violations in words.</summary>
internal static class Layering
{
    private const string Program = "Program";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Law 1: the rooms, and the rooms each may use beside itself.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        [Program] = ["Features", "Endpoints", "Web", "Flows", "Stores", "Keys", "Protocol", "Jose", "Options"],
        ["Features"] = ["Endpoints", "Web", "Flows", "Stores", "Keys", "Protocol", "Jose", "Options"],
        ["Endpoints"] = ["Web", "Flows", "Stores", "Keys", "Protocol", "Jose", "Options"],
        ["Web"] = ["Protocol", "Options"],              // shows what it is given
        ["Flows"] = ["Stores", "Keys", "Protocol", "Jose", "Options"],
        ["Keys"] = ["Stores", "Protocol", "Jose", "Options"],   // signing keys are kept
        ["Stores"] = ["Protocol", "Jose", "Options"],
        ["Options"] = ["Protocol"],
        ["Protocol"] = ["Jose"],                        // a client's metadata holds keys
        ["Jose"] = [],
    };

    private static readonly string[] Http =
        [@"Microsoft\.AspNetCore\b", @"System\.Net\.Http\b", @"Http(Context|Request|Response|Client|ContextAccessor)\b", @"I(Result|FormCollection|QueryCollection)\b", @"(Typed)?Results\.\w"];

    private static readonly string[] Impure =
    [
        .. Http,
        @"(Npgsql|Dapper|System\.Data)\b",
        @"TimeProvider\b", @"DateTime(Offset)?\.(UtcNow|Now|Today)\b", @"Stopwatch\b", @"Task\.Delay\b",
        @"RandomNumberGenerator\b", @"Random\b", @"Guid\.NewGuid\b", @"Guid\.CreateVersion7\(\s*\)",
        @"ILogger\w*\b", @"IConfiguration\w*\b", @"IOptions\w*\b", @"IServiceProvider\b", @"Microsoft\.Extensions\b",
        @"(File|Directory|Environment|Console|Process)\.\w",
    ];

    /// <summary>Law 1: arrows point down only; and flows know no HTTP.</summary>
    public static IReadOnlyList<string> ArrowsUp(IReadOnlyCollection<SourceFile> server)
    {
        // `Keys.Count` may be a property: a bare `Room.Name` counts where the room declares that name
        var declared = server
            .SelectMany(file => Find(file, @"\b(?:record struct|record class|class|record|struct|interface|enum|namespace AuthCore\.\w+)[ .](?<name>\w+)").Select(name => Room(file) + "." + name))
            .ToHashSet(StringComparer.Ordinal);
        var rooms = string.Join('|', MayUse.Keys);
        var violations = new List<string>();

        foreach (var file in server)
        {
            if (!MayUse.TryGetValue(Room(file), out var below))
            {
                violations.Add($"{file.Path}: no room is called {Room(file)}");
                continue;
            }

            var used = Find(file, @"\bAuthCore\.(?<name>\w+)")
                .Concat(Find(file, $@"\busing\s+(?:static\s+)?(?:\w+\s*=\s*)?(?<name>{rooms})\s*[;.]"))
                .Concat(Find(file, $@"(?<![.\w])(?<name>(?:{rooms})\.\w+)").Where(declared.Contains).Select(name => name.Split('.')[0]));
            violations.AddRange(used.Distinct(StringComparer.Ordinal)
                .Where(room => room != Room(file) && MayUse.ContainsKey(room) && !below.Contains(room))
                .Select(room => $"{file.Path}: {Room(file)} uses {room}"));
            violations.AddRange(Find(file, @"\bglobal\s+using\s+(?:static\s+)?(?<name>AuthCore[\w.]*)")
                .Select(name => $"{file.Path}: a global using of {name} hides who uses it"));
            if (Room(file) == "Flows")
            {
                violations.AddRange(Mentions(file, Http));
            }
        }

        return violations;
    }

    /// <summary>Law 2: Protocol and Jose have no HTTP, SQL, clock, random source, logger, configuration or file.</summary>
    public static IReadOnlyList<string> Impurities(IEnumerable<SourceFile> server) =>
        [.. server.Where(file => Room(file) is "Protocol" or "Jose").SelectMany(file => Mentions(file, Impure))];

    /// <summary>Law 3: a feature is named in its own folder, and by Program.cs on two lines at most.</summary>
    public static IReadOnlyList<string> FeaturesNamed(IEnumerable<SourceFile> files)
    {
        var violations = new List<string>();
        foreach (var file in files)
        {
            var own = Regex.Match(file.Path, "^[^/]+/Features/(?<name>[^/]+)/", RegexOptions.ExplicitCapture, Limit).Groups["name"].Value;
            foreach (var named in Find(file, @"(AuthCore\.(Tests\.)?|(?<![\w.]))Features\.(?<name>\w+)").Where(name => name != own).GroupBy(name => name, StringComparer.Ordinal))
            {
                if (file.Path != "Server/Program.cs")
                {
                    violations.Add($"{file.Path}: names the feature {named.Key}");
                }
                else if (named.Count() > 2)
                {
                    violations.Add($"{file.Path}: names the feature {named.Key} {named.Count()} times");
                }
            }
        }

        return violations;
    }

    /// <summary>Files longer than a reader should need, without a reason; and reasons that are needed no more.</summary>
    public static IReadOnlyList<string> TooLong(IReadOnlyCollection<SourceFile> files, IReadOnlyDictionary<string, string> reasons)
    {
        var tooLong = files.Where(file => file.Text.AsSpan().Count('\n') > 200).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. tooLong.Where(path => string.IsNullOrWhiteSpace(reasons.GetValueOrDefault(path))).Select(path => path + ": over 200 lines without a reason"),
            .. reasons.Keys.Where(path => !tooLong.Contains(path)).Select(path => path + ": has a reason, but not 200 lines"),
        ];
    }

    /// <summary>The folder under Server/; for a file directly there, its name (Program).</summary>
    private static string Room(SourceFile file) => file.Path.Split('/')[1].Split('.')[0];

    private static IEnumerable<string> Mentions(SourceFile file, IEnumerable<string> patterns) =>
        Find(file, $@"\b(?<name>{string.Join('|', patterns)})").Distinct(StringComparer.Ordinal).Select(name => $"{file.Path}: mentions {name}");

    private static IEnumerable<string> Find(SourceFile file, string pattern) =>
        Regex.Matches(file.Code, pattern, RegexOptions.ExplicitCapture, Limit).Select(match => match.Groups["name"].Value);
}
