using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Processes;

/// <summary>npm oidc-provider, from the folder <c>peer</c> beside this program's source.</summary>
internal static class PeerServer
{
    public const string Name = "oidc-provider";

    /// <returns>The peer, or why there is none.</returns>
    public static async Task<(ChildProcess? Peer, string? Reason)> StartAsync(string folder, Population population, CancellationToken ct)
    {
        if (FindSource() is not { } source)
        {
            return (null, "its folder is not there: run it from inside a clone");
        }

        if (!await SucceedsAsync("node", ["--version"], ct))
        {
            return (null, "there is no Node.js here");
        }

        if (!Directory.Exists(Path.Combine(source, "node_modules")) && !await SucceedsAsync("npm", ["ci", "--prefix", source, "--no-audit", "--no-fund", "--loglevel=error"], ct))
        {
            return (null, "npm ci did not succeed");
        }

        var address = ChildProcess.FreeAddress();
        var settings = Path.Combine(folder, "peer.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            port = address.Port,
            machines = population.Clients.Select(machine => new { id = machine.ClientId, secret = machine.Secret }),
            web = new { id = Population.WebClient, secret = population.WebSecret, redirectUri = Population.RedirectUri },
            scope = Population.Scope,
        }), ct);
        (string, string)[] environment = [("SERVER_BENCH_PEER", settings), ("NODE_ENV", "production")];
        return (await ChildProcess.StartAsync("peer", folder, ["node", Path.Combine(source, "server.mjs")], environment, address, "/jwks", ct), null);
    }

    private static string? FindSource()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var peer = Path.Combine(folder.FullName, "peer");
            if (File.Exists(Path.Combine(peer, "server.mjs")))
            {
                return peer;
            }
        }

        return null;
    }

    private static async Task<bool> SucceedsAsync(string program, string[] arguments, CancellationToken ct)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct), process.WaitForExitAsync(ct));
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;   // not installed
        }
    }
}
