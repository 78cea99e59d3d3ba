namespace AuthCore.Bench;

/// <summary>A reason why nothing can be measured. Its message is the whole explanation.</summary>
internal sealed class BenchException(string message) : Exception(message);
