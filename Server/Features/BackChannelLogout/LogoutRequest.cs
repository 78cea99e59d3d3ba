using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Web;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>What an application answered to a logout request.</summary>
/// <param name="Status">The status; 0 where there was no answer.</param>
/// <param name="Error">In words for the operator; nothing of the token.</param>
/// <param name="IsFinal">Whether trying again cannot help.</param>
internal sealed record LogoutAnswer(int Status, string Error, bool IsFinal = false);

/// <summary>Back-Channel Logout §2.5: one POST with a logout token that is signed now, with the algorithm of the client's ID tokens.</summary>
internal sealed class LogoutRequest(ClientCache clients, Subjects subjects, SigningKeys keys, OutboundHttp http, AuthCoreOptions options, TimeProvider clock)
{
    private const int MaxAnswer = 16 * 1024;
    private const int MaxErrorLength = 200;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Sends it, as the client is registered now.</summary>
    /// <exception cref="StorageUnavailableException">The client could not be looked up; nothing was sent.</exception>
    public async Task<LogoutAnswer> SendAsync(LogoutMessage message, CancellationToken ct)
    {
        if (await clients.FindAsync(message.ClientId, ct) is not { DisabledAt: null, BackchannelLogoutUri: { } uri } client)
        {
            return new LogoutAnswer(0, "the client is switched off, or has no backchannel_logout_uri any more", IsFinal: true);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", await SignAsync(message, client, ct))]),
        };
        var answer = await http.SendAsync(request, s_limit, MaxAnswer, ct);
        return new LogoutAnswer(answer.Status, answer.Status == 0 ? answer.Fault![..Math.Min(answer.Fault!.Length, MaxErrorLength)] : ErrorOf(answer));
    }

    private async Task<string> SignAsync(LogoutMessage message, Client client, CancellationToken ct)
    {
        var claims = new LogoutTokenClaims
        {
            Issuer = options.Issuer,
            Subject = subjects.For(client, message.Subject),
            Audience = client.ClientId,
            IssuedAt = clock.GetUtcNow(),
            JwtId = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{message.Jti}.{message.Attempts}"),
            SessionId = subjects.SessionFor(client, message.SessionId),
        };
        return JsonSigner.Sign(await keys.ActiveAsync(client.IdTokenSignedResponseAlg, ct), LogoutTokenClaims.Type, claims.Write);
    }

    // §2.8: the body of a refusal may name an error code; only what looks like one is kept.
    private static string ErrorOf(OutboundAnswer answer)
    {
        var status = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"answered {answer.Status}");
        try
        {
            return answer.Status == 400 && JsonElement.Parse(answer.Body) is { ValueKind: JsonValueKind.Object } json
                && json.TryGetProperty("error", out var member) && member.ValueKind == JsonValueKind.String
                && member.GetString() is { Length: > 0 and <= 64 } code && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
                    ? $"{status} {code}" : status;
        }
        catch (JsonException)
        {
            return status;
        }
    }
}
