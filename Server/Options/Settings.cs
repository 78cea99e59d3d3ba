using System.Globalization;

namespace AuthCore.Options;

/// <summary>Reads settings and keeps every fault, so that the operator mends them in one go.</summary>
internal sealed class Settings(IConfiguration configuration)
{
    private readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> faults = [];

    public IReadOnlyList<string> Faults => faults;

    /// <summary>The environment variable of a key, which is how an operator knows the setting.</summary>
    public static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();

    public void Fault(string key, string what) => faults.Add($"{Variable(key)} {what}");

    /// <summary>The value, or null where it is absent; empty is absent.</summary>
    public string? Text(string key)
    {
        read.Add(key);
        return configuration[key]?.Trim() is { Length: > 0 } value ? value : null;
    }

    /// <summary>The values of `key__0`, `key__1`, …, or of `key` with commas between them.</summary>
    public string[] List(string key)
    {
        read.UnionWith(configuration.GetSection(key).GetChildren().Select(child => child.Path));
        return [.. configuration.GetSection(key).GetChildren().Select(child => child.Value).Prepend(Text(key))
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }

    public int Number(string key, int otherwise, int least, int most)
    {
        if (Text(key) is not { } text) { return otherwise; }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) { return number; }

        Fault(key, $"must be a whole number from {least} to {most}.");
        return otherwise;
    }

    /// <summary>A time in seconds, or in days as in `30d`.</summary>
    public TimeSpan Time(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text) { return otherwise; }
        var days = text.EndsWith('d');
        if (int.TryParse(days ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && TimeSpan.FromSeconds(days ? 86400L * number : number) is var time && time >= least && time <= most)
        {
            return time;
        }

        Fault(key, FormattableString.Invariant($"must be whole seconds (or days, as in 30d) from {least.TotalSeconds:0} to {most.TotalSeconds:0} seconds."));
        return otherwise;
    }

    /// <summary>A misspelt name would leave its default in force without a word.</summary>
    public void RefuseUnknown(string section)
    {
        foreach (var (key, value) in configuration.GetSection(section).AsEnumerable())
        {
            if (!string.IsNullOrEmpty(value) && !read.Contains(key) && !configuration.IsClaimed(key))
            {
                Fault(key, "is not a setting of AuthCore: look for a misspelt name.");
            }
        }
    }
}
