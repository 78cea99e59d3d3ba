using System.Buffers.Binary;
using System.Security.Cryptography;
using AuthCore.Jose;
using AuthCore.Keys;

namespace AuthCore.Features.Dpop;

/// <summary>
/// RFC 9449 §8: nonces that nobody keeps: the second they were made in, and a code over it under a key that is derived from the master key.
/// Every node makes and reads the same, and there is a new one each second.
/// </summary>
internal sealed class DpopNonces(KeyEncryption keys, TimeProvider clock)
{
    /// <summary>How long a nonce is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(180);

    /// <summary>From when on its user is given the next.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(60);

    private const string Purpose = "dpop nonce";
    private const int TimeBytes = 8;
    private const int CodeBytes = 16;

    // Another node's clock may be ahead of ours.
    private static readonly TimeSpan s_ahead = TimeSpan.FromSeconds(10);

    /// <summary>The nonce of this second.</summary>
    public string Make()
    {
        Span<byte> nonce = stackalloc byte[TimeBytes + CodeBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, clock.GetUtcNow().ToUnixTimeSeconds());
        CodeOf(nonce[..TimeBytes]).CopyTo(nonce[TimeBytes..]);
        return CanonicalBase64Url.Encode(nonce);
    }

    /// <summary>When it was made; null where it is not ours, or over.</summary>
    public DateTimeOffset? Read(string nonce)
    {
        if (nonce.Length != (TimeBytes + CodeBytes) / 3 * 4 || CanonicalBase64Url.Decode(nonce) is not { } bytes
            || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(TimeBytes), CodeOf(bytes.AsSpan(0, TimeBytes))))
        {
            return null;
        }

        var madeAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes));
        var now = clock.GetUtcNow();
        return madeAt <= now + s_ahead && now < madeAt + Lifetime ? madeAt : null;
    }

    private ReadOnlySpan<byte> CodeOf(ReadOnlySpan<byte> time) => keys.Fingerprint(Purpose, time).AsSpan(0, CodeBytes);
}
