using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Keys;

/// <summary>
/// Encrypts what rests in the database under the master key. Every purpose has a key of its own (HKDF-SHA256, RFC 5869) and is bound as
/// associated data, so nothing encrypted for one can be passed off for another. Purposes are constants of the code, never input.
/// </summary>
internal sealed class KeyEncryption
{
    public const int MasterKeyBytes = 32;

    private readonly byte[] masterKey;
    private readonly ConcurrentDictionary<string, Purpose> purposes = new(StringComparer.Ordinal);

    public KeyEncryption(ReadOnlySpan<byte> masterKey)
    {
        if (masterKey.Length != MasterKeyBytes)
        {
            throw new ArgumentException("The master key has not 32 bytes.", nameof(masterKey));
        }

        this.masterKey = masterKey.ToArray();
    }

    public byte[] Encrypt(ReadOnlySpan<byte> plaintext, string purpose)
    {
        var keys = For(purpose);
        return Envelope.Seal(keys.Encryption, plaintext, keys.Associated);
    }

    /// <summary>False where the master key or the purpose is another one, or the bytes were changed.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> ciphertext, string purpose, out byte[] plaintext)
    {
        var keys = For(purpose);
        return Envelope.TryOpen(keys.Encryption, ciphertext, keys.Associated, out plaintext);
    }

    /// <summary>HMAC-SHA256 under a key of the purpose: tells whether something changed without being able to say what it was.</summary>
    public byte[] Fingerprint(string purpose, ReadOnlySpan<byte> data) => HMACSHA256.HashData(For(purpose).Fingerprint, data);

    private Purpose For(string purpose) => purposes.GetOrAdd(purpose, static (name, master) => new Purpose(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Envelope.KeyBytes, info: Encoding.UTF8.GetBytes("authcore encryption " + name)),
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, Envelope.KeyBytes, info: Encoding.UTF8.GetBytes("authcore fingerprint " + name)),
        Encoding.UTF8.GetBytes(name)), masterKey);

    private sealed class Purpose(byte[] encryption, byte[] fingerprint, byte[] associated)
    {
        public byte[] Encryption { get; } = encryption;

        public byte[] Fingerprint { get; } = fingerprint;

        public byte[] Associated { get; } = associated;
    }
}
