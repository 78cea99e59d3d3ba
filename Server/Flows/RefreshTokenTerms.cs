using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>Who gets refresh tokens, and for how long: the client's settings, else the server's.</summary>
internal sealed class RefreshTokenTerms(AuthCoreOptions options)
{
    /// <summary>OIDC Core §11: an OpenID client gets one for <c>offline_access</c>; for others the client's setting decides.</summary>
    public static bool Applies(Client client, Grant grant) =>
        client.GrantTypes.Contains("refresh_token")
        && (grant.Offline || (!grant.Scope.Contains(Scope.OpenId) && client.RefreshTokenWithoutOfflineAccess));

    /// <summary>When a refresh token issued now is too old, unused.</summary>
    public DateTimeOffset IdleLimit(Client client, Grant grant, DateTimeOffset now)
    {
        var limit = now + (Seconds(client.RefreshTokenIdleLifetime) ?? options.Lifetimes.RefreshTokenIdle);
        return limit < grant.ExpiresAt ? limit : grant.ExpiresAt;
    }

    /// <summary>When a family begun now ends.</summary>
    public DateTimeOffset AbsoluteLimit(Client client, DateTimeOffset now) =>
        now + (Seconds(client.RefreshTokenAbsoluteLifetime) ?? options.Lifetimes.RefreshTokenAbsolute);

    /// <summary>How long a retry gets the same successor.</summary>
    public TimeSpan RetryWindow(Client client) => Seconds(client.RefreshTokenRetryWindow) ?? options.Lifetimes.RefreshRetryWindow;

    /// <summary>How long the client will have access, for the person who is asked.</summary>
    public string DescribeLifetime(Client client, string[] scope) =>
        !client.GrantTypes.Contains("refresh_token") || (scope.Contains(Scope.OpenId) && !scope.Contains(Scope.OfflineAccess))
            ? Words(Seconds(client.AccessTokenLifetime) ?? options.Lifetimes.AccessToken)
            : scope.Contains(Scope.OfflineAccess)
                ? $"{Words(Seconds(client.RefreshTokenAbsoluteLifetime) ?? options.Lifetimes.RefreshTokenAbsolute)} at most"
                : "until you sign out";

    private static string Words(TimeSpan time) =>
        time >= TimeSpan.FromDays(2) ? $"{(int)time.TotalDays} days"
            : time >= TimeSpan.FromHours(2) ? $"{(int)time.TotalHours} hours"
            : time >= TimeSpan.FromMinutes(2) ? $"{(int)time.TotalMinutes} minutes"
            : $"{(int)time.TotalSeconds} seconds";

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
