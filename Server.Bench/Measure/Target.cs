namespace AuthCore.Bench.Measure;

/// <summary>A process that is measured.</summary>
/// <param name="ProcessId">Which.</param>
/// <param name="Probe">Its runtime; null where nobody can tell.</param>
internal sealed record Target(int ProcessId, RuntimeProbe? Probe);
