using AuthCore.Protocol;

namespace AuthCore.Features.FrontChannelLogout;

/// <summary>Front-Channel Logout §2, §3: the address that a frame loads. Pure.</summary>
internal static class FrontChannelUri
{
    /// <summary>The registered address; with issuer and session where the client wants them: both, or neither. A registered query stays.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="issuer">The server.</param>
    /// <param name="session">The <c>sid</c> of this client's ID tokens.</param>
    /// <returns>Null where the client has no such address, or is switched off.</returns>
    public static string? For(Client client, string issuer, Guid session)
    {
        if (client is not { FrontchannelLogoutUri: { } uri, DisabledAt: null })
        {
            return null;
        }

        if (!client.FrontchannelLogoutSessionRequired)
        {
            return uri;
        }

        var separator = !uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? "" : "&";
        return $"{uri}{separator}iss={Uri.EscapeDataString(issuer)}&sid={session:D}";
    }
}
