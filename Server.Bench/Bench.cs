using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AuthCore.Bench.Loads;
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
    // A plan made on empty tables reads them whole, and is kept until statistics are taken again.
    private const int RowsAtFirst = 20_000;

    // Methods a second, and steps of the warm-up: what is not warm by then never will be.
    private const int StillCompiling = 5;
    private const int MostSteps = 15;

    private readonly List<(string Workload, Summary Summary, Summary? Ceiling)> _results = [];
    private readonly List<string> _notes = [];
    private readonly List<(string Workload, string Fault)> _faults = [];

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
        var population = await Population.WriteAsync(database.ConnectionString, Suite.PeopleFor(options.Connections), options.HashingCost, ct);
        var before = new Families(database.ConnectionString);
        await before.WriteRefreshTokensAsync(population.People, RowsAtFirst, ct);
        await before.WriteCodesAsync(population.People, RowsAtFirst, [Population.Scope], ct);
        await VacuumAsync(database, ct);
        using var server = await StartServerAsync("authcore", folder, database, ct);
        using var ceiling = await Servers.StartCeilingsAsync(folder, database.ConnectionString, server, ct);
        var suite = new Suite(server, ceiling, population, database.ConnectionString, options.Connections);
        await DescribeAsync(databaseMeter, server);

        var meter = new Meter(databaseMeter);
        foreach (var name in options.Workloads.Count > 0 ? options.Workloads : Suite.Names)
        {
            await CompareAsync(meter, suite.Find(name), ct);
        }

        if (options.Rows > 0)
        {
            await CompareFullAsync(meter, postgres, folder, suite, ceiling, ct);
        }

        if (options.Peer)
        {
            await ComparePeerAsync(meter, folder, suite, population, ct);
        }
    }

    private Task<ChildProcess> StartServerAsync(string name, string folder, TestDatabase database, CancellationToken ct) => Servers.StartAuthCoreAsync(
        name, folder, database.ConnectionString, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), options.HashingCost, options.ServerEnvironment, ct);

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
    private async Task CompareFullAsync(Meter meter, PostgresServer postgres, string folder, Suite empty, ChildProcess ceiling, CancellationToken ct)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var population = await Population.WriteAsync(database.ConnectionString, Suite.PeopleFor(options.Connections), options.HashingCost, ct);
        var bytes = await Growth.WriteAsync(database.ConnectionString, options.Rows, ct);
        _notes.Add(FormattableString.Invariant($"rows: {options.Rows} grants and {options.Rows * 10 / 3} refresh tokens take {bytes / 1048576.0:0} MB with their indexes"));
        using var server = await StartServerAsync("full", folder, database, ct);
        foreach (var comparison in new Suite(server, ceiling, population, database.ConnectionString, options.Connections).BesideEmpty(empty))
        {
            await CompareAsync(meter, comparison, ct);
        }
    }

    private async Task ComparePeerAsync(Meter meter, string folder, Suite suite, Population population, CancellationToken ct)
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
                await CompareAsync(meter, comparison, ct);
            }
        }
    }

    private static async Task VacuumAsync(TestDatabase database, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync();
        await using var vacuum = new NpgsqlCommand("vacuum analyze", connection);
        await vacuum.ExecuteNonQueryAsync(ct);
    }

    private async Task CompareAsync(Meter meter, Comparison comparison, CancellationToken ct)
    {
        Load[] loads = comparison.Ceiling is { } ceiling ? [comparison.Load, ceiling] : [comparison.Load];
        var rounds = loads.Select(_ => new List<Round>()).ToArray();
        var rates = new double[loads.Length];
        for (var i = 0; i < loads.Length && options.WarmUp > TimeSpan.Zero; i++)
        {
            rates[i] = await WarmUpAsync(loads[i]);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < loads.Length; i++)
            {
                var measured = await meter.MeasureAsync(loads[i], i == 0 ? options.Round : options.CeilingRound, rates[i], ct);
                rates[i] = measured.Tally.Rate;
                Note(measured);
                rounds[i].Add(measured);
            }
        }

        var commands = options.CountCommands ? await Meter.CountCommandsAsync(comparison.Load, rates[0], ct) : null;
        var summary = new Summary(rounds[0]) { Commands = commands };
        var other = comparison.Ceiling is null ? null : new Summary(rounds[1]);
        _results.Add((comparison.Workload, summary, other));
        await output.WriteLineAsync(Table.Row(comparison.Workload, summary, other is null ? null : Summary.Ratio(summary, other)));
        if (other is not null)
        {
            await output.WriteLineAsync(Table.Row("  " + comparison.Ceiling!.Name, other));
        }

        if (comparison.Note() is { } note)
        {
            _notes.Add(note);
        }

        // A runtime that still compiles what it runs is measured at that, not at serving.
        async Task<double> WarmUpAsync(Load load)
        {
            var compiled = load.Target.Probe?.CompiledMethods();
            for (var step = 1; ; step++)
            {
                var warmUp = await meter.MeasureAsync(load, options.WarmUp, 0, ct);
                Note(warmUp);
                var now = load.Target.Probe?.CompiledMethods();
                if (now is null || now - compiled < StillCompiling * options.WarmUp.TotalSeconds || step == MostSteps)
                {
                    return warmUp.Tally.Rate;
                }

                compiled = now;
            }
        }

        // of the warm-up too
        void Note(Round round) => _faults.AddRange(round.Tally.Faults.Select(fault => (comparison.Workload, fault)));
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
