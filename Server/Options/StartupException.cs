namespace AuthCore.Options;

/// <summary>A reason not to start that the operator can mend. Its message is the whole explanation: it is printed as it is.</summary>
public sealed class StartupException(string message) : Exception(message);
