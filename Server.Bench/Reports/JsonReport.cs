using System.Text.Json;

namespace AuthCore.Bench.Reports;

/// <summary>The result as programs read it.</summary>
internal static class JsonReport
{
    public static void Write(string path, IEnumerable<(string Workload, Summary Summary, Summary? Ceiling)> results)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("workloads");
        foreach (var (workload, summary, ceiling) in results)
        {
            json.WriteStartObject();
            json.WriteString("workload", workload);
            WriteNumber(json, "ratio", ceiling is null ? null : Summary.Ratio(summary, ceiling), 3);
            WriteNumber(json, "rps", summary.Rate, 1);
            WriteNumber(json, "ceiling_rps", ceiling?.Rate, 1);
            WriteNumber(json, "p50_ms", summary.P50, 3);
            WriteNumber(json, "p99_ms", summary.P99, 3);
            WriteNumber(json, "server_cpu_us", summary.ServerCpu, 1);
            WriteNumber(json, "db_cpu_us", summary.DatabaseCpu, 1);
            WriteNumber(json, "rss_mb", summary.ResidentMegabytes, 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value, int digits)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, digits));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
