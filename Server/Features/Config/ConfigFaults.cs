using AuthCore.Options;

namespace AuthCore.Features.Config;

/// <summary>Every fault of the file, so that the operator mends them in one go. Names what is wrong, never a secret's text.</summary>
internal sealed class ConfigFaults(string file)
{
    private const int Shown = 100;
    private readonly List<(long Line, string What)> faults = [];

    public bool Any => faults.Count > 0;

    public void Add(long line, string what) => faults.Add((line, what));

    /// <exception cref="StartupException">There are faults; each is listed as <c>file:line: what</c>.</exception>
    public void ThrowIfAny()
    {
        if (!Any)
        {
            return;
        }

        var lines = faults.Distinct().OrderBy(fault => fault.Line).Select(fault => FormattableString.Invariant($"  {file}:{fault.Line}: {fault.What}")).ToList();
        var rest = lines.Count > Shown ? [FormattableString.Invariant($"  … and {lines.Count - Shown} more")] : Array.Empty<string>();
        throw new StartupException(string.Join(Environment.NewLine, ["AuthCore cannot start with this configuration:", .. lines.Take(Shown), .. rest]));
    }

    /// <summary>Text of the file as it may stand in a message.</summary>
    public static string Printable(string text) =>
        new([.. text.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c), .. text.Length > 80 ? "…" : ""]);
}
