namespace AuthCore.Stores;

/// <summary>PostgreSQL could not answer. Nothing is known about the request: 503, never a verdict.</summary>
internal sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
