using System.Security.Cryptography;

namespace AuthCore.Keys;

/// <summary>AES-256-GCM (NIST SP 800-38D) as version, nonce, ciphertext, tag.</summary>
internal static class Envelope
{
    public const int KeyBytes = 32;
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = 1 + NonceBytes + TagBytes;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        var sealedBytes = new byte[plaintext.Length + Overhead];
        sealedBytes[0] = Version;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);   // one a call: an AesGcm object is not for two threads
        aes.Encrypt(nonce, plaintext, sealedBytes.AsSpan(1 + NonceBytes, plaintext.Length), sealedBytes.AsSpan(^TagBytes..), associated);
        return sealedBytes;
    }

    /// <summary>False where the bytes were not sealed under this key and these associated data, or were changed since.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated, out byte[] plaintext)
    {
        plaintext = [];
        if (sealedBytes.Length < Overhead || sealedBytes[0] != Version)
        {
            return false;
        }

        var opened = new byte[sealedBytes.Length - Overhead];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(sealedBytes.Slice(1, NonceBytes), sealedBytes.Slice(1 + NonceBytes, opened.Length), sealedBytes[^TagBytes..], opened, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plaintext = opened;
        return true;
    }
}
