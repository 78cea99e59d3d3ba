using System.ComponentModel;
using System.Diagnostics;

namespace AuthCore.Features.LocalPostgres;

/// <summary>Runs a program to its end and keeps what it said.</summary>
internal static class Command
{
    private static readonly TimeSpan Leftovers = TimeSpan.FromMilliseconds(500);

    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken ct)
    {
        // Without a window it has a console of its own on Windows, which the user's Ctrl+C does not reach.
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsNotForIt).ToArray()) { start.Environment.Remove(name); }
        start.Environment["LC_ALL"] = "C";

        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);

            // A server it left running may hold the pipes open on Windows: they never end then.
            await Task.WhenAny(output, Task.Delay(Leftovers, ct));
            return new CommandResult(process.ExitCode, output.IsCompletedSuccessfully ? string.Concat(await output).Trim() : "");
        }
        catch (Win32Exception fault)
        {
            return new CommandResult(-1, fault.Message);
        }
    }

    /// <summary>The server's own secrets, and what would point PostgreSQL's programs elsewhere.</summary>
    private static bool IsNotForIt(string variable) =>
        variable.StartsWith("AUTHCORE", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("DATABASE_URL", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("PG", StringComparison.Ordinal);
}

internal sealed record CommandResult(int ExitCode, string Output);
