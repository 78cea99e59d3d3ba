using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>Who gets refresh tokens, and how long each token lives: the client's settings, else the server's.</summary>
internal sealed class TokenTerms(AuthCoreOptions options)
{
    /// <summary>OIDC Core §11: an OpenID client gets a refresh token for <c>offline_access</c>; for others the client's setting decides.</summary>
    public static bool Applies(Client client, Grant grant) => Applies(client, grant.Scope.Contains(Scope.OpenId), grant.Offline);

    /// <summary>When a refresh token issued now is too old, unused.</summary>
    public DateTimeOffset IdleLimit(Client client, Grant grant, DateTimeOffset now)
    {
        var idle = now + (Seconds(client.RefreshTokenIdleLifetime) ?? options.Lifetimes.RefreshTokenIdle);
        var absolute = grant.CreatedAt + AbsoluteLifetime(client);   // the family itself may last a little longer, for its last access token
        return idle < absolute ? idle : absolute;
    }

    /// <summary>How long a code lives: the server's setting, or the client's where that is shorter.</summary>
    public TimeSpan CodeLifetime(Client client) => Seconds(client.AuthorizationCodeLifetime) is { } own ? Shorter(own, options.Lifetimes.Code) : options.Lifetimes.Code;

    /// <summary>When a family begun now ends: with its last refresh token, or with the access token of its code, whichever is later.</summary>
    public DateTimeOffset FamilyLimit(Client client, Grant grant, IReadOnlyDictionary<string, ResourceDefinition> resources, DateTimeOffset now)
    {
        var withoutRefresh = now + CodeLifetime(client) + AccessTokenLifetime(client, grant.Resource, resources, isForUser: true);
        var withRefresh = now + AbsoluteLifetime(client);
        return Applies(client, grant) && withRefresh > withoutRefresh ? withRefresh : withoutRefresh;
    }

    /// <summary>How long an access token lives: the client's setting, else the shortest of its resources, else the server's.</summary>
    public TimeSpan AccessTokenLifetime(Client client, string[] resource, IReadOnlyDictionary<string, ResourceDefinition> resources, bool isForUser) =>
        Seconds(client.AccessTokenLifetime ?? resource.Select(resources.GetValueOrDefault).Min(r => r?.AccessTokenLifetime))
        ?? (isForUser ? options.Lifetimes.AccessToken : options.Lifetimes.ClientCredentialsAccessToken);

    /// <summary>How long a retry gets the same successor.</summary>
    public TimeSpan RetryWindow(Client client) => Seconds(client.RefreshTokenRetryWindow) ?? options.Lifetimes.RefreshRetryWindow;

    /// <summary>How long the client will have access, for the person who is asked; to follow "This lasts".</summary>
    public string DescribeLifetime(Client client, AuthorizationRequest request, IReadOnlyDictionary<string, ResourceDefinition> resources)
    {
        var offline = request.Scope.Contains(Scope.OfflineAccess);
        return !Applies(client, request.IsOpenId, offline) ? Words(AccessTokenLifetime(client, request.Resource, resources, isForUser: true))
            : offline ? $"{Words(AbsoluteLifetime(client))} at most"
            : $"until you sign out, {Words(Shorter(AbsoluteLifetime(client), options.Lifetimes.SessionAbsolute))} at most";
    }

    /// <summary>A time in words, rounded down: "30 days", "15 minutes".</summary>
    public static string Words(TimeSpan time) =>
        time >= TimeSpan.FromDays(2) ? $"{(int)time.TotalDays} days"
            : time >= TimeSpan.FromHours(2) ? $"{(int)time.TotalHours} hours"
            : time >= TimeSpan.FromMinutes(2) ? $"{(int)time.TotalMinutes} minutes"
            : $"{(int)time.TotalSeconds} seconds";

    private TimeSpan AbsoluteLifetime(Client client) => Seconds(client.RefreshTokenAbsoluteLifetime) ?? options.Lifetimes.RefreshTokenAbsolute;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static bool Applies(Client client, bool isOpenId, bool offline) =>
        client.GrantTypes.Contains("refresh_token") && (offline || (!isOpenId && client.RefreshTokenWithoutOfflineAccess));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
