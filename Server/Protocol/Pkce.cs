using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Protocol;

/// <summary>RFC 7636: proof key for code exchange, S256 only.</summary>
public static class Pkce
{
    /// <summary>RFC 7636 §4.3: the one method. <c>plain</c> is never accepted.</summary>
    public const string S256 = "S256";

    private const int ChallengeLength = 43;   // base64url of 32 bytes

    /// <summary>RFC 7636 §4.2: whether this can be an S256 challenge: 43 characters of canonical base64url.</summary>
    public static bool IsChallenge(string challenge) =>
        challenge.Length == ChallengeLength
        && challenge.All(IsBase64Url)
        && "AEIMQUYcgkosw048".Contains(challenge[^1]);   // the last of 43 characters stands for four bits: RFC 4648 §3.5

    /// <summary>RFC 7636 §4.1: 43 to 128 unreserved characters.</summary>
    public static bool IsVerifier(string verifier) =>
        verifier.Length is >= 43 and <= 128 && verifier.All(c => IsBase64Url(c) || c is '.' or '~');

    /// <summary>RFC 7636 §4.6: whether the verifier hashes to the challenge.</summary>
    /// <param name="verifier">As sent to the token endpoint; null where absent.</param>
    /// <param name="challenge">As kept with the code; null where the client was excused from PKCE.</param>
    /// <returns>RFC 9700 §4.8.2: a verifier without a challenge is false, and so is a challenge without a verifier.</returns>
    public static bool Matches(string? verifier, string? challenge)
    {
        if (verifier is null || challenge is null)
        {
            return verifier is null && challenge is null;
        }

        if (!IsVerifier(verifier))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(verifier), hash);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(hash)), Encoding.ASCII.GetBytes(challenge));
    }

    /// <summary>OAuth 2.1 §4.1.1, RFC 9700 §2.1.1: why an authorization request cannot go on. S256 is demanded; an absent method means plain (RFC 7636 §4.3), which is refused.</summary>
    public static ProtocolError? FindFault(Parameters parameters, Client client)
    {
        var challenge = parameters["code_challenge"];
        var method = parameters["code_challenge_method"];
        if (challenge is null)
        {
            return IsDemandedOf(client) || method is not null
                ? ProtocolError.InvalidRequest("The parameter 'code_challenge' is required (PKCE, S256).")
                : null;
        }

        return method != S256 ? ProtocolError.InvalidRequest("The parameter 'code_challenge_method' must be S256.")
            : !IsChallenge(challenge) ? ProtocolError.InvalidRequest("The parameter 'code_challenge' is not an S256 challenge.")
            : null;
    }

    /// <summary>OAuth 2.1 §4.1.1, §7.6: of everybody, but a confidential client of old that was excused.</summary>
    public static bool IsDemandedOf(Client client) => client.RequirePkce || client.IsPublic;

    private static bool IsBase64Url(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
