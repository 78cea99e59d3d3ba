using System.Buffers.Text;
using System.Globalization;
using System.Text;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.Logout;

/// <summary>
/// A checked request on its way through the browser: from a cross-site POST to the GET that brings the cookies, and through the form that asks the person.
/// It is encrypted, so that no token, hint or state stands in a URL, and nothing in it can be changed.
/// </summary>
internal sealed class SealedRequest(KeyEncryption encryption, AuthCoreOptions options, TimeProvider clock)
{
    private const string Purpose = "end session request";
    private const char Separator = '\0';   // which the gate lets through in no parameter
    private const int MaxLength = 16 * 1024;

    /// <summary>Seals it.</summary>
    public string Seal(EndSessionRequest request)
    {
        var at = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var text = string.Join(Separator, at, request.ClientId, request.PostLogoutRedirectUri, request.State, request.HintedSubject, request.HintedSession, request.LogoutHint);
        return Base64Url.EncodeToString(encryption.Encrypt(Encoding.UTF8.GetBytes(text), Purpose));
    }

    /// <summary>Opens it; an error where it is not ours, or older than an interaction may be.</summary>
    public Result<EndSessionRequest> Open(string? value)
    {
        if (value is null || value.Length > MaxLength || !Base64Url.IsValid(value) || !encryption.TryDecrypt(Base64Url.DecodeFromChars(value), Purpose, out var bytes))
        {
            return ProtocolError.InvalidRequest("The logout request cannot be read.");
        }

        var parts = Encoding.UTF8.GetString(bytes).Split(Separator);
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0], CultureInfo.InvariantCulture));
        if (clock.GetUtcNow() - at > options.Lifetimes.Interaction)
        {
            return ProtocolError.InvalidRequest("The logout request took too long.");
        }

        return new EndSessionRequest
        {
            ClientId = Part(1),
            PostLogoutRedirectUri = Part(2),
            State = Part(3),
            HintedSubject = Part(4),
            HintedSession = Part(5),
            LogoutHint = Part(6),
        };

        string? Part(int index) => parts[index].Length == 0 ? null : parts[index];
    }
}
