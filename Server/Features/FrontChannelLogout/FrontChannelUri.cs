namespace AuthCore.Features.FrontChannelLogout;

/// <summary>Front-Channel Logout §2, §3: the address that a frame loads. Pure.</summary>
internal static class FrontChannelUri
{
    /// <summary>The registered address; with issuer and session where the client wants them: both, or neither. A registered query stays.</summary>
    public static string For(FrontChannelClient client, string issuer, Guid session)
    {
        var uri = client.FrontchannelLogoutUri;
        if (!client.FrontchannelLogoutSessionRequired)
        {
            return uri;
        }

        var separator = !uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? "" : "&";
        return $"{uri}{separator}iss={Uri.EscapeDataString(issuer)}&sid={session:D}";
    }
}
