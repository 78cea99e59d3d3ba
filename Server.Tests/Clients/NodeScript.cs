using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Clients;

/// <summary>Runs a script of this folder with node, and reads the lines of JSON it prints.</summary>
internal static class NodeScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string Folder = Path.Combine(SourceTree.Root, "Server.Tests", "Clients");

    /// <summary>On a person's machine npm's packages may be missing, and the test is skipped; in CI they may not.</summary>
    public static void Demand(string package)
    {
        if (Missing(package) is { } missing)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", missing);
            Assert.Fail(missing);
        }
    }

    /// <summary>A file of this folder.</summary>
    public static string FileOf(params string[] path) => Path.Combine([Folder, .. path]);

    public static async Task<IReadOnlyList<JsonElement>> RunAsync(string script, string input, CancellationToken ct, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            var errors = node.StandardError.ReadToEndAsync(limit.Token);
            var output = node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.StandardInput.WriteAsync(input);
            node.StandardInput.Close();
            await node.WaitForExitAsync(limit.Token);

            var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.Length > 0
                ? [.. lines.Select(line => JsonElement.Parse(line))]
                : throw new InvalidOperationException($"{script} ended with {node.ExitCode} and said: {await errors}");
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }
        }
    }

    private static string? Missing(string package) =>
        !Directory.Exists(FileOf("node_modules", package)) ? $"{package} is missing: run `npm ci` in Server.Tests/Clients"
        : !OnPath("node") ? "node is missing"
        : null;

    private static bool OnPath(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { UseShellExecute = false, RedirectStandardOutput = true });
            return process is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
