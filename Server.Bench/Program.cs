using System.CommandLine;
using System.Reflection;
using AuthCore.Bench;
using AuthCore.Bench.Ceilings;
using AuthCore.Bench.Workloads;

if (args is [CeilingServer.Verb])
{
    await CeilingServer.RunAsync();
    return 0;
}

var workload = new Option<string[]>("--workload") { Description = $"What to measure, of: {string.Join(", ", Suite.Names)}. Default: all.", AllowMultipleArgumentsPerToken = true };
workload.AcceptOnlyFromAmong([.. Suite.Names]);
var seconds = new Option<double>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 10 };
var rounds = new Option<int>("--rounds") { Description = "Rounds of each workload and its ceiling, in turn.", DefaultValueFactory = _ => 5 };
var connections = new Option<int>("--connections") { Description = "Kept connections, each with one virtual user.", DefaultValueFactory = _ => 32 };
var rows = new Option<long>("--rows") { Description = "Measures cc and refresh beside a database with this many families, each with a refresh token." };
var peer = new Option<bool>("--peer") { Description = "Measures cc, refresh and discovery beside npm oidc-provider." };
var json = new Option<string?>("--json") { Description = "Writes the result to this file." };
var smoke = new Option<bool>("--smoke") { Description = "One short round of each: looks for errors, never at speed." };
var env = new Option<string[]>("--env") { Description = "NAME=VALUE: a variable of the measured server, to try a setting." };
var command = new RootCommand("Measures AuthCore against what this machine can do at most.") { workload, seconds, rounds, connections, rows, peer, json, smoke, env };
command.SetAction(async (parsed, ct) =>
{
    var options = new BenchOptions
    {
        Workloads = parsed.GetValue(workload) ?? [],
        Round = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        CeilingRound = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        Rounds = parsed.GetValue(rounds),
        Connections = parsed.GetValue(connections),
        Rows = parsed.GetValue(rows),
        Peer = parsed.GetValue(peer),
        JsonFile = parsed.GetValue(json),
        ServerEnvironment = [.. (parsed.GetValue(env) ?? []).Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair.ElementAtOrDefault(1) ?? ""))],
    };
    try
    {
        if (typeof(BenchOptions).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration != "Release")
        {
            throw new BenchException("This build is made for debugging: dotnet run -c Release --project Server.Bench");
        }

        return await new Bench(parsed.GetValue(smoke) ? options.Smoke() : options, Console.Out).RunAsync(ct);
    }
    catch (BenchException fault)
    {
        await Console.Error.WriteLineAsync(fault.Message);
        return 2;
    }
});
return await command.Parse(args).InvokeAsync();
