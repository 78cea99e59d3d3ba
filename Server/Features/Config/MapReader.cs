using System.Globalization;
using System.Text.Json;

namespace AuthCore.Features.Config;

/// <summary>Takes the keys of one mapping, each once; what was not asked for is an unknown key.</summary>
/// <param name="map">The mapping.</param>
/// <param name="what">What it is, for messages: "client".</param>
/// <param name="faults">Where faults go.</param>
internal sealed class MapReader(ConfigNode.Map map, string what, ConfigFaults faults)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public long Line => map.Line;

    /// <summary>The line of the first of these keys that is given, else of the mapping.</summary>
    public long LineOf(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (map.Entries.TryGetValue(key, out var entry))
            {
                return entry.Line;
            }
        }

        return map.Line;
    }

    public void Fault(string key, string message) => faults.Add(LineOf(key), $"{what}: {key} {message}");

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Any single value as text; null where absent.</summary>
    public string? Text(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case ConfigNode.Text text:
                return text.Value;
            default:
                Fault(key, "must be a single value");
                return null;
        }
    }

    public bool? Bool(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case ConfigNode.Text { IsPlain: true, Value: "true" or "false" } text:
                return text.Value == "true";
            default:
                Fault(key, "must be true or false");
                return null;
        }
    }

    public int? Int(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is ConfigNode.Text { IsPlain: true } text && int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Fault(key, "must be a whole number");
        return null;
    }

    /// <summary>Whole seconds, or days as in <c>30d</c>.</summary>
    public int? Seconds(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is ConfigNode.Text { IsPlain: true, Value: var text }
            && int.TryParse(text.EndsWith('d') ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (text.EndsWith('d') ? 86_400L * number : number) is <= int.MaxValue and var seconds)
        {
            return (int)seconds;
        }

        Fault(key, "must be whole seconds, or days as in 30d");
        return null;
    }

    /// <summary>Texts without repetition; null where absent.</summary>
    public string[]? Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case ConfigNode.List list when list.Items.All(item => item is ConfigNode.Text { IsNull: false }):
                return [.. list.Items.Cast<ConfigNode.Text>().Select(item => item.Value).Distinct()];
            default:
                Fault(key, "must be a list of single values, such as [one, two]");
                return null;
        }
    }

    /// <summary>A list, or one text with spaces between (RFC 6749 §3.3).</summary>
    public string[]? Words(string key) =>
        Find(key) is ConfigNode.Text text ? [.. text.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()] : Texts(key);

    /// <summary>The mappings of a list, each with a reader of its own.</summary>
    public IReadOnlyList<MapReader> Maps(string key, string itemsAre)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case ConfigNode.List list:
                foreach (var item in list.Items.Where(item => item is not ConfigNode.Map))
                {
                    faults.Add(item.Line, $"{itemsAre}: must be a mapping of keys to values");
                }

                return [.. list.Items.OfType<ConfigNode.Map>().Select(item => new MapReader(item, itemsAre, faults))];
            default:
                Fault(key, "must be a list; each entry begins with '- '");
                return [];
        }
    }

    /// <summary>A mapping within, or null.</summary>
    public MapReader? Map(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case ConfigNode.Map inner:
                return new MapReader(inner, $"{what}: {key}", faults);
            default:
                Fault(key, "must be a mapping of keys to values");
                return null;
        }
    }

    /// <summary>JSON text: written as such, or as YAML whose single values are all texts.</summary>
    public string? Json(string key) => Find(key) switch
    {
        null => null,
        ConfigNode.Text text => text.Value,
        { } node => JsonSerializer.Serialize(Plain(node)),
    };

    /// <summary>To be called when every key was asked for.</summary>
    public void RefuseUnknown()
    {
        foreach (var (key, entry) in map.Entries.Where(entry => !known.Contains(entry.Key)))
        {
            var near = known.Where(name => KeyDistance.Between(name, key) <= 2).Order(StringComparer.Ordinal).FirstOrDefault();
            faults.Add(entry.Line, $"{what}: '{ConfigFaults.Printable(key)}' is not a known key{(near is null ? "" : $"; did you mean '{near}'?")}");
        }
    }

    private ConfigNode? Find(string key)
    {
        known.Add(key);
        return map.Entries.TryGetValue(key, out var entry) && entry.Value is not ConfigNode.Text { IsNull: true } ? entry.Value : null;
    }

    private static object Plain(ConfigNode node) => node switch
    {
        ConfigNode.Map inner => inner.Entries.ToDictionary(entry => entry.Key, entry => Plain(entry.Value.Value), StringComparer.Ordinal),
        ConfigNode.List list => list.Items.Select(Plain).ToArray(),
        _ => ((ConfigNode.Text)node).Value,
    };
}
