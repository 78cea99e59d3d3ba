using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AuthCore.Bench.Measure;
using AuthCore.Bench.Processes;
using AuthCore.Bench.Reports;
using AuthCore.Bench.Seeding;
using AuthCore.Bench.Workloads;
using AuthCore.Tests.Support;
using Npgsql;

namespace AuthCore.Bench;

/// <summary>One run: starts everything, measures everything, ends everything.</summary>
internal sealed class Bench(BenchOptions options, TextWriter output)
{
    // Every node of one database has the same.
    private readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly List<(string Workload, Summary Summary, Summary? Ceiling)> _results = [];
    private readonly List<string> _notes = [];
    private readonly List<(string Workload, string Fault)> _faults = [];
    private ChildProcess? _cleaner;

    /// <returns>The exit code: 1 where any answer was not as expected.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("authcore-bench-").FullName;
        try
        {
            await MeasureAsync(folder, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(Table.Legend);
        if (options.WarmUp == TimeSpan.Zero)
        {
            await output.WriteLineAsync("smoke: without a warm-up no figure above means anything; only errors count");
        }

        foreach (var note in _notes)
        {
            await output.WriteLineAsync(note);
        }

        if (options.JsonFile is { } file)
        {
            JsonReport.Write(file, _results);
        }

        return await ReportFaultsAsync();
    }

    private async Task MeasureAsync(string folder, CancellationToken ct)
    {
        var postgres = await Postgres.StartAsync(durable: true);
        await using var database = await postgres.CreateDatabaseAsync();
        await using var databaseMeter = await DatabaseMeter.OpenAsync(database.ConnectionString, ct);
        var population = await Population.WriteAsync(database.ConnectionString, Suite.PeopleFor(options.Connections), options.Machines, options.HashingCost, ct);
        var before = new Families(database.ConnectionString);
        await before.WriteRefreshTokensAsync(population.People, options.RowsAtFirst, ct);
        await before.WriteCodesAsync(population.People, options.RowsAtFirst, [Population.Scope], ct);
        await VacuumAsync(database, ct);
        using var server = await StartServerAsync("authcore", folder, database, ct);
        using var ceiling = await Servers.StartCeilingsAsync(folder, database.ConnectionString, server, ct);
        var suite = new Suite(StageOf(folder, database, server, ceiling, population));
        await DescribeAsync(databaseMeter, server);

        var trial = new Trial(new Meter(databaseMeter), options);
        try
        {
            foreach (var name in options.Workloads.Count > 0 ? options.Workloads : Suite.Names)
            {
                await CompareAsync(trial, suite.Find(name), ct);
            }
        }
        finally
        {
            _cleaner?.GoOn();   // what is halted does not end
            _cleaner?.Dispose();
        }

        if (options.Rows > 0)
        {
            await CompareFullAsync(trial, postgres, folder, suite, ceiling, ct);
        }

        if (options.Peer)
        {
            await ComparePeerAsync(trial, folder, suite, population, ct);
        }
    }

    private Task<ChildProcess> StartServerAsync(string name, string folder, TestDatabase database, CancellationToken ct, params (string Name, string Value)[] extra) =>
        Servers.StartAuthCoreAsync(name, folder, database.ConnectionString, _masterKey, options.HashingCost, [.. options.ServerEnvironment, .. extra], ct);

    private Stage StageOf(string folder, TestDatabase database, ChildProcess server, ChildProcess ceiling, Population population) =>
        new(server, ceiling, population, database.ConnectionString, options.Connections)
        {
            ExpiredFamilies = options.ExpiredFamilies,
            MostMinted = options.MostMinted,
            StartCleaner = async ct => _cleaner = await StartServerAsync("cleaner", folder, database, ct, ("AUTHCORE__CLEANUPINTERVAL", "1")),
        };

    private async Task DescribeAsync(DatabaseMeter databaseMeter, ChildProcess server)
    {
        await output.WriteLineAsync(FormattableString.Invariant(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}, {databaseMeter.Description}, {options.Connections} connections, {options.Rounds} rounds of {options.Round.TotalSeconds:0.#} s"));
        await output.WriteLineAsync(FormattableString.Invariant(
            $"server ready {server.ReadyAfter.TotalSeconds:0.00} s after its start, {ProcessCpu.ResidentBytes(server.Target.ProcessId) / 1048576.0:0} MB resident"));
        await output.WriteLineAsync();
        await output.WriteLineAsync(Table.Head);
    }

    /// <summary>A second database with years of rows, and a second server on it.</summary>
    private async Task CompareFullAsync(Trial trial, PostgresServer postgres, string folder, Suite empty, ChildProcess ceiling, CancellationToken ct)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var population = await Population.WriteAsync(database.ConnectionString, Suite.PeopleFor(options.Connections), options.Machines, options.HashingCost, ct);
        var bytes = await Growth.WriteAsync(database.ConnectionString, options.Rows, ct);
        _notes.Add(FormattableString.Invariant($"rows: {options.Rows} families, each with a refresh token, take {bytes / 1048576.0:0} MB with their indexes"));
        using var server = await StartServerAsync("full", folder, database, ct);
        foreach (var comparison in new Suite(StageOf(folder, database, server, ceiling, population)).BesideEmpty(empty))
        {
            await CompareAsync(trial, comparison, ct);
        }
    }

    private async Task ComparePeerAsync(Trial trial, string folder, Suite suite, Population population, CancellationToken ct)
    {
        var (peer, reason) = await PeerServer.StartAsync(folder, population, ct);
        if (peer is null)
        {
            _notes.Add($"peer: skipped, {reason}");
            return;
        }

        using (peer)
        {
            foreach (var comparison in suite.BesidePeer(peer))
            {
                await CompareAsync(trial, comparison, ct);
            }
        }
    }

    // Not the tables that are empty: what PostgreSQL knows to be empty it reads whole, and goes on so while it fills.
    private static async Task VacuumAsync(TestDatabase database, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync();
        await using var vacuum = new NpgsqlCommand("vacuum analyze clients, client_secrets, users, sessions, consents, grants", connection);
        await vacuum.ExecuteNonQueryAsync(ct);
    }

    private async Task CompareAsync(Trial trial, Comparison comparison, CancellationToken ct)
    {
        var (measured, ceiling, faults) = await trial.RunAsync(comparison, ct);
        _results.Add((comparison.Workload, measured, ceiling));
        _faults.AddRange(faults.Select(fault => (comparison.Workload, fault)));
        await output.WriteLineAsync(Table.Row(comparison.Workload, measured, ceiling is null ? null : Summary.Ratio(measured, ceiling)));
        if (ceiling is not null)
        {
            await output.WriteLineAsync(Table.Row("  " + comparison.Ceiling!.Name, ceiling));
        }

        if (measured.ResidentByMinute.Count > 0)
        {
            _notes.Add($"{comparison.Workload}: resident MB, minute by minute: {string.Join(' ', measured.ResidentByMinute.Select(bytes => FormattableString.Invariant($"{bytes / 1048576.0:0}")))}");
        }

        if (comparison.Note(measured, ceiling) is { } note)
        {
            _notes.Add(note);
        }
    }

    private async Task<int> ReportFaultsAsync()
    {
        foreach (var faults in _faults.GroupBy(fault => fault.Workload, fault => fault.Fault, StringComparer.Ordinal))
        {
            await output.WriteLineAsync($"{faults.Key}: {faults.Count()} unexpected: {string.Join(" | ", faults.Distinct().Take(3))}");
        }

        return _faults.Count == 0 ? 0 : 1;
    }
}
