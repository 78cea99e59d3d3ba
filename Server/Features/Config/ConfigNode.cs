namespace AuthCore.Features.Config;

/// <summary>A piece of the file that knows its line.</summary>
internal abstract record ConfigNode(long Line)
{
    /// <summary>A single value. It may be a secret, so it is never printed.</summary>
    /// <param name="Line">Where it begins.</param>
    /// <param name="Value">Its text, without quotes.</param>
    /// <param name="IsPlain">Written without quotes: only then can it be a number, true, false or nothing.</param>
    public sealed record Text(long Line, string Value, bool IsPlain) : ConfigNode(Line)
    {
        /// <summary>YAML 1.2 §10.2.1.1: nothing is given.</summary>
        public bool IsNull => IsPlain && Value is "" or "~" or "null";

        public override string ToString() => $"a value in line {Line}";
    }

    /// <summary>A sequence.</summary>
    public sealed record List(long Line, IReadOnlyList<ConfigNode> Items) : ConfigNode(Line);

    /// <summary>A mapping; no key twice.</summary>
    public sealed record Map(long Line, IReadOnlyDictionary<string, ConfigEntry> Entries) : ConfigNode(Line);
}

/// <summary>A key's value, and the line of the key.</summary>
internal sealed record ConfigEntry(long Line, ConfigNode Value);
