using System.Globalization;
using AuthCore.Bench.Ceilings;
using AuthCore.Options;

namespace AuthCore.Bench.Processes;

/// <summary>The measured server and the server of the ceilings, under the same runtime and the same runtime settings.</summary>
internal static class Servers
{
    private static readonly string s_dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
    private static readonly string s_bench = typeof(Servers).Assembly.Location;
    private static readonly string s_server = typeof(AuthCoreOptions).Assembly.Location;

    /// <summary>The built AuthCore, in production, with nothing set that its operator need not set.</summary>
    /// <param name="name">For its files.</param>
    /// <param name="folder">Where its files go.</param>
    /// <param name="connectionString">Its database.</param>
    /// <param name="masterKey">Base64.</param>
    /// <param name="hashingCost">Of passwords.</param>
    /// <param name="extra">Variables that somebody wants to try.</param>
    /// <param name="ct">Ends the wait.</param>
    public static Task<ChildProcess> StartAuthCoreAsync(
        string name, string folder, string connectionString, string masterKey, int hashingCost, IEnumerable<(string Name, string Value)> extra, CancellationToken ct)
    {
        var address = ChildProcess.FreeAddress();
        (string, string)[] environment =
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("AUTHCORE__ISSUER", $"http://{address}"),
            ("AUTHCORE__DATABASE", connectionString),
            ("AUTHCORE__MASTERKEY", masterKey),
            ("AUTHCORE__PASSWORDHASHING__COST", hashingCost.ToString(CultureInfo.InvariantCulture)),
            ("DOTNET_STARTUP_HOOKS", s_bench),
        ];
        return ChildProcess.StartAsync(name, folder, [s_dotnet, s_server], [.. environment, .. extra], address, "/health/ready", ct);
    }

    /// <summary>The bare endpoints.</summary>
    public static Task<ChildProcess> StartCeilingsAsync(string folder, string connectionString, ChildProcess server, CancellationToken ct)
    {
        var address = ChildProcess.FreeAddress();
        var settings = Path.ChangeExtension(s_server, ".runtimeconfig.json");
        string[] command = [s_dotnet, "exec", "--runtimeconfig", settings, "--depsfile", Path.ChangeExtension(s_bench, ".deps.json"), s_bench, CeilingServer.Verb];
        (string, string)[] environment =
        [
            (CeilingServer.AddressVariable, address.ToString()),
            (CeilingServer.DatabaseVariable, connectionString),
            (CeilingServer.ServerVariable, server.Address.ToString()),
        ];
        return ChildProcess.StartAsync("ceiling", folder, command, environment, address, CeilingServer.Ready, ct);
    }
}
