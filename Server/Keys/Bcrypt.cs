using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Keys;

/// <summary>bcrypt by the system's libcrypt (libxcrypt), where it has one; each call works in memory of its own, so any thread may call.</summary>
internal static unsafe class Bcrypt
{
    public const int MinCost = 4;
    public const int MaxCost = 31;
    public const int HashLength = 60;

    /// <summary>The password's bytes beyond these change nothing.</summary>
    public const int SignificantBytes = 72;

    private const int SaltBytes = 16;
    private const int DigestLength = 31;

    private static readonly delegate* unmanaged<byte*, byte*, void**, int*, byte*> Crypt;
    private static readonly delegate* unmanaged<byte*, CULong, byte*, int, byte*> GenerateSalt;

    static Bcrypt()
    {
        foreach (var name in new[] { "libcrypt.so.1", "libcrypt.so.2" })
        {
            if (NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "crypt_ra", out var crypt)
                && NativeLibrary.TryGetExport(library, "crypt_gensalt_ra", out var salt))
            {
                Crypt = (delegate* unmanaged<byte*, byte*, void**, int*, byte*>)crypt;
                GenerateSalt = (delegate* unmanaged<byte*, CULong, byte*, int, byte*>)salt;
                IsAvailable = Works();
                return;
            }
        }
    }

    /// <summary>Whether this system can do it; older libcrypts load and know no bcrypt.</summary>
    public static bool IsAvailable { get; }

    /// <summary>The cost of a `$2a$`, `$2b$` or `$2y$` hash, or null where the text is none.</summary>
    public static int? CostOf(ReadOnlySpan<char> hash)
    {
        if (hash.Length != HashLength || !hash.StartsWith("$2", StringComparison.Ordinal) || hash[2] is not ('a' or 'b' or 'y') || hash[3] != '$' || hash[6] != '$'
            || !char.IsAsciiDigit(hash[4]) || !char.IsAsciiDigit(hash[5]))
        {
            return null;
        }

        foreach (var c in hash[7..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '/'))
            {
                return null;
            }
        }

        var cost = ((hash[4] - '0') * 10) + hash[5] - '0';
        return cost is >= MinCost and <= MaxCost ? cost : null;
    }

    /// <summary>A new `$2b$` hash.</summary>
    public static string Hash(ReadOnlySpan<byte> password, int cost) => Compute(password, NewSetting(cost));

    /// <summary>Whether the password makes this hash; the work is that of the hash's cost.</summary>
    public static bool Verify(ReadOnlySpan<byte> password, string hash)
    {
        var made = Compute(password, hash);
        // The digest alone: libcrypt corrects bits of the salt that stand for nothing.
        return CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(made.AsSpan(made.Length - DigestLength)), MemoryMarshal.AsBytes(hash.AsSpan(hash.Length - DigestLength)));
    }

    /// <summary>A hash of this cost that no password has: made without the work, verified with all of it.</summary>
    public static string OfNothing(int cost) => NewSetting(cost) + new string('.', DigestLength);

    private static string NewSetting(int cost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, MinCost);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost, MaxCost);
        if (GenerateSalt is null)
        {
            throw new PlatformNotSupportedException("This system's libcrypt has no bcrypt.");
        }

        Span<byte> random = stackalloc byte[SaltBytes];
        RandomNumberGenerator.Fill(random);
        fixed (byte* prefix = "$2b$\0"u8)
        fixed (byte* bytes = random)
        {
            var setting = GenerateSalt(prefix, new CULong((nuint)cost), bytes, SaltBytes);
            try
            {
                return Marshal.PtrToStringUTF8((nint)setting) ?? throw new CryptographicException("libcrypt made no salt.");
            }
            finally
            {
                NativeMemory.Free(setting);
            }
        }
    }

    private static string Compute(ReadOnlySpan<byte> password, string setting)
    {
        if (Crypt is null)
        {
            throw new PlatformNotSupportedException("This system's libcrypt has no bcrypt.");
        }

        if (password.Contains((byte)0))
        {
            throw new ArgumentException("A NUL would end the password early.", nameof(password));
        }

        // libcrypt refuses what is longer than 511 bytes, bcrypt itself never sees more than 72
        password = password[..Math.Min(password.Length, SignificantBytes)];
        Span<byte> phrase = stackalloc byte[SignificantBytes + 1];
        phrase.Clear();
        password.CopyTo(phrase);
        Span<byte> settingBytes = stackalloc byte[HashLength + 1];
        settingBytes.Clear();
        Encoding.ASCII.GetBytes(setting, settingBytes);

        void* data = null;
        var size = 0;
        try
        {
            fixed (byte* p = phrase)
            fixed (byte* s = settingBytes)
            {
                return Marshal.PtrToStringUTF8((nint)Crypt(p, s, &data, &size)) is { Length: HashLength } made
                    ? made
                    : throw new CryptographicException("libcrypt refused the hash.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(new Span<byte>(data, size));
            NativeMemory.Free(data);
        }
    }

    // A vector of crypt_blowfish's own self-test, at cost 5.
    private static bool Works()
    {
        try
        {
            return Verify("U*U"u8, "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") && CostOf(NewSetting(MinCost) + new string('.', DigestLength)) == MinCost;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
