using System.Net;
using AuthCore.Bench.Measure;

namespace AuthCore.Bench.Loads;

/// <summary>Something that can be measured in rounds.</summary>
/// <param name="name">How the table calls it.</param>
/// <param name="target">The process that does the work.</param>
internal abstract class Load(string name, Target target)
{
    public string Name { get; } = name;

    public Target Target { get; } = target;

    /// <summary>What warms the process up for it.</summary>
    public virtual Load ForWarmUp => this;

    /// <summary>Makes ready what the round needs, before the clock runs.</summary>
    /// <param name="duration">How long the round will take.</param>
    /// <param name="rate">Requests a second in the round before; zero at first.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The round itself.</returns>
    public abstract Task<Func<Tally>> PrepareAsync(TimeSpan duration, double rate, CancellationToken ct);
}

/// <summary>Makes the virtual users of a round.</summary>
/// <param name="requests">How many requests all of them together will hardly make more of.</param>
/// <param name="ct">Ends the wait.</param>
internal delegate Task<IReadOnlyList<VirtualUser>> Recruit(int requests, CancellationToken ct);

/// <summary>Virtual users against one server.</summary>
internal sealed class HttpLoad(string name, Target target, IPEndPoint server, Recruit recruit) : Load(name, target)
{
    private const int FirstGuess = 2500;   // requests a second

    public override async Task<Func<Tally>> PrepareAsync(TimeSpan duration, double rate, CancellationToken ct)
    {
        var needed = (rate > 0 ? rate * 1.5 : FirstGuess) * duration.TotalSeconds;
        var users = await recruit((int)needed + 100, ct);
        return () => new Generator(server, users).Run(duration);
    }
}

/// <summary>A load, while another one runs that is not measured.</summary>
internal sealed class StormLoad(Load measured, IPEndPoint server, Recruit storm, Recruit bystander) : Load("storm", measured.Target)
{
    /// <summary>Latencies of one who asked for something small, all rounds together.</summary>
    public List<int> Bystander { get; } = [];

    public override async Task<Func<Tally>> PrepareAsync(TimeSpan duration, double rate, CancellationToken ct)
    {
        var run = await measured.PrepareAsync(duration, rate, ct);
        var logins = new Generator(server, await storm(0, ct));
        var aside = new Generator(server, await bystander(0, ct));
        return () =>
        {
            Tally? stormed = null;
            Tally? asked = null;
            var threads = new[] { new Thread(() => stormed = logins.Run(TimeSpan.FromHours(1))), new Thread(() => asked = aside.Run(TimeSpan.FromHours(1))) };
            foreach (var thread in threads)
            {
                thread.Start();
            }

            var tally = run();
            logins.Stop();
            aside.Stop();
            foreach (var thread in threads)
            {
                thread.Join();
            }

            Bystander.AddRange(asked!.Latencies);
            return tally with { Faults = [.. tally.Faults, .. stormed!.Faults, .. asked.Faults] };
        };
    }
}
