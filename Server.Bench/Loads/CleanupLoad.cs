using AuthCore.Bench.Processes;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Loads;

/// <summary>A load, while another node of the server takes expired rows away. Between its rounds the node is halted.</summary>
/// <param name="measured">The load.</param>
/// <param name="rows">What there is to take away.</param>
/// <param name="startNode">Starts the node, which begins to clean within a second; whoever gave this ends it.</param>
internal sealed class CleanupLoad(Load measured, ExpiredFamilies rows, Func<CancellationToken, Task<ChildProcess>> startNode) : Load(measured.Name, measured.Target)
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(10);

    private ChildProcess? _node;

    /// <summary>What went in each round.</summary>
    public List<long> Deleted { get; } = [];

    /// <summary>The load alone: the rows are for the rounds.</summary>
    public override Load ForWarmUp => measured;

    public override async Task<Func<Tally>> PrepareAsync(TimeSpan duration, double rate, CancellationToken ct)
    {
        await rows.FillAsync(ct);
        var run = await measured.PrepareAsync(duration, rate, ct);
        var node = _node ??= await StartAsync(warmUp: rate > 0, ct);
        var before = await rows.CountAsync(ct);
        return () =>
        {
            node.GoOn();
            var tally = run();
            node.Halt();
            Deleted.Add(before - rows.CountAsync(CancellationToken.None).GetAwaiter().GetResult());
            return tally;
        };
    }

    // A server that has just started compiles: that is no cost of cleaning.
    private async Task<ChildProcess> StartAsync(bool warmUp, CancellationToken ct)
    {
        var before = await rows.CountAsync(ct);
        var node = await startNode(ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_longestWait);
        while (await rows.CountAsync(patience.Token) == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
        }

        await Task.Delay(warmUp ? s_warmUp : TimeSpan.Zero, ct);
        node.Halt();
        return node;
    }
}
