using System.Globalization;

namespace AuthCore.Bench.Reports;

/// <summary>What a flow costs beyond a plainer one of the same run, per operation.</summary>
internal static class Difference
{
    public static string Describe(Summary measured, Summary plain)
    {
        string[] parts =
        [
            Part(measured.ServerCpu - plain.ServerCpu, "µs of the server"),
            Part(measured.DatabaseCpu - plain.DatabaseCpu, "µs of PostgreSQL"),
            Part(measured.Commands - plain.Commands, "statements", "0.0"),
            Part(measured.Writes - plain.Writes, "commits", "0.0"),
            Part(measured.WalBytes - plain.WalBytes, "bytes of log"),
            Part(measured.Allocated - plain.Allocated, "bytes allocated"),
        ];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static string Part(double? difference, string what, string format = "0") =>
        difference is { } number ? $"{number.ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture)} {what}" : "";
}
