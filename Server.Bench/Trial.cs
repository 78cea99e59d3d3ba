using AuthCore.Bench.Loads;
using AuthCore.Bench.Measure;
using AuthCore.Bench.Reports;
using AuthCore.Bench.Workloads;

namespace AuthCore.Bench;

/// <summary>What came of a comparison.</summary>
/// <param name="Measured">The workload.</param>
/// <param name="Ceiling">What it was compared with; null where there is nothing.</param>
/// <param name="Faults">Every answer that was not as expected, those of the warm-up too.</param>
internal sealed record Verdict(Summary Measured, Summary? Ceiling, IReadOnlyList<string> Faults);

/// <summary>Measures a workload and its ceiling in turn.</summary>
internal sealed class Trial(Meter meter, BenchOptions options)
{
    // Methods a second, and steps of the warm-up: what is not warm by then never will be.
    private const int StillCompiling = 5;
    private const int MostSteps = 15;

    /// <summary>Warms both up, measures them A B A B …, and counts the round trips apart.</summary>
    public async Task<Verdict> RunAsync(Comparison comparison, CancellationToken ct)
    {
        Load[] loads = comparison.Ceiling is { } ceiling && (options.PlainFlows || !comparison.IsWithinServer) ? [comparison.Load, ceiling] : [comparison.Load];
        var rounds = loads.Select(_ => new List<Round>()).ToArray();
        var rates = new double[loads.Length];
        var faults = new List<string>();
        for (var i = 0; i < loads.Length && options.WarmUp > TimeSpan.Zero; i++)
        {
            rates[i] = await WarmUpAsync(loads[i].ForWarmUp, faults, ct);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < loads.Length; i++)
            {
                var measured = await meter.MeasureAsync(loads[i], i == 0 ? options.Round : options.CeilingRound, rates[i], ct);
                rates[i] = measured.Tally.Rate;
                faults.AddRange(measured.Tally.Faults);
                rounds[i].Add(measured);
            }
        }

        var commands = new double?[loads.Length];
        for (var i = 0; i < loads.Length && options.CountCommands; i++)
        {
            commands[i] = i == 0 || comparison.IsWithinServer ? await Meter.CountCommandsAsync(loads[i].ForWarmUp, rates[i], ct) : null;
        }

        var summaries = rounds.Select((own, i) => new Summary(own) { Commands = commands[i] }).ToArray();
        return new Verdict(summaries[0], summaries.ElementAtOrDefault(1), faults);
    }

    // A runtime that still compiles what it runs is measured at that, not at serving.
    private async Task<double> WarmUpAsync(Load load, List<string> faults, CancellationToken ct)
    {
        var compiled = load.Target.Probe?.CompiledMethods();
        for (var step = 1; ; step++)
        {
            var warmUp = await meter.MeasureAsync(load, options.WarmUp, 0, ct);
            faults.AddRange(warmUp.Tally.Faults);
            var now = load.Target.Probe?.CompiledMethods();
            if (now is null || now - compiled < StillCompiling * options.WarmUp.TotalSeconds || step == MostSteps)
            {
                return warmUp.Tally.Rate;
            }

            compiled = now;
        }
    }
}
