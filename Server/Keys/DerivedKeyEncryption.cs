using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Keys;

/// <summary>
/// Keeps a refresh token's successor so that only the holder of the token itself can have it back: the key is derived
/// (HKDF-SHA256, RFC 5869) from the presented value, of which the database holds nothing but a hash.
/// </summary>
internal static class DerivedKeyEncryption
{
    public static byte[] EncryptUnder(string presentedToken, ReadOnlySpan<byte> plaintext)
    {
        ArgumentException.ThrowIfNullOrEmpty(presentedToken);
        Span<byte> key = stackalloc byte[Envelope.KeyBytes];
        Derive(presentedToken, key);
        return Envelope.Seal(key, plaintext, []);
    }

    /// <summary>False where another token is presented, or the bytes were changed.</summary>
    public static bool TryDecryptUnder(string presentedToken, ReadOnlySpan<byte> ciphertext, out byte[] plaintext)
    {
        plaintext = [];
        if (presentedToken.Length == 0)
        {
            return false;   // OpenSSL derives nothing from nothing
        }

        Span<byte> key = stackalloc byte[Envelope.KeyBytes];
        Derive(presentedToken, key);
        return Envelope.TryOpen(key, ciphertext, [], out plaintext);
    }

    private static void Derive(string presentedToken, Span<byte> key)
    {
        var length = Encoding.UTF8.GetByteCount(presentedToken);
        var token = length <= 256 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(presentedToken, token);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, token, key, [], "authcore refresh successor"u8);
    }
}
