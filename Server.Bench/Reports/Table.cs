using System.Globalization;

namespace AuthCore.Bench.Reports;

/// <summary>The table as people read it: a line for each load, its ceiling's below it.</summary>
internal static class Table
{
    private static readonly (string Title, int Width)[] s_columns =
    [
        ("workload", -18), ("req/s", 8), ("min", 8), ("max", 8), ("p50 ms", 8), ("p99 ms", 8), ("errors", 6), ("server µs", 9), ("db µs", 7), ("gen µs", 7),
        ("alloc B", 8), ("trips", 5), ("commits", 7), ("wal B", 7), ("rss MB", 7), ("ratio", 6),
    ];

    public const string Legend =
        """
        req/s: median, least and most of the rounds. p50, p99: of all requests. µs: processor time per request of the server, of PostgreSQL and of this
        generator. alloc B: bytes allocated in the server per request. trips: commands to PostgreSQL per request, counted in a second apart. commits:
        transactions that wrote, per request. wal B: write-ahead log per request. rss MB: resident memory after the largest round. ratio: to the line below it, the median of rounds that followed each other.
        par-code counts operations, from the authorization request to the tokens. Proofs and assertions of clients are made before the clock runs.
        """;

    public static string Head => Line([.. s_columns.Select(column => column.Title)]);

    public static string Row(string name, Summary summary, double? ratio = null) => Line(
        name, Count(summary.Rate), Count(summary.Rates.Min()), Count(summary.Rates.Max()), Time(summary.P50), Time(summary.P99), Count(summary.Faults.Count),
        Count(summary.ServerCpu), Count(summary.DatabaseCpu), Count(summary.GeneratorCpu), Count(summary.Allocated), Tenths(summary.Commands), Tenths(summary.Writes), Count(summary.WalBytes),
        Count(summary.ResidentMegabytes), ratio is { } r ? r.ToString("0.00", CultureInfo.InvariantCulture) : "");

    private static string Line(params string[] cells) => string.Join("  ", cells.Zip(s_columns, (cell, column) => column.Width < 0 ? cell.PadRight(-column.Width) : cell.PadLeft(column.Width))).TrimEnd();

    private static string Count(double? value) => value is { } number ? number.ToString(number < 20 && number != Math.Round(number) ? "0.0" : "0", CultureInfo.InvariantCulture) : "-";

    private static string Tenths(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";

    private static string Time(double milliseconds) => milliseconds.ToString("0.00", CultureInfo.InvariantCulture);
}
