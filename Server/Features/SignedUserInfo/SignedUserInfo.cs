using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.SignedUserInfo;

/// <summary>The line of the composition root; there is nothing to map.</summary>
internal static class SignedUserInfoExtensions
{
    /// <summary>OIDC Core §5.3.2: userinfo as a signed JWT for the clients that are registered for it.</summary>
    public static IServiceCollection AddSignedUserInfo(this IServiceCollection services) => services
        .AddSingleton<IUserInfoFormat, SignedUserInfo>()
        .AddSingleton<IMetadataPart, SignedUserInfoMetadata>();
}

/// <summary>
/// OIDC Core §5.3.2: <c>iss</c>, <c>aud</c> and the claims, as a JWT. It has no <c>exp</c>, <c>iat</c> or <c>nonce</c>: nobody who reads ID tokens as the
/// standard says takes it for one, and neither do we (<see cref="IdTokenHints"/>).
/// </summary>
internal sealed class SignedUserInfo(AuthCoreOptions options, SigningKeys keys) : IUserInfoFormat
{
    private const string Type = "JWT";

    /// <inheritdoc/>
    public string MediaType => "application/jwt";

    /// <inheritdoc/>
    public bool IsFor(Client client) => client.UserinfoSignedResponseAlg is not null;

    /// <inheritdoc/>
    public async ValueTask<string> MakeAsync(UserInfo info, CancellationToken ct) =>
        JsonSigner.Sign(await keys.ActiveAsync(info.Client.UserinfoSignedResponseAlg!, ct), Type, json => Write(json, info));

    private void Write(Utf8JsonWriter json, UserInfo info)
    {
        json.WriteStartObject();
        json.WriteString("iss", options.Issuer);
        json.WriteString("aud", info.Client.ClientId);
        info.WriteMembers(json);
        json.WriteEndObject();
    }
}

/// <summary>OIDC Discovery §3, OIDC Registration §2: the algorithms are those of ID tokens.</summary>
internal sealed class SignedUserInfoMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        UserInfoSigningAlgs = capabilities.IdTokenSigningAlgs,
        ClientMetadata = [.. capabilities.ClientMetadata, "userinfo_signed_response_alg"],
    };

    /// <inheritdoc/>
    public void Describe(JsonObject metadata, string issuer) =>
        metadata["userinfo_signing_alg_values_supported"] = metadata["id_token_signing_alg_values_supported"]!.DeepClone();
}
