using System.Security.Cryptography;
using System.Text;
using AuthCore.Jose;

namespace AuthCore.Features.PairwiseSubjects;

/// <summary>
/// OIDC Core §8.1: names made by HMAC-SHA256 under one secret of the server. The same sector and user give the same name for ever; without the secret
/// nobody can tell whose a name is, nor whether two of two sectors are one person's. A NUL, which is in no host and in no subject, parts the input.
/// </summary>
internal static class PairwiseNames
{
    /// <summary>43 characters of base64url.</summary>
    public static string SubjectOf(byte[] secret, string sector, string subject) => CanonicalBase64Url.Encode(Mac(secret, $"sub\0{sector}\0{subject}"));

    /// <summary>128 bits, in the form of the session ids they stand for.</summary>
    public static Guid SessionOf(byte[] secret, string sector, Guid sessionId) => new(Mac(secret, $"sid\0{sector}\0{sessionId:N}").AsSpan(0, 16), bigEndian: true);

    private static byte[] Mac(byte[] secret, string input) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(input));
}
