using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>OIDC Core §5.3.2: a form of userinfo other than plain JSON. Errors are not of its concern: they stay JSON.</summary>
internal interface IUserInfoFormat
{
    /// <summary>The media type of the answer.</summary>
    string MediaType { get; }

    /// <summary>Whether the client is registered for it.</summary>
    bool IsFor(Client client);

    /// <summary>The body.</summary>
    ValueTask<string> MakeAsync(UserInfo info, CancellationToken ct);
}
