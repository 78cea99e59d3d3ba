using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AuthCore.Features.Config;

/// <summary>Reads one YAML document into nodes that know their lines. What a configuration does not need is refused: anchors, aliases, tags, a key twice.</summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 16;

    private readonly Parser parser;
    private readonly ConfigFaults faults;

    private YamlReader(string text, ConfigFaults faults)
    {
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        this.faults = faults;
    }

    /// <summary>The document's mapping; an empty one for an empty document, and where a fault was found.</summary>
    public static ConfigNode.Map Read(ReadOnlySpan<byte> utf8, ConfigFaults faults)
    {
        var empty = new ConfigNode.Map(1, new Dictionary<string, ConfigEntry>());
        if (FileText.Decode(utf8, faults) is not { } text)
        {
            return empty;
        }

        try
        {
            var document = new YamlReader(text, faults).ReadDocument();
            if (document is null or ConfigNode.Text { IsNull: true })
            {
                return empty;
            }

            if (document is ConfigNode.Map map)
            {
                return map;
            }

            faults.Add(document.Line, "the file must be a mapping, such as `clients:` with a list under it");
        }
        catch (YamlException fault)
        {
            faults.Add(fault.Start.Line, $"this is not YAML: {ConfigFaults.Printable(fault.Message)} (a value that begins with a special character needs quotes)");
        }
        catch (UnreadableException)
        {
            // noted where it was found
        }

        return empty;
    }

    private ConfigNode? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var node = ReadNode(0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
        {
            throw Unreadable(second.Start, "a second document begins; one file is one document");
        }

        return node;
    }

    private ConfigNode ReadNode(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw Unreadable(alias.Start, "aliases (*) are not supported; a value that begins with * needs quotes");
        }

        if (!parser.Accept<NodeEvent>(out var start))
        {
            throw Unreadable(parser.Current!.Start, "something else was expected");
        }

        if (!start.Anchor.IsEmpty)
        {
            throw Unreadable(start.Start, "anchors (&) are not supported; a value that begins with & needs quotes");
        }

        if (!start.Tag.IsEmpty)
        {
            throw Unreadable(start.Start, "tags (!) are not supported; a value that begins with ! needs quotes");
        }

        if (depth > MaxDepth)
        {
            throw Unreadable(start.Start, "this is nested too deeply");
        }

        return parser.TryConsume<Scalar>(out var scalar) ? ReadText(scalar)
            : parser.TryConsume<SequenceStart>(out var sequence) ? ReadList(sequence.Start.Line, depth)
            : ReadMap(parser.Consume<MappingStart>().Start.Line, depth);
    }

    // A double-quoted text may spell what neither UTF-8 nor PostgreSQL can hold: "\0", "\uD800".
    private ConfigNode.Text ReadText(Scalar scalar)
    {
        if (scalar.Value.Contains('\0', StringComparison.Ordinal) || !FileText.IsWellFormed(scalar.Value))
        {
            throw Unreadable(scalar.Start, "this text holds a NUL or half of a surrogate pair");
        }

        return new ConfigNode.Text(scalar.Start.Line, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ConfigNode.List ReadList(long line, int depth)
    {
        var items = new List<ConfigNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ConfigNode.List(line, items);
    }

    private ConfigNode.Map ReadMap(long line, int depth)
    {
        var entries = new Dictionary<string, ConfigEntry>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ConfigNode.Text name)
            {
                faults.Add(key.Line, "a key must be a single word");
            }
            else if (!entries.TryAdd(name.Value, new ConfigEntry(name.Line, value)))
            {
                faults.Add(name.Line, $"'{ConfigFaults.Printable(name.Value)}' is given twice; first in line {entries[name.Value].Line}");
            }
        }

        return new ConfigNode.Map(line, entries);
    }

    private UnreadableException Unreadable(Mark at, string what)
    {
        faults.Add(at.Line, what);
        return new UnreadableException();
    }

    private sealed class UnreadableException : Exception;
}
