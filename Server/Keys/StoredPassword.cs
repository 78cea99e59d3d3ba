using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using AuthCore.Jose;

namespace AuthCore.Keys;

/// <summary>
/// A stored password hash, in one of three forms: our own bcrypt over a digest, so that no byte of a long password is ignored;
/// a raw bcrypt hash brought from elsewhere; PBKDF2, where the system has no bcrypt.
/// </summary>
internal abstract record StoredPassword
{
    /// <summary>The work one verification takes, in the units of its own form.</summary>
    public abstract long Work { get; }

    /// <summary>Null where the text is in none of the forms.</summary>
    public static StoredPassword? Parse(string text) => (StoredPassword?)DigestBcrypt.Parse(text) ?? (StoredPassword?)RawBcrypt.Parse(text) ?? Pbkdf2.Parse(text);

    /// <summary>Whether this system can verify it.</summary>
    public virtual bool IsSupported => Bcrypt.IsAvailable;

    /// <summary>Takes its whole time; for a thread that may be held up.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> passwordUtf8);

    /// <summary>A record prints every property; this one prints its form alone.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>bcrypt over base64(SHA-384(password)): 64 characters, under bcrypt's 72 bytes and free of NUL.</summary>
    internal sealed record DigestBcrypt(string Hash, int Cost) : StoredPassword
    {
        private const string Mark = "$ac-sha384-bcrypt";

        public override long Work => 1L << Cost;

        public static new DigestBcrypt? Parse(string text) =>
            text.StartsWith(Mark, StringComparison.Ordinal) && Bcrypt.CostOf(text.AsSpan(Mark.Length)) is { } cost ? new(text[Mark.Length..], cost) : null;

        public static string Make(ReadOnlySpan<byte> passwordUtf8, int cost)
        {
            Span<byte> digest = stackalloc byte[64];
            Digest(passwordUtf8, digest);
            return Mark + Bcrypt.Hash(digest, cost);
        }

        public override bool Verify(ReadOnlySpan<byte> passwordUtf8)
        {
            Span<byte> digest = stackalloc byte[64];
            Digest(passwordUtf8, digest);
            return Bcrypt.Verify(digest, Hash);
        }

        private static void Digest(ReadOnlySpan<byte> passwordUtf8, Span<byte> base64)
        {
            Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
            SHA384.HashData(passwordUtf8, hash);
            Base64.EncodeToUtf8(hash, base64, out _, out _);
        }
    }

    /// <summary>bcrypt over the password itself, as other systems store it.</summary>
    internal sealed record RawBcrypt(string Hash, int Cost) : StoredPassword
    {
        public override long Work => 1L << Cost;

        public static new RawBcrypt? Parse(string text) => Bcrypt.CostOf(text) is { } cost ? new(text, cost) : null;

        public override bool Verify(ReadOnlySpan<byte> passwordUtf8) => Bcrypt.Verify(passwordUtf8, Hash);
    }

    /// <summary>RFC 8018 §5.2: PBKDF2 with HMAC-SHA-512.</summary>
    internal sealed record Pbkdf2(int Iterations, byte[] Salt, byte[] Hash) : StoredPassword
    {
        public const int DefaultIterations = 600_000;
        private const string Mark = "$ac-pbkdf2-sha512$";
        private const int SaltBytes = 16;
        private const int HashBytes = 32;

        public override long Work => Iterations;

        public override bool IsSupported => true;

        public static new Pbkdf2? Parse(string text)
        {
            if (!text.StartsWith(Mark, StringComparison.Ordinal) || text[Mark.Length..].Split('$') is not [var count, var salt64, var hash64])
            {
                return null;
            }

            return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) && iterations is >= 1000 and <= 10_000_000
                && CanonicalBase64Url.Decode(salt64) is { Length: SaltBytes } salt && CanonicalBase64Url.Decode(hash64) is { Length: HashBytes } hash
                    ? new(iterations, salt, hash)
                    : null;
        }

        public static string Make(ReadOnlySpan<byte> passwordUtf8, int iterations)
        {
            Span<byte> salt = stackalloc byte[SaltBytes];
            RandomNumberGenerator.Fill(salt);
            Span<byte> hash = stackalloc byte[HashBytes];
            Rfc2898DeriveBytes.Pbkdf2(passwordUtf8, salt, hash, iterations, HashAlgorithmName.SHA512);
            return string.Create(CultureInfo.InvariantCulture, $"{Mark}{iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(hash)}");
        }

        public override bool Verify(ReadOnlySpan<byte> passwordUtf8)
        {
            Span<byte> hash = stackalloc byte[HashBytes];
            Rfc2898DeriveBytes.Pbkdf2(passwordUtf8, Salt, hash, Iterations, HashAlgorithmName.SHA512);
            return CryptographicOperations.FixedTimeEquals(hash, Hash);
        }
    }
}
