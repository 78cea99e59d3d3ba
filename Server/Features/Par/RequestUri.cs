using System.Diagnostics.CodeAnalysis;
using AuthCore.Keys;

namespace AuthCore.Features.Par;

/// <summary>RFC 9126 §2.2: what a pushed request is called by: the URN of the standard, then an opaque value with 256 random bits.</summary>
internal static class RequestUri
{
    private const string Prefix = "urn:ietf:params:oauth:request_uri:";

    /// <summary>The name of a pushed request.</summary>
    public static string Of(Handle pushed) => Prefix + pushed.Value;

    /// <summary>Whether it is of the kind that this server gives out; any other would have to be fetched, which is never done.</summary>
    public static bool IsOurs(string value) => value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads one; whatever this server could not have made is refused.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out Handle? pushed)
    {
        pushed = null;
        return IsOurs(value) && Handle.TryParse(HandleKind.PushedRequest, value[Prefix.Length..], out pushed);
    }

    /// <summary>What the interaction's URL carries. The row keeps the hash of this; the <c>request_uri</c> itself is kept nowhere.</summary>
    public static Handle InteractionOf(Handle pushed) => pushed.Derive(HandleKind.Interaction);
}
