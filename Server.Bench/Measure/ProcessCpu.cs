using System.Globalization;

namespace AuthCore.Bench.Measure;

/// <summary>Processor time and memory of other processes, from <c>/proc</c>; null on systems that have none.</summary>
internal static class ProcessCpu
{
    private const double MicrosecondsPerTick = 1e6 / 100;   // USER_HZ, which Linux shows as 100 everywhere

    private const int Parent = 1;
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int ChildrensUserTime = 13;
    private const int ChildrensSystemTime = 14;

    /// <summary>Microseconds of user and system time so far.</summary>
    public static double? Of(int processId) => Read(processId) is { } stat ? (stat[UserTime] + stat[SystemTime]) * MicrosecondsPerTick : null;

    /// <summary>The same with all children, those that ended and were waited for too.</summary>
    public static double? OfFamily(int processId)
    {
        if (Read(processId) is not { } parent)
        {
            return null;
        }

        var ticks = parent[UserTime] + parent[SystemTime] + parent[ChildrensUserTime] + parent[ChildrensSystemTime];
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var child)
                && Read(child) is { } stat && stat[Parent] == processId)
            {
                ticks += stat[UserTime] + stat[SystemTime];
            }
        }

        return ticks * MicrosecondsPerTick;
    }

    /// <summary>The process that started this one.</summary>
    public static int? ParentOf(int processId) => (int?)Read(processId)?[Parent];

    /// <summary>Bytes in memory now.</summary>
    public static long? ResidentBytes(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>proc(5): the numbers after the name and the state, so that the parent is at 1.</summary>
    private static long[]? Read(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return [0, .. fields[1..15].Select(field => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
