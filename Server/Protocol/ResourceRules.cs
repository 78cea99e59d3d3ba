namespace AuthCore.Protocol;

/// <summary>RFC 8707: which resources a token is for.</summary>
public static class ResourceRules
{
    private const int MaxResources = 10;

    /// <summary>RFC 9728 §1.2: whether metadata of the resource can have a place: its identifier is an https URL with a host; http where the server itself is in development.</summary>
    public static bool HasWellKnownPlace(string identifier, string issuer)
    {
        var scheme = identifier.StartsWith("https://", StringComparison.Ordinal) ? "https://"
            : issuer.StartsWith("http://", StringComparison.Ordinal) && identifier.StartsWith("http://", StringComparison.Ordinal) ? "http://"
            : null;
        return scheme is not null && identifier.Length > scheme.Length && identifier[scheme.Length] is not ('/' or '?');
    }

    /// <summary>RFC 8707 §2.1: the resources of an authorization or client credentials request.</summary>
    /// <returns>Those asked for; else the client's default; else none.</returns>
    public static Result<string[]> Choose(string[] asked, Client client)
    {
        if (asked.Length == 0)
        {
            return client.DefaultResource is { } resource ? [resource] : Array.Empty<string>();
        }

        return asked.Length <= MaxResources && asked.All(client.Resources.Contains)
            ? asked.Distinct().ToArray()
            : ProtocolError.InvalidTarget("resource not allowed for the client");
    }

    /// <summary>RFC 8707 §2.2: a token request may narrow to some of what was granted.</summary>
    public static Result<string[]> Narrow(string[] asked, string[] granted) =>
        asked.Length == 0 ? granted
            : asked.All(granted.Contains) ? asked.Distinct().ToArray()
            : ProtocolError.InvalidTarget("resource was not granted");
}
