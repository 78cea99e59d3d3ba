using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Bench.Keys;

/// <summary>RFC 9449 §4.2: proofs of one key for one URI, made before the clock runs; all of one length.</summary>
internal sealed class Proofs
{
    // The server takes none that is older than a minute; the last must still arrive.
    private static readonly TimeSpan s_goodFor = TimeSpan.FromSeconds(50);

    private readonly byte[][] _proofs;
    private readonly long _made = Stopwatch.GetTimestamp();
    private int _next;

    /// <summary>Makes them.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="uri">What they are for, by POST.</param>
    /// <param name="count">How many.</param>
    public Proofs(BenchKey key, string uri, int count)
    {
        var salt = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = $$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{key.Jwk}}}""";
        _proofs = [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(key.Sign(header, string.Create(
            CultureInfo.InvariantCulture, $$"""{"jti":"{{salt}}{{i:0000000}}","htm":"POST","htu":"{{uri}}","iat":{{now}}}"""))))];
    }

    /// <summary>Of each.</summary>
    public int Length => _proofs[0].Length;

    /// <summary>The next one, never used before; null where there is none left, or they have become too old.</summary>
    public byte[]? Take() => _next < _proofs.Length && Stopwatch.GetElapsedTime(_made) < s_goodFor ? _proofs[_next++] : null;
}
