using AuthCore.Bench.Measure;

#pragma warning disable MA0047, CA1050 // the runtime looks for this name without a namespace
/// <summary>What DOTNET_STARTUP_HOOKS runs inside the measured server before its Main.</summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime.</summary>
    public static void Initialize() => RuntimeProbe.Answer();
}
